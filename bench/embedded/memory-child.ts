import { built } from '../support/built.js';
import { namespaceOf } from '../support/namespace.js';
import { livePast, type Past } from '../support/past.js';

/** Tells its parent how many bytes a user takes in the embedded store. Arguments: users, sessions of each. */
const [users = 0, sessions = 0] = process.argv.slice(2).map(Number);
const { systemClock } = await built<typeof import('../../src/clock.js')>('clock.js');
const { MemoryStore } = await built<typeof import('../../src/store/memory/memory-store.js')>(
  'store/memory/memory-store.js',
);

const past: Past = {
  namespace: namespaceOf('adaptive'),
  ...{ users, sessions, intervalMs: 10_000, jitter: 0.05, agoMs: 0 },
};
const FEW = 100;

/** Heap, and what is kept outside of it: the array buffers are in `external`. */
function bytes(): number {
  // Once more for what the first one only marked.
  for (let i = 0; i < 2; i++) globalThis.gc?.();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

// What the code itself needs, compiled, is not the users'.
await livePast(new MemoryStore(systemClock), { ...past, users: FEW });
const store = new MemoryStore(systemClock);
const before = bytes();
await livePast(store, past);
process.send?.((bytes() - before) / users);
// The store must outlive what is measured of it.
await store.close();
