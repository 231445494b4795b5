/** As much of HTTP/2 (RFC 9113) and HPACK (RFC 7541) as a gRPC client needs on a connection to a server it trusts. */

export const FrameType = {
  DATA: 0,
  HEADERS: 1,
  RST_STREAM: 3,
  SETTINGS: 4,
  PING: 6,
  GOAWAY: 7,
  WINDOW_UPDATE: 8,
} as const;

export const FrameFlag = { END_STREAM: 1, ACK: 1, END_HEADERS: 4, PADDED: 8 } as const;

export const FRAME_HEADER_BYTES = 9;
/** Payload of a frame, at most, that every peer must take. */
export const FRAME_BYTES_MAX = 16_384;
/** What a peer takes unasked, for a stream and for the connection. */
export const INITIAL_WINDOW_BYTES = 65_535;
export const WINDOW_BYTES_MAX = 2 ** 31 - 1;

const PREFACE = Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', 'latin1');
const Setting = { HEADER_TABLE_SIZE: 1, ENABLE_PUSH: 2, INITIAL_WINDOW_SIZE: 4 } as const;

interface FrameHeader {
  readonly type: number;
  readonly flags: number;
  readonly stream: number;
}

export function frameOf({ type, flags, stream }: FrameHeader, payload: Uint8Array): Buffer {
  const frame = Buffer.allocUnsafe(FRAME_HEADER_BYTES + payload.length);
  frame.writeUIntBE(payload.length, 0, 3);
  frame[3] = type;
  frame[4] = flags;
  frame.writeUInt32BE(stream, 5);
  frame.set(payload, FRAME_HEADER_BYTES);
  return frame;
}

/** Raises a window of the peer's, of a stream or (0) of the connection. */
export function windowUpdate(stream: number, bytes: number): Buffer {
  const payload = Buffer.alloc(4);
  payload.writeUInt32BE(bytes);
  return frameOf({ type: FrameType.WINDOW_UPDATE, flags: 0, stream }, payload);
}

/** What a client says first: it takes any amount of data, and header blocks that refer to none before. */
export function opening(): Buffer {
  const settings = Buffer.alloc(18);
  const values = [
    [Setting.HEADER_TABLE_SIZE, 0],
    [Setting.ENABLE_PUSH, 0],
    [Setting.INITIAL_WINDOW_SIZE, WINDOW_BYTES_MAX],
  ] as const;
  for (const [i, [setting, value]] of values.entries()) {
    settings.writeUInt16BE(setting, i * 6);
    settings.writeUInt32BE(value, i * 6 + 2);
  }
  return Buffer.concat([
    PREFACE,
    frameOf({ type: FrameType.SETTINGS, flags: 0, stream: 0 }, settings),
    windowUpdate(0, WINDOW_BYTES_MAX - INITIAL_WINDOW_BYTES),
  ]);
}

/** The window that new streams have by a SETTINGS payload of the peer's; undefined when it does not say. */
export function initialWindowOf(settings: Buffer): number | undefined {
  for (let at = 0; at + 6 <= settings.length; at += 6) {
    if (settings.readUInt16BE(at) === Setting.INITIAL_WINDOW_SIZE) return settings.readUInt32BE(at + 2);
  }
  return undefined;
}

/** The header block of a gRPC request, in static entries and literals that are not indexed. */
export function requestHeaders(path: string): Buffer {
  const literal = (value: string) => [value.length, ...Buffer.from(value, 'latin1')];
  return Buffer.from([
    0x83, // :method POST
    0x86, // :scheme http
    ...[0x04, ...literal(path)], // :path
    ...[0x01, ...literal('phid')], // :authority
    ...[0x0f, 0x10, ...literal('application/grpc')], // content-type
    ...[0x00, ...literal('te'), ...literal('trailers')],
  ]);
}

/** `grpc-status: 0` as literals: the name in the code of RFC 7541, which is shorter and therefore used, or plain. */
const STATUS_OK = [
  '889acac8b21234da8f0130',
  Buffer.from('\x0bgrpc-status\x010', 'latin1').toString('hex'),
].map((hex) => Buffer.from(hex, 'hex'));

/** Whether the headers that end a call say that it succeeded. */
export function isOk(headers: Buffer): boolean {
  return STATUS_OK.some((ok) => headers.includes(ok));
}
