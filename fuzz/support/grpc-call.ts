import type { ClientHttp2Session } from 'node:http2';

/** What a raw call was answered. */
interface GrpcAnswer {
  /** Undefined: the stream was closed without a status. */
  readonly code: number | undefined;
  readonly message: string;
  readonly data: Buffer;
}

/** A message in the frame that gRPC puts it in (https://github.com/grpc/grpc/blob/master/doc/PROTOCOL-HTTP2.md). */
export function framed(message: Uint8Array): Buffer {
  const head = Buffer.alloc(5);
  head.writeUInt32BE(message.length, 1);
  return Buffer.concat([head, message]);
}

/** The messages of an answer. */
export function messagesOf({ data }: GrpcAnswer): Buffer[] {
  const messages: Buffer[] = [];
  for (let at = 0; at + 5 <= data.length; ) {
    const end = at + 5 + data.readUInt32BE(at + 1);
    messages.push(data.subarray(at + 5, end));
    at = end;
  }
  return messages;
}

/**
 * Sends these bytes as the body of a call, and takes what comes; of a stream that does not end by itself (`isOpen`) the first
 * message, or what comes within 50 ms.
 */
export function callRaw(
  session: ClientHttp2Session,
  {
    path,
    body,
    headers,
    isOpen,
  }: { path: string; body: Buffer; headers: Record<string, string>; isOpen: boolean },
): Promise<GrpcAnswer> {
  return new Promise((resolve) => {
    const stream = session.request({
      ...{ ':method': 'POST', ':path': path, 'content-type': 'application/grpc', te: 'trailers' },
      ...headers,
    });
    const chunks: Buffer[] = [];
    const said: Record<string, unknown> = {};
    stream.on('response', (head) => Object.assign(said, head));
    stream.on('trailers', (trailers) => Object.assign(said, trailers));
    stream.on('data', (chunk: Buffer) => {
      chunks.push(chunk);
      if (isOpen) stream.close();
    });
    stream.on('error', () => {});
    stream.on('close', () => {
      const { 'grpc-status': code, 'grpc-message': message = '' } = said;
      resolve({
        code: code === undefined ? undefined : Number(code),
        message: decodeURIComponent(String(message)),
        data: Buffer.concat(chunks),
      });
    });
    stream.end(body);
    if (isOpen) setTimeout(() => stream.close(), 50).unref();
  });
}
