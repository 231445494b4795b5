import { FRAME_BYTES_MAX, FrameFlag, FrameType, frameOf, isOk } from './http2.js';

/** Why a call failed; undefined when it did not. */
export type CallEnd = string | undefined;

const NOTHING = Buffer.alloc(0);
const CANCEL = Buffer.from([0, 0, 0, 8]);

interface CallOptions {
  readonly id: number;
  /** Bytes that the peer takes on this stream. */
  readonly window: number;
  readonly onData: (piece: Buffer) => void;
  readonly onEnd: (failure: CallEnd) => void;
  /** Asks for a part of what the peer takes on the connection. */
  readonly take: (bytes: number) => number;
  readonly send: (frame: Buffer) => void;
}

/** One call on a channel. What the peer's flow control holds back waits here. */
export class Call {
  readonly onData: (piece: Buffer) => void;
  readonly onEnd: (failure: CallEnd) => void;
  /** Called when everything that waited has been sent. */
  onDrain: () => void = () => {};
  readonly #id: number;
  readonly #take: CallOptions['take'];
  readonly #send: CallOptions['send'];
  #window: number;
  #waiting: Buffer[] = [];
  #isEnding = false;

  constructor({ id, window, onData, onEnd, take, send }: CallOptions) {
    this.#id = id;
    this.#window = window;
    this.onData = onData;
    this.onEnd = onEnd;
    this.#take = take;
    this.#send = send;
  }

  /** Sends a framed message, or what the peer takes of it. False: the rest waits, and `onDrain` will be called. */
  write(message: Buffer): boolean {
    this.#waiting.push(message);
    return this.#sendWaiting();
  }

  /** Says that no message follows `last` and those written before. */
  end(last: Buffer = NOTHING): void {
    this.#isEnding = true;
    this.#waiting.push(last);
    this.#sendWaiting();
  }

  cancel(): void {
    this.#send(frameOf({ type: FrameType.RST_STREAM, flags: 0, stream: this.#id }, CANCEL));
  }

  /** The peer takes `bytes` more on this stream, or some on the connection. */
  proceed(bytes: number): void {
    this.#window += bytes;
    if (this.#waiting.length > 0 && this.#sendWaiting()) this.onDrain();
  }

  /** The peer ended it with these headers. */
  ended(headers: Buffer): void {
    this.onEnd(
      isOk(headers) ? undefined : `not OK: ${headers.toString('latin1')} (${headers.toString('hex')})`,
    );
  }

  /** Returns whether nothing waits any more. */
  #sendWaiting(): boolean {
    for (;;) {
      const message = this.#waiting[0];
      if (!message) return true;
      const bytes = this.#take(Math.max(0, Math.min(message.length, this.#window, FRAME_BYTES_MAX)));
      if (bytes === 0 && message.length > 0) return false;
      this.#window -= bytes;
      if (bytes === message.length) this.#waiting.shift();
      else this.#waiting[0] = message.subarray(bytes);
      const flags = this.#isEnding && this.#waiting.length === 0 ? FrameFlag.END_STREAM : 0;
      this.#send(frameOf({ type: FrameType.DATA, flags, stream: this.#id }, message.subarray(0, bytes)));
    }
  }
}
