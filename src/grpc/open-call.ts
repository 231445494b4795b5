import { type ServerDuplexStream, type ServerWritableStream, status } from '@grpc/grpc-js';
import type { Permit } from '../access/permit.js';
import type { Rpc } from '../access/roles.js';
import { abandon } from './abandon.js';
import type { RpcContext } from './context.js';
import type { OpenStream } from './open-streams.js';
import { type RpcError, toRpcError } from './status.js';

type SendingCall = Pick<
  ServerWritableStream<unknown, Buffer> | ServerDuplexStream<unknown, Buffer>,
  'on' | 'emit' | 'write'
>;

/** The life of a call that sends until somebody ends it: the caller, the server, or whoever takes back what permits it. */
export class OpenCall implements OpenStream {
  /** Hears the end, once. */
  closed = () => {};
  /** Hears that a message was taken by the transport. */
  taken = () => {};
  idleSinceMs: number | undefined;
  readonly #rpc: Rpc;
  readonly #call: SendingCall;
  readonly #permit: Permit;
  readonly #context: RpcContext;
  readonly #startedMs: number;
  #unsent = 0;
  /** When there was nothing unsent last, or some of it was taken, ms. */
  #movedMs: number;
  #isOpen = true;

  /** Throws LimitReachedError where the caller has too many streams. */
  constructor(rpc: Rpc, call: SendingCall, permit: Permit, context: RpcContext) {
    this.#rpc = rpc;
    this.#call = call;
    this.#permit = permit;
    this.#context = context;
    this.#startedMs = context.presence.clock.nowMs();
    this.#movedMs = this.#startedMs;
    permit.hold((error) => this.fail(error));
    context.openStreams.add(this);
    call.on('cancelled', () => this.#close(status.CANCELLED));
  }

  get isOpen(): boolean {
    return this.#isOpen;
  }

  /** Messages that the transport has not taken yet. */
  get unsent(): number {
    return this.#unsent;
  }

  get unreadSinceMs(): number | undefined {
    return this.#unsent > 0 ? this.#movedMs : undefined;
  }

  /** Runs what handles a request; what it throws ends the call. */
  guard(handle: () => void): void {
    try {
      handle();
    } catch (error) {
      this.fail(error);
    }
  }

  write(message: Buffer): void {
    if (this.#unsent === 0) this.#movedMs = this.#context.presence.clock.nowMs();
    this.#unsent += 1;
    this.#call.write(message, this.#sent);
  }

  fail(error: unknown): void {
    void this.end(toRpcError(error, this.#context.log));
  }

  async end(error: RpcError): Promise<void> {
    if (!this.#isOpen) return;
    this.#close(error.code);
    this.#call.emit('error', error);
  }

  abandon(): void {
    this.#close(status.RESOURCE_EXHAUSTED);
    abandon(this.#call);
  }

  readonly #sent = (): void => {
    this.#unsent -= 1;
    this.#movedMs = this.#context.presence.clock.nowMs();
    this.taken();
  };

  #close(code: number): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    const { openStreams, presence, observe } = this.#context;
    openStreams.delete(this);
    this.#permit.release();
    this.closed();
    observe(this.#rpc, code, presence.clock.nowMs() - this.#startedMs);
  }
}
