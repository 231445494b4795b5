import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { get } from 'node:https';
import type { Fleet } from './fleet.js';
import { call, connect } from './rpc.js';

const INTERVAL_MS = 250;
const DEADLINE_MS = 5_000;

interface Doors {
  /** For `connect`, and host:port of HTTP. */
  readonly grpc: string;
  readonly http: string;
  readonly ca: string;
}

/** Clients who come anew, each with a connection of its own and one question: who is let in while others crowd the door. */
export class Newcomers {
  /** From the first packet to the answer, of gRPC and of HTTP; as long as it was waited for where none came, ms. */
  readonly answersMs: number[] = [];
  failed = 0;
  readonly #coming: NodeJS.Timeout;

  constructor({ grpc, http, ca }: Doors, fleet: Fleet) {
    this.#coming = setInterval(() => {
      void this.#time(() => ask(grpc, fleet.users[0]?.id ?? ''));
      void this.#time(() => look(`https://${http}/healthz`, ca));
    }, INTERVAL_MS);
  }

  async #time(come: () => Promise<unknown>): Promise<void> {
    const startedMs = performance.now();
    try {
      await come();
      this.answersMs.push(performance.now() - startedMs);
    } catch {
      this.failed += 1;
      this.answersMs.push(DEADLINE_MS);
    }
  }

  async stop(): Promise<void> {
    clearInterval(this.#coming);
  }
}

async function ask(url: string, userId: string): Promise<void> {
  const client = connect(url);
  try {
    await call(client, 'isOnline', { userId }, DEADLINE_MS);
  } finally {
    client.close();
  }
}

async function look(url: string, ca: string): Promise<void> {
  const request = get(url, { ca, agent: false, signal: AbortSignal.timeout(DEADLINE_MS) });
  const [response] = (await once(request, 'response')) as [IncomingMessage];
  response.resume();
  if (response.statusCode !== 200) throw new Error(`${url} answered ${response.statusCode}`);
}
