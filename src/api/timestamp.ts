import type { Timestamp } from '../gen/google/protobuf/Timestamp.js';

/** µs of the store's clock as a Timestamp of the wire. */
export function timestamp(us: number): Timestamp {
  const seconds = Math.floor(us / 1e6);
  return { seconds, nanos: Math.floor((us - seconds * 1e6) * 1000) };
}
