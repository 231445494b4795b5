import { expect, it } from 'vitest';
import { systemClock } from '../../src/clock.js';
import { MemoryStore } from '../../src/store/memory/memory-store.js';
import { INVISIBLE_RETENTION_MS } from '../../src/store/store.js';
import { received } from '../support/heartbeat.js';
import { ManualClock } from '../support/manual-clock.js';
import { storeNamespace } from '../support/settings.js';
import { storeContract } from './contract.js';

storeContract('embedded', async () => ({ store: new MemoryStore(systemClock), clock: systemClock }));

it('counts half of what was learned after the half-life', async () => {
  const clock = new ManualClock();
  const store = new MemoryStore(clock);
  const namespace = storeNamespace({}, { halfLifeMs: 60_000 });
  await store.learn(namespace, Float64Array.of(8, 0));
  await clock.advance(60_000);
  expect(await store.learn(namespace, Float64Array.of(1, 1))).toEqual(Float64Array.of(5, 1));
  await clock.advance(120_000);
  expect(await store.learn(namespace, new Float64Array(2))).toEqual(Float64Array.of(1.25, 0.25));
});

it('sweeps expired users out while others beat', async () => {
  const clock = new ManualClock();
  const store = new MemoryStore(clock);
  const namespace = storeNamespace({}, { retentionMs: 60_000 });
  for (let i = 0; i < 1_000; i++) {
    await store.record(namespace, 0, [received({ userId: `gone-${i}`, receivedMs: clock.nowMs() })]);
  }
  await clock.advance(60_001);
  for (let i = 0; i < 1_010; i++) {
    await store.record(namespace, 0, [received({ userId: 'stays', receivedMs: clock.nowMs() })]);
  }
  expect(store.cachedUsers).toBe(1);
});

it('keeps who is invisible when others are swept out', async () => {
  const clock = new ManualClock();
  const store = new MemoryStore(clock);
  const namespace = storeNamespace({}, { retentionMs: 60_000 });
  const beat = (userId: string) =>
    store.record(namespace, 0, [received({ userId, receivedMs: clock.nowMs() })]);
  for (const userId of ['unseen', 'shown']) {
    await beat(userId);
    await store.setVisibility(namespace, { userId, visible: false, receivedMs: clock.nowMs() });
  }
  await store.setVisibility(namespace, { userId: 'shown', visible: true, receivedMs: clock.nowMs() });
  await clock.advance(60_001);
  for (let i = 0; i < 10; i++) await beat('stays');
  expect(store.cachedUsers).toBe(2);
  await clock.advance(INVISIBLE_RETENTION_MS);
  for (let i = 0; i < 10; i++) await beat('stays');
  expect(store.cachedUsers).toBe(1);
});
