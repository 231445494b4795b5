/** Frames of HTTP/2 (RFC 9113), byte by byte: what no client library would send. */

export const PREFACE = Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', 'latin1');

const TYPES = { data: 0, headers: 1, resetStream: 3, settings: 4, ping: 6, windowUpdate: 8, continuation: 9 };
export const END_STREAM = 1;
export const END_HEADERS = 4;
const HEAD_BYTES = 9;
const SETTING_INITIAL_WINDOW_SIZE = 4;
export const WINDOW_BYTES_MAX = 2 ** 31 - 1;
const WINDOW_BYTES_DEFAULT = 65_535;

interface Frame {
  readonly flags?: number;
  readonly stream?: number;
  readonly payload?: Buffer;
}

export function frame(
  type: keyof typeof TYPES,
  { flags = 0, stream = 0, payload = Buffer.alloc(0) }: Frame = {},
): Buffer {
  const bytes = Buffer.alloc(HEAD_BYTES + payload.length);
  bytes.writeUIntBE(payload.length, 0, 3);
  bytes.writeUInt8(TYPES[type], 3);
  bytes.writeUInt8(flags, 4);
  bytes.writeUInt32BE(stream, 5);
  payload.copy(bytes, HEAD_BYTES);
  return bytes;
}

/** What a client says first. `windowBytes`: how much it takes on every stream, and in all, before it has read any. */
export function greeting(windowBytes = WINDOW_BYTES_DEFAULT): Buffer {
  const setting = Buffer.alloc(6);
  setting.writeUInt16BE(SETTING_INITIAL_WINDOW_SIZE, 0);
  setting.writeUInt32BE(windowBytes, 2);
  const more = windowBytes - WINDOW_BYTES_DEFAULT;
  return Buffer.concat([
    PREFACE,
    frame('settings', { payload: setting }),
    ...(more > 0 ? [frame('windowUpdate', { payload: uint32(more) })] : []),
  ]);
}

/** A call of gRPC, by name, as a header block. */
export function callHeaders(rpc: string, more: Readonly<Record<string, string>> = {}): Buffer {
  return headerBlock({
    ':method': 'POST',
    ':scheme': 'https',
    ':path': `/phid.v1.PresenceService/${rpc}`,
    ':authority': 'localhost',
    'content-type': 'application/grpc',
    te: 'trailers',
    ...more,
  });
}

/** A header block in which every field is spelt out (RFC 7541, 6.2.2). */
function headerBlock(fields: Readonly<Record<string, string>>): Buffer {
  const literal = (text: string) => Buffer.concat([length(text.length), Buffer.from(text, 'latin1')]);
  return Buffer.concat(
    Object.entries(fields).map(([name, value]) =>
      Buffer.concat([Buffer.of(0), literal(name), literal(value)]),
    ),
  );
}

/** An integer with a prefix of seven bits (RFC 7541, 5.1). */
function length(value: number): Buffer {
  if (value < 127) return Buffer.of(value);
  const bytes = [127];
  let rest = value - 127;
  for (; rest >= 128; rest = Math.floor(rest / 128)) bytes.push((rest % 128) + 128);
  return Buffer.of(...bytes, rest);
}

export function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}

/** A message of gRPC: whether it is compressed, its length, itself. */
export function message(content: Buffer, { isCompressed = false } = {}): Buffer {
  return Buffer.concat([Buffer.of(Number(isCompressed)), uint32(content.length), content]);
}
