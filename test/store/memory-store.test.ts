import { expect, it } from 'vitest';
import { systemClock } from '../../src/clock.js';
import { MemoryStore } from '../../src/store/memory/memory-store.js';
import { received } from '../support/heartbeat.js';
import { ManualClock } from '../support/manual-clock.js';
import { storeNamespace } from '../support/settings.js';
import { storeContract } from './contract.js';

storeContract('embedded', async () => ({ store: new MemoryStore(systemClock), clock: systemClock }));

it('sweeps expired users out while others beat', async () => {
  const clock = new ManualClock();
  const store = new MemoryStore(clock);
  const namespace = storeNamespace({}, { retentionMs: 60_000 });
  for (let i = 0; i < 1_000; i++) {
    await store.record(namespace, 0, [received({ userId: `gone-${i}`, receivedMs: clock.nowMs() })]);
  }
  await clock.advance(60_001);
  for (let i = 0; i < 1_000; i++) {
    await store.record(namespace, 0, [received({ userId: 'stays', receivedMs: clock.nowMs() })]);
  }
  expect(store.size).toBe(1);
});
