import type { ClientReadableStream } from '@grpc/grpc-js';
import type { Notice__Output } from '../../src/gen/phid/v1/Notice.js';
import type { Status__Output } from '../../src/gen/phid/v1/Status.js';
import type { StatusChange__Output } from '../../src/gen/phid/v1/StatusChange.js';
import type { WatchResponse__Output } from '../../src/gen/phid/v1/WatchResponse.js';
import { type Client, connect } from './rpc.js';

const RETRY_MS = 200;

/** A node makes no more than 32 events of a stream at once: where it has much to do, one of 20,000 users is told of them slowly. */
const STREAM_USERS_MAX = 2_000;

interface Notice {
  readonly kind: Notice__Output['kind'];
  readonly atMs: number;
}

/** Somebody who watches users through one node, by as many streams as it takes. */
export class Watcher {
  /** What it was told last of each user. */
  readonly statuses = new Map<string, Status__Output>();
  /** In the order in which they came. */
  readonly notices: Notice[] = [];
  readonly #client: Client;
  readonly #streams: readonly WatchStream[];
  readonly #changed: (change: StatusChange__Output, watcher: Watcher) => void;

  constructor(
    readonly address: string,
    userIds: readonly string[],
    changed: (change: StatusChange__Output, watcher: Watcher) => void,
  ) {
    this.#client = connect(address);
    this.#changed = changed;
    const streams = Math.ceil(userIds.length / STREAM_USERS_MAX);
    this.#streams = Array.from({ length: streams }, (_, i) => {
      const some = userIds.slice(i * STREAM_USERS_MAX, (i + 1) * STREAM_USERS_MAX);
      return new WatchStream(this.#client, some, (response) => this.#hear(response));
    });
  }

  /** The present streams have told of everybody. */
  get isSynced(): boolean {
    return this.#streams.every(({ isSynced }) => isSynced);
  }

  /** Reads no further, as a reader that is stuck; the network fills up. */
  pause(): void {
    for (const stream of this.#streams) stream.pause();
  }

  resume(): void {
    for (const stream of this.#streams) stream.resume();
  }

  async stop(): Promise<void> {
    for (const stream of this.#streams) stream.stop();
    this.#client.close();
  }

  #hear({ change, notice }: WatchResponse__Output): void {
    if (notice) this.notices.push({ kind: notice.kind, atMs: Date.now() });
    if (!change) return;
    this.statuses.set(change.userId, change.status);
    this.#changed(change, this);
  }
}

/** A stream of Watch, which is begun again whenever it has ended. */
class WatchStream {
  isSynced = false;
  readonly #client: Client;
  readonly #userIds: readonly string[];
  readonly #hear: (response: WatchResponse__Output) => void;
  #stream: ClientReadableStream<WatchResponse__Output> | undefined;
  #retry: NodeJS.Timeout | undefined;
  #isStopped = false;

  constructor(client: Client, userIds: readonly string[], hear: (response: WatchResponse__Output) => void) {
    this.#client = client;
    this.#userIds = userIds;
    this.#hear = hear;
    this.#begin();
  }

  pause(): void {
    this.#stream?.pause();
  }

  resume(): void {
    this.#stream?.resume();
  }

  stop(): void {
    this.#isStopped = true;
    clearTimeout(this.#retry);
    this.#stream?.cancel();
  }

  #begin(): void {
    const stream = this.#client.watch({ userIds: [...this.#userIds] });
    this.#stream = stream;
    const ended = () => {
      if (this.#stream !== stream) return;
      this.#stream = undefined;
      this.isSynced = false;
      if (!this.#isStopped) this.#retry = setTimeout(() => this.#begin(), RETRY_MS);
    };
    stream.on('error', ended);
    stream.on('end', ended);
    stream.on('data', (response: WatchResponse__Output) => {
      if (this.#isStopped) return;
      if (response.synced) this.isSynced = true;
      this.#hear(response);
    });
  }
}
