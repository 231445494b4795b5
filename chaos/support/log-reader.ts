import type { ClientReadableStream } from '@grpc/grpc-js';
import type { Status__Output } from '../../src/gen/phid/v1/Status.js';
import type { StatusChange__Output } from '../../src/gen/phid/v1/StatusChange.js';
import type { WatchNamespaceResponse__Output } from '../../src/gen/phid/v1/WatchNamespaceResponse.js';
import type { Fleet } from './fleet.js';
import { connect } from './rpc.js';
import type { Scene } from './scene.js';

const RETRY_MS = 100;

const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/** Follows the logs through each node. Reports what the readers were told, the worst of them. */
export function canFollowLogs() {
  let readers: LogReader[] = [];
  return {
    async begin({ nodes, start }: Scene) {
      const addresses = nodes.map(({ address }) => address);
      readers = await Promise.all(
        addresses.map((_, i) => start(Promise.resolve(new LogReader(addresses, i)))),
      );
      while (!readers.every(({ hasBegun }) => hasBegun)) await sleep(20);
    },
    async report({ fleet, figures, settings }: Scene) {
      const untilMs = Date.now() + settings.tellingMsMax;
      while (Date.now() < untilMs && readers.some((reader) => reader.wrong(fleet) > 0)) await sleep(20);
      const worst = (figure: (reader: LogReader) => number) => Math.max(...readers.map(figure));
      Object.assign(figures, {
        logChanges: Math.min(...readers.map(({ counts }) => counts.changes)),
        logMissed: worst(({ counts }) => counts.breaks + counts.resyncs),
        logRepeated: worst(({ counts }) => counts.repeats),
        logMoves: worst(({ counts }) => counts.moves),
        logWrong: worst((reader) => reader.wrong(fleet)),
      });
    },
  };
}

/** What was told last of a user. */
interface Told {
  readonly status: Status__Output;
  readonly version: number;
}

/** Somebody who follows the log of changes through one node, and goes on at the next by token when that one is gone. */
class LogReader {
  readonly counts = {
    changes: 0,
    /** Changes that do not go on from what was told before: something was missed. */
    breaks: 0,
    /** Changes that were told before. */
    repeats: 0,
    resyncs: 0,
    moves: 0,
  };
  readonly #addresses: readonly string[];
  readonly #told = new Map<string, Told>();
  #at: number;
  #token = '';
  #stream: ClientReadableStream<WatchNamespaceResponse__Output> | undefined;
  #retry: NodeJS.Timeout | undefined;
  #isClosed = false;

  /** Begins at the address `first`, by its place. */
  constructor(addresses: readonly string[], first: number) {
    this.#addresses = addresses;
    this.#at = first;
    this.#begin();
  }

  /** It knows where the log ended, and misses nothing from then on. */
  get hasBegun(): boolean {
    return this.#token !== '';
  }

  /** Users of whom it was told last what is not true. */
  wrong(fleet: Fleet): number {
    return fleet.users.filter(({ id, life }) => {
      const status = this.#told.get(id)?.status;
      if (life === 'beating') return status !== undefined && status !== 'ONLINE';
      return life === 'dead' && status !== 'OFFLINE';
    }).length;
  }

  async stop(): Promise<void> {
    this.#isClosed = true;
    clearTimeout(this.#retry);
    this.#stream?.cancel();
  }

  #begin(): void {
    const client = connect(this.#addresses[this.#at] as string);
    const stream = client.watchNamespace({ resumeToken: this.#token });
    this.#stream = stream;
    const ended = () => {
      client.close();
      if (this.#stream !== stream) return;
      this.#stream = undefined;
      if (this.#isClosed) return;
      this.counts.moves += 1;
      this.#at = (this.#at + 1) % this.#addresses.length;
      this.#retry = setTimeout(() => this.#begin(), RETRY_MS);
    };
    stream.on('error', ended);
    stream.on('end', ended);
    stream.on('data', ({ changes, resync, resumeToken }: WatchNamespaceResponse__Output) => {
      if (this.#stream !== stream) return;
      for (const change of changes) this.#hear(change);
      if (resync) this.counts.resyncs += 1;
      this.#token = resumeToken;
    });
  }

  #hear({ userId, previous, status, version }: StatusChange__Output): void {
    const before = this.#told.get(userId);
    this.counts.changes += 1;
    if (before && Number(version) <= before.version) this.counts.repeats += 1;
    else if (before && previous !== before.status) this.counts.breaks += 1;
    this.#told.set(userId, { status, version: Number(version) });
  }
}
