import { type ServerWritableStream, status } from '@grpc/grpc-js';
import type { Permit } from '../access/permit.js';
import { validResumeToken } from '../api/ids.js';
import type { WatchNamespaceRequest__Output } from '../gen/phid/v1/WatchNamespaceRequest.js';
import type { LogEvent, LogFollower, LogSink } from '../presence/shards/log-follower.js';
import type { OpenStream, RpcContext } from './context.js';
import { encodeLogEvent } from './event-codec.js';
import { type RpcError, toRpcError } from './status.js';

type NamespaceCall = ServerWritableStream<WatchNamespaceRequest__Output, Buffer>;

/** Responses that the transport has not taken yet, at most; each of up to some thousand changes. Then the log is read no further. */
const UNSENT_MAX = 4;

/** The stream of all changes of a namespace: what is in the log goes to the caller as fast as that one reads. */
export class NamespaceStream implements OpenStream, LogSink {
  readonly #call: NamespaceCall;
  readonly #context: RpcContext;
  readonly #permit: Permit;
  readonly #startedMs: number;
  #follower: LogFollower | undefined;
  #isOpen = true;
  #unsent = 0;

  constructor(call: NamespaceCall, permit: Permit, context: RpcContext) {
    this.#call = call;
    this.#permit = permit;
    this.#context = context;
    this.#startedMs = context.presence.clock.nowMs();
    context.openStreams.add(this);
    call.on('cancelled', () => this.#close(status.CANCELLED));
    permit.hold((error) => void this.end(toRpcError(error, context.log)));
    try {
      const { namespace, resumeToken } = call.request;
      permit.check(namespace);
      this.#follower = context.logs.follow(
        context.presence.namespaces.readable(namespace),
        validResumeToken(resumeToken),
        this,
      );
    } catch (error) {
      void this.end(toRpcError(error, context.log));
    }
  }

  get room(): number {
    return UNSENT_MAX - this.#unsent;
  }

  take(event: LogEvent): void {
    if (!this.#isOpen) return;
    this.#unsent += 1;
    this.#call.write(encodeLogEvent(event), this.#sent);
  }

  async end(error: RpcError): Promise<void> {
    if (!this.#isOpen) return;
    this.#close(error.code);
    this.#call.emit('error', error);
  }

  readonly #sent = (): void => {
    this.#unsent -= 1;
    this.#follower?.resume();
  };

  #close(code: number): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    const { openStreams, presence, logs, observe } = this.#context;
    openStreams.delete(this);
    this.#permit.release();
    if (this.#follower) logs.unfollow(this.#follower);
    observe('WatchNamespace', code, presence.clock.nowMs() - this.#startedMs);
  }
}
