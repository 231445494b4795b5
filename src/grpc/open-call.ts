import { type ServerDuplexStream, type ServerWritableStream, status } from '@grpc/grpc-js';
import type { Permit } from '../access/permit.js';
import type { Rpc } from '../access/roles.js';
import type { OpenStream, RpcContext } from './context.js';
import { type RpcError, toRpcError } from './status.js';

type SendingCall = Pick<
  ServerWritableStream<unknown, Buffer> | ServerDuplexStream<unknown, Buffer>,
  'on' | 'emit'
>;

/** The life of a call that sends until somebody ends it: the caller, the server, or whoever takes back what permits it. */
export class OpenCall implements OpenStream {
  /** Hears the end, once. */
  closed = () => {};
  readonly #rpc: Rpc;
  readonly #call: SendingCall;
  readonly #permit: Permit;
  readonly #context: RpcContext;
  readonly #startedMs: number;
  #isOpen = true;

  constructor(rpc: Rpc, call: SendingCall, permit: Permit, context: RpcContext) {
    this.#rpc = rpc;
    this.#call = call;
    this.#permit = permit;
    this.#context = context;
    this.#startedMs = context.presence.clock.nowMs();
    context.openStreams.add(this);
    call.on('cancelled', () => this.#close(status.CANCELLED));
    permit.hold((error) => this.fail(error));
  }

  get isOpen(): boolean {
    return this.#isOpen;
  }

  /** Runs what handles a request; what it throws ends the call. */
  guard(handle: () => void): void {
    try {
      handle();
    } catch (error) {
      this.fail(error);
    }
  }

  fail(error: unknown): void {
    void this.end(toRpcError(error, this.#context.log));
  }

  async end(error: RpcError): Promise<void> {
    if (!this.#isOpen) return;
    this.#close(error.code);
    this.#call.emit('error', error);
  }

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
