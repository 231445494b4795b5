import { expect, it } from 'vitest';
import { received } from '../../support/heartbeat.js';
import { settle } from '../../support/manual-clock.js';
import { TrackerBench } from './tracker-bench.js';

const USERS = Array.from({ length: 400 }, (_, i) => `user-${i}`);
/** What a stream takes before it has sent some of it. */
const ROOM = 32;

it('many who come back at once reach a slow reader as fast as it reads, each as it is then', async () => {
  const bench = new TrackerBench();
  const { presence, namespace, clock } = bench;
  await bench.beats(USERS);
  const watch = await bench.watch(USERS);
  await clock.advance(20_000);
  expect(watch.statusOf('user-7')).toBe('OFFLINE');
  watch.takeLines();
  watch.room = ROOM;

  /** Until everything that is to be read has been. */
  const quiet = async () => {
    await clock.advance(10);
    do await settle();
    while (bench.tracker.waitingUsers > 0);
  };
  const storm = async (userIds: readonly string[]) => {
    const receivedMs = clock.nowMs();
    void presence.ingest.record(
      namespace,
      userIds.map((userId) => received({ userId, receivedMs })),
    );
    await quiet();
  };
  const { reads } = bench.tracker.counts;
  await storm(USERS);
  expect(watch.seen).toHaveLength(ROOM);
  // One read for a hundred of them, and no more while the stream takes nothing.
  expect(bench.tracker.counts.reads - reads).toBeLessThanOrEqual(USERS.length / 100 + 2);
  // Half of them are gone again before the reader gets there.
  await presence.ingest.drain();
  for (const userId of USERS.slice(200)) await presence.ingest.leave(namespace, userId, '');
  await quiet();
  expect(watch.seen.length).toBeLessThanOrEqual(ROOM);
  while (watch.room <= 0) {
    watch.room = ROOM;
    presence.tracker.resume(watch.subscription);
    await quiet();
  }
  const told = watch.changes.map(({ assessment }) => assessment);
  expect(told.filter(({ status }) => status === 'ONLINE').length).toBeGreaterThanOrEqual(200);
  expect(new Set(USERS.slice(0, 200).map((userId) => watch.statusOf(userId)))).toEqual(new Set(['ONLINE']));
  // Whoever was OFFLINE, came and left is OFFLINE: nothing has to be said, but that something was left out.
  expect(told.length).toBeLessThan(300);
  expect(watch.lines.some((line) => line.startsWith('LAGGED'))).toBe(true);
});
