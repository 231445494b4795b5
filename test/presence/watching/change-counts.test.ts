import { beforeEach, expect, it } from 'vitest';
import type { ChangeCounts } from '../../../src/presence/watching/change-counts.js';
import type { WatchedNamespace } from '../../../src/presence/watching/watched-namespace.js';
import { TrackerBench } from './tracker-bench.js';

let bench: TrackerBench;
beforeEach(() => {
  bench = new TrackerBench();
});

const watched = () => [...bench.tracker.watched][0] as WatchedNamespace;
const counted = ({ detections, latenesses }: ChangeCounts) => ({
  detections: [detections.suspect.count, detections.offline.count],
  latenesses: [latenesses.suspect.count, latenesses.offline.count],
});

it('changes are counted by cause, and how long after heartbeat and crossing they were told', async () => {
  await bench.watch();
  await bench.beats();
  const startMs = bench.clock.nowMs();
  const suspectMs = (await bench.crossingMs(3)) - startMs;
  await bench.clock.advance(60_000);
  await bench.beat();
  await bench.leave();
  const { changes } = watched();
  expect(changes.byCause).toMatchObject({ SNAPSHOT: 1, FIRST_SEEN: 1, SUSPICION: 2, HEARTBEAT: 1, LEAVE: 1 });
  expect(counted(changes)).toEqual({ detections: [1, 1], latenesses: [1, 1] });
  expect(changes.detections.suspect.sum).toBeCloseTo(suspectMs, 0);
  expect(changes.latenesses.suspect.sum).toBeLessThan(1);
});

it('who has thresholds of their own says nothing of the detection time of the namespace', async () => {
  await bench.watch(['alice'], { suspect: 1, offline: 2 });
  await bench.beats();
  await bench.clock.advance(60_000);
  expect(counted(watched().changes)).toEqual({ detections: [0, 0], latenesses: [1, 1] });
});

it('what had to wait for its reader is not late by our doing', async () => {
  const watch = await bench.watch();
  await bench.beats();
  watch.room = 0;
  await bench.clock.advance(60_000);
  expect(bench.tracker.laggingSubscriptions).toBe(1);
  watch.room = Number.POSITIVE_INFINITY;
  bench.tracker.resume(watch.subscription);
  await bench.clock.advance(10);
  expect(watch.changes.at(-1)?.cause).toBe('SUSPICION');
  expect(bench.tracker.laggingSubscriptions).toBe(0);
  expect(counted(watched().changes)).toEqual({ detections: [0, 0], latenesses: [0, 0] });
});

it('watches are counted by the status told, until they end', async () => {
  const first = await bench.watch(['alice', 'bob']);
  const second = await bench.watch(['alice'], { suspect: 1, offline: 200 });
  const { watchesByStatus } = watched();
  expect(watchesByStatus).toEqual({ UNKNOWN: 3, ONLINE: 0, SUSPECT: 0, OFFLINE: 0 });
  await bench.beats();
  expect(watchesByStatus).toEqual({ UNKNOWN: 1, ONLINE: 2, SUSPECT: 0, OFFLINE: 0 });
  await bench.clock.advance(3_000);
  expect(watchesByStatus).toEqual({ UNKNOWN: 1, ONLINE: 0, SUSPECT: 1, OFFLINE: 1 });
  bench.tracker.close(second.subscription);
  expect(watchesByStatus).toEqual({ UNKNOWN: 1, ONLINE: 0, SUSPECT: 0, OFFLINE: 1 });
  bench.tracker.remove(first.subscription, ['alice']);
  expect(watchesByStatus).toEqual({ UNKNOWN: 1, ONLINE: 0, SUSPECT: 0, OFFLINE: 0 });
});
