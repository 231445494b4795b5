import type { Namespace } from '../../presence/namespace.js';
import type { ChangeLogs } from '../../presence/shards/change-logs.js';
import type { LogEvent, LogFollower, LogSink } from '../../presence/shards/log-follower.js';
import type { EventStream } from './event-stream.js';
import type { EventSource } from './event-streams.js';
import { loggedChangesJson, messageJson } from './json.js';

/**
 * All changes of a namespace, as WatchNamespace tells them: `changes`, `resync` and `notice`, each with where to go on as its id.
 * The log is read on when the reader has room: nothing of it waits here, and none of it is left out.
 */
export class NamespaceEvents implements EventSource, LogSink {
  readonly #logs: ChangeLogs;
  readonly #namespace: Namespace;
  readonly #token: string;
  #stream: EventStream | undefined;
  #follower: LogFollower | undefined;

  /** `token`: of the last event before; empty: from now on. */
  constructor(logs: ChangeLogs, namespace: Namespace, token: string) {
    this.#logs = logs;
    this.#namespace = namespace;
    this.#token = token;
  }

  open(stream: EventStream): void {
    this.#follower = this.#logs.follow(this.#namespace, this.#token, this);
    this.#stream = stream;
    stream.drained = () => this.#follower?.resume();
  }

  tick(): void {}

  close(): void {
    this.#stream = undefined;
    if (this.#follower) this.#logs.unfollow(this.#follower);
  }

  /** One event, which may be of some thousand changes. */
  get room(): number {
    return this.#stream?.hasRoom ? 1 : 0;
  }

  take(event: LogEvent): void {
    this.#stream?.offer({ ...eventOf(event), id: event.token });
  }
}

function eventOf(event: LogEvent): { readonly name: string; readonly data: string } {
  if ('changes' in event) return { name: 'changes', data: loggedChangesJson(event.changes) };
  if ('resync' in event) return { name: 'resync', data: messageJson('Resync', {}) };
  const { notice: kind, message } = event;
  return { name: 'notice', data: messageJson('Notice', { kind, message }) };
}
