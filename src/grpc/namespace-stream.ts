import type { ServerWritableStream } from '@grpc/grpc-js';
import type { Permit } from '../access/permit.js';
import { validResumeToken } from '../api/ids.js';
import { type Telling, tokenFor, tokenFrom } from '../api/telling.js';
import type { WatchNamespaceRequest__Output } from '../gen/phid/v1/WatchNamespaceRequest.js';
import type { LogEvent, LogFollower, LogSink } from '../presence/shards/log-follower.js';
import type { RpcContext } from './context.js';
import { encodeLogEvent } from './event-codec.js';
import { OpenCall } from './open-call.js';

type NamespaceCall = ServerWritableStream<WatchNamespaceRequest__Output, Buffer>;

/** Responses that the transport has not taken yet, at most; each of up to some thousand changes. Then the log is read no further. */
const UNSENT_MAX = 4;

/** The stream of all changes of a namespace: what is in the log goes to the caller as fast as that one reads. */
export class NamespaceStream implements LogSink {
  readonly #telling: Telling;
  readonly #permit: Permit;
  readonly #open: OpenCall;
  #follower: LogFollower | undefined;

  constructor(call: NamespaceCall, permit: Permit, context: RpcContext) {
    const { presence, logs, telling } = context;
    this.#telling = telling;
    this.#permit = permit;
    this.#open = new OpenCall('WatchNamespace', call, permit, context);
    this.#open.closed = () => {
      if (this.#follower) logs.unfollow(this.#follower);
    };
    this.#open.taken = () => this.#follower?.resume();
    this.#open.guard(() => {
      const { namespace, resumeToken } = call.request;
      permit.check(namespace);
      const token = tokenFrom(validResumeToken(resumeToken), permit.lastSeen);
      this.#follower = logs.follow(presence.namespaces.readable(namespace), token, this);
    });
  }

  get room(): number {
    return UNSENT_MAX - this.#open.unsent;
  }

  take(event: LogEvent): void {
    if (!this.#open.isOpen) return;
    const { lastSeen } = this.#permit;
    const message = encodeLogEvent({ ...event, token: tokenFor(event.token, lastSeen) });
    this.#open.write(this.#telling.told('WatchNamespaceResponse', message, lastSeen));
  }
}
