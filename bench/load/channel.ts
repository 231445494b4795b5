import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { Call, type CallEnd } from './call.js';
import {
  FRAME_HEADER_BYTES,
  FrameFlag,
  FrameType,
  frameOf,
  INITIAL_WINDOW_BYTES,
  initialWindowOf,
  opening,
  requestHeaders,
  WINDOW_BYTES_MAX,
  windowUpdate,
} from './http2.js';

const SERVICE = '/phid.v1.PresenceService/';

/**
 * A gRPC client that leaves messages as the bytes they are and headers unread. The load generator shares two cores with
 * the service that is measured: @grpc/grpc-js, and Node's http2 as well, need more CPU for a call than the service.
 */
export class Channel {
  readonly #socket: Socket;
  readonly #calls = new Map<number, Call>();
  readonly #headers = new Map<string, Buffer>();
  #nextStream = 1;
  /** Bytes that the peer takes yet: on the connection, and on a new stream. */
  #window = INITIAL_WINDOW_BYTES;
  #streamWindow = INITIAL_WINDOW_BYTES;
  /** Bytes of data received that the peer was not yet told to have been taken. */
  #taken = 0;
  #unread: Buffer | undefined;
  #isCorked = false;

  private constructor(socket: Socket) {
    this.#socket = socket;
    socket.on('data', (bytes: Buffer) => this.#read(bytes));
    socket.on('error', () => {});
    socket.on('close', () => this.#end('the connection was closed'));
  }

  /** Connects to host:port. */
  static async open(address: string): Promise<Channel> {
    const [host = '', port] = address.split(':');
    const socket = connect({ host, port: Number(port), noDelay: true });
    await once(socket, 'connect');
    const channel = new Channel(socket);
    socket.write(opening());
    await once(socket, 'data'); // the peer's settings
    return channel;
  }

  /** Calls a unary rpc with a framed request; `done` gets the framed reply, in the pieces in which it came. */
  unary(method: string, request: Buffer, done: (failure: CallEnd, reply: readonly Buffer[]) => void): void {
    const reply: Buffer[] = [];
    const onData = (piece: Buffer) => void reply.push(piece);
    this.#open(method, onData, (failure) => done(failure, reply)).end(request);
  }

  /** Opens a stream; `onData` gets its replies in pieces, `onEnd` is told once that it is over. */
  stream(method: string, onData: (piece: Buffer) => void, onEnd: (failure: CallEnd) => void): Call {
    return this.#open(method, onData, onEnd);
  }

  close(): void {
    this.#socket.destroy();
  }

  #open(method: string, onData: (piece: Buffer) => void, onEnd: (failure: CallEnd) => void): Call {
    const id = this.#nextStream;
    this.#nextStream += 2;
    let headers = this.#headers.get(method);
    if (!headers) {
      headers = requestHeaders(SERVICE + method);
      this.#headers.set(method, headers);
    }
    this.#send(frameOf({ type: FrameType.HEADERS, flags: FrameFlag.END_HEADERS, stream: id }, headers));
    const call = new Call({
      id,
      window: this.#streamWindow,
      onData,
      onEnd,
      take: (bytes) => this.#take(bytes),
      send: (frame) => this.#send(frame),
    });
    this.#calls.set(id, call);
    return call;
  }

  /** Grants a call at most `bytes` of what the peer takes on the connection. */
  #take(bytes: number): number {
    const granted = Math.min(bytes, this.#window);
    this.#window -= granted;
    return granted;
  }

  /** What is sent in one turn of the event loop goes out together. */
  #send(frame: Buffer): void {
    if (!this.#isCorked) {
      this.#isCorked = true;
      this.#socket.cork();
      process.nextTick(() => {
        this.#isCorked = false;
        this.#socket.uncork();
      });
    }
    this.#socket.write(frame);
  }

  #read(received: Buffer): void {
    const bytes = this.#unread ? Buffer.concat([this.#unread, received]) : received;
    let at = 0;
    while (bytes.length - at >= FRAME_HEADER_BYTES) {
      const end = at + FRAME_HEADER_BYTES + bytes.readUIntBE(at, 3);
      if (end > bytes.length) break;
      const payload = bytes.subarray(at + FRAME_HEADER_BYTES, end);
      this.#receive(bytes[at + 3] as number, bytes[at + 4] as number, bytes.readUInt32BE(at + 5), payload);
      at = end;
    }
    this.#unread = at < bytes.length ? bytes.subarray(at) : undefined;
  }

  #receive(type: number, flags: number, stream: number, payload: Buffer): void {
    if (type === FrameType.DATA) this.#receiveData(flags, stream, payload);
    else if (type === FrameType.HEADERS) this.#receiveHeaders(flags, stream, payload);
    else if (type === FrameType.WINDOW_UPDATE) this.#receiveWindow(stream, payload.readUInt32BE(0));
    else if (type === FrameType.RST_STREAM) this.#close(stream, `reset, error ${payload.readUInt32BE(0)}`);
    else if (type === FrameType.SETTINGS && !(flags & FrameFlag.ACK)) this.#receiveSettings(payload);
    else if (type === FrameType.PING && !(flags & FrameFlag.ACK)) {
      this.#send(frameOf({ type, flags: FrameFlag.ACK, stream: 0 }, payload));
    }
  }

  #receiveData(flags: number, stream: number, payload: Buffer): void {
    if (flags & FrameFlag.PADDED) throw new Error('padded frames are not understood');
    this.#taken += payload.length;
    if (this.#taken > WINDOW_BYTES_MAX / 2) {
      this.#send(windowUpdate(0, this.#taken));
      this.#taken = 0;
    }
    this.#calls.get(stream)?.onData(payload);
  }

  #receiveHeaders(flags: number, stream: number, headers: Buffer): void {
    if (!(flags & FrameFlag.END_STREAM)) return;
    const call = this.#calls.get(stream);
    this.#calls.delete(stream);
    call?.ended(headers);
  }

  #receiveWindow(stream: number, bytes: number): void {
    if (stream === 0) {
      this.#window += bytes;
      for (const call of this.#calls.values()) call.proceed(0);
    } else {
      this.#calls.get(stream)?.proceed(bytes);
    }
  }

  #receiveSettings(settings: Buffer): void {
    const window = initialWindowOf(settings);
    if (window !== undefined) {
      for (const call of this.#calls.values()) call.proceed(window - this.#streamWindow);
      this.#streamWindow = window;
    }
    this.#send(frameOf({ type: FrameType.SETTINGS, flags: FrameFlag.ACK, stream: 0 }, Buffer.alloc(0)));
  }

  #close(stream: number, failure: string): void {
    const call = this.#calls.get(stream);
    this.#calls.delete(stream);
    call?.onEnd(failure);
  }

  #end(failure: string): void {
    for (const stream of [...this.#calls.keys()]) this.#close(stream, failure);
  }
}
