import type { Permit } from '../../access/permit.js';
import { tokenFor, tokenFrom } from '../../api/telling.js';
import type { ApiContext } from '../../api/tuning.js';
import type { Namespace } from '../../presence/namespace.js';
import type { LogEvent, LogFollower, LogSink } from '../../presence/shards/log-follower.js';
import type { EventStream } from './event-stream.js';
import type { EventSource } from './event-streams.js';
import { loggedChangesJson, messageJson } from './json.js';

/**
 * All changes of a namespace, as WatchNamespace tells them: `changes`, `resync` and `notice`, each with where to go on as its id.
 * The log is read on when the reader has room: nothing of it waits here, and none of it is left out.
 */
export class NamespaceEvents implements EventSource, LogSink {
  readonly #context: Pick<ApiContext, 'logs' | 'telling'>;
  readonly #namespace: Namespace;
  readonly #token: string;
  readonly #permit: Permit;
  #stream: EventStream | undefined;
  #follower: LogFollower | undefined;

  /** `token`: of the last event before; empty: from now on. */
  constructor(
    context: Pick<ApiContext, 'logs' | 'telling'>,
    namespace: Namespace,
    { token, permit }: { readonly token: string; readonly permit: Permit },
  ) {
    this.#context = context;
    this.#namespace = namespace;
    this.#token = tokenFrom(token, permit.lastSeen);
    this.#permit = permit;
  }

  open(stream: EventStream): void {
    this.#follower = this.#context.logs.follow(this.#namespace, this.#token, this);
    this.#stream = stream;
    stream.drained = () => this.#follower?.resume();
  }

  tick(): void {}

  close(): void {
    this.#stream = undefined;
    if (this.#follower) this.#context.logs.unfollow(this.#follower);
  }

  /** One event, which may be of some thousand changes. */
  get room(): number {
    return this.#stream?.hasRoom ? 1 : 0;
  }

  take(event: LogEvent): void {
    const { lastSeen } = this.#permit;
    const told = (changes: Buffer) => this.#context.telling.told('WatchNamespaceResponse', changes, lastSeen);
    this.#stream?.offer({ ...eventOf(event, told), id: tokenFor(event.token, lastSeen) });
  }
}

function eventOf(
  event: LogEvent,
  told: (changes: Buffer) => Buffer,
): { readonly name: string; readonly data: string } {
  if ('changes' in event) {
    return { name: 'changes', data: loggedChangesJson(told(Buffer.concat(event.changes))) };
  }
  if ('resync' in event) return { name: 'resync', data: messageJson('Resync', {}) };
  const { notice: kind, message } = event;
  return { name: 'notice', data: messageJson('Notice', { kind, message }) };
}
