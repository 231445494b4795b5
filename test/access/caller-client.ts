import { credentials, Metadata, type ServiceError, status } from '@grpc/grpc-js';
import { vi } from 'vitest';
import { PresenceService, TuningService } from '../../src/grpc/definition.js';
import { ask, EventClient } from '../http/client.js';
import type { Node } from '../support/node.js';

// biome-ignore lint/suspicious/noExplicitAny: what a test expects of it says what it is.
type Message = any;

interface Call {
  on(event: 'data', listener: (message: Message) => void): void;
  on(event: 'error', listener: (error: ServiceError) => void): void;
  write?(message: object): void;
  cancel(): void;
}

/** What a stream has said so far, and how it ended: the name of its status and its details. */
export interface Said {
  readonly messages: Message[];
  end: string | undefined;
  write(message: object): void;
}

/** A caller of a node that speaks plaintext, by token; whatever is called is called by name. */
export class CallerClient {
  readonly #node: Node;
  readonly #token: string;
  readonly #stubs;
  readonly #ends: (() => void)[] = [];

  constructor(node: Node, token: string) {
    this.#node = node;
    this.#token = token;
    const address = `127.0.0.1:${node.service.grpcPort}`;
    this.#stubs = [PresenceService, TuningService].map(
      (Service) => new Service(address, credentials.createInsecure()),
    );
  }

  /** The answer of a unary rpc. */
  call(rpc: string, request: object): Promise<Message> {
    return new Promise((resolve, reject) => {
      this.#method(rpc)(request, this.#metadata, (error: ServiceError | null, answer: Message) =>
        error ? reject(error) : resolve(answer),
      );
    });
  }

  /** How it fails: `PERMISSION_DENIED: why`; `OK`. */
  outcome(rpc: string, request: object): Promise<string> {
    return this.call(rpc, request).then(() => 'OK', textOf);
  }

  stream(rpc: 'Watch' | 'Track' | 'WatchNamespace', request: object): Said {
    const method = this.#method(rpc);
    const call = (rpc === 'Track' ? method(this.#metadata) : method(request, this.#metadata)) as Call;
    const said: Said = { messages: [], end: undefined, write: (message) => call.write?.(message) };
    call.on('data', (message) => said.messages.push(message));
    call.on('error', (error) => {
      said.end = textOf(error);
    });
    if (rpc === 'Track') said.write(request);
    this.#ends.push(() => call.cancel());
    return said;
  }

  /** What a Watch or Track says until everybody has had their snapshot. */
  async snapshots(rpc: 'Watch' | 'Track', request: object): Promise<Message[]> {
    const said = this.stream(rpc, request);
    await vi.waitFor(() => {
      if (!said.messages.some(({ synced }) => synced)) throw new Error(`no snapshot: ${said.end}`);
    }, 5_000);
    return said.messages.flatMap(({ change }) => (change ? [change] : []));
  }

  http(path: string) {
    return ask(this.#node, path, { headers: this.#headers });
  }

  events(path: string, headers: Record<string, string> = {}): EventClient {
    const client = new EventClient(this.#node, path, { ...this.#headers, ...headers });
    this.#ends.push(() => client.close());
    return client;
  }

  close(): void {
    for (const end of this.#ends) end();
    for (const stub of this.#stubs) stub.close();
  }

  get #headers(): Record<string, string> {
    return { authorization: `Bearer ${this.#token}` };
  }

  get #metadata(): Metadata {
    const metadata = new Metadata();
    metadata.set('authorization', `Bearer ${this.#token}`);
    return metadata;
  }

  #method(rpc: string): (...args: unknown[]) => unknown {
    const [presence, tuning] = this.#stubs;
    const stub = (rpc in PresenceService.service ? presence : tuning) as object;
    return (stub as Record<string, (...args: unknown[]) => unknown>)[rpc]?.bind(stub) as never;
  }
}

function textOf(error: ServiceError): string {
  return `${status[error.code]}: ${error.details}`;
}
