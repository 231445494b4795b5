import { beforeEach, describe, expect, it } from 'vitest';
import { received } from '../../support/heartbeat.js';
import { ManualClock } from '../../support/manual-clock.js';
import { TrackerBench, type Watch } from '../watching/tracker-bench.js';

/** As many as makes the steps of a second 10 ms. */
const USERS = 100;
const HOLD_MS = 120_000;

let bench: TrackerBench;
let watch: Watch;
const userOf = (i: number) => `user-${String(i).padStart(2, '0')}`;
const everybody = Array.from({ length: USERS }, (_, i) => userOf(i));
/** Who beats: each once a second, one after the other. */
let beating: Set<string>;
let originOf: (userId: string) => string;
/** The node by way of which they do. */
let through: TrackerBench;

async function live(ms: number): Promise<void> {
  const { clock } = bench;
  const stepMs = 1_000 / USERS;
  for (let passedMs = 0; passedMs < ms; passedMs += stepMs) {
    await clock.advance(stepMs);
    const userId = userOf(Math.round(clock.nowMs() / stepMs) % USERS);
    if (!beating.has(userId)) continue;
    void through.presence.ingest.record(through.namespace, [
      received({ userId, origin: originOf(userId), receivedMs: clock.nowMs() }),
    ]);
  }
}

const lines = (status: string) => watch.lines.filter((line) => line.includes(`>${status}`));
const offline = () => watch.changes.filter(({ assessment }) => assessment.status === 'OFFLINE');
const notices = () => watch.lines.filter((line) => line.startsWith('MASS_SILENCE'));

async function start(origins: (userId: string) => string): Promise<void> {
  bench = new TrackerBench();
  through = bench;
  originOf = origins;
  beating = new Set(everybody);
  await live(12_000);
  watch = await bench.watch(everybody);
  await live(2_000);
  expect(watch.lines.filter((line) => !line.includes('SNAPSHOT'))).toEqual(['synced']);
  watch.takeLines();
}

const cut = (userIds: readonly string[]) => {
  for (const userId of userIds) beating.delete(userId);
};
const heal = () => {
  beating = new Set(everybody);
};

describe('a gateway that is cut off', () => {
  const behindIt = everybody.slice(0, 30);
  beforeEach(() => start((userId) => (behindIt.includes(userId) ? 'gw-a' : 'gw-b')));

  it('turns nobody OFFLINE: they are SUSPECT, degraded, and subscribers are told why', async () => {
    cut(behindIt);
    await live(60_000);
    expect(offline()).toEqual([]);
    expect(lines('SUSPECT')).toHaveLength(30);
    expect(notices()).toEqual(['MASS_SILENCE']);
    const [assessment] = await bench.presence.reads.assessAll(bench.namespace, [userOf(3)]);
    expect(assessment).toMatchObject({ status: 'SUSPECT', degraded: true, isWithheld: true });
  });

  it('and ends when they are heard again', async () => {
    cut(behindIt);
    await live(60_000);
    heal();
    await live(10_000);
    expect(offline()).toEqual([]);
    expect(lines('ONLINE')).toHaveLength(30);
    expect(notices()).toEqual(['MASS_SILENCE', 'MASS_SILENCE_OVER']);
    // From then on whoever goes is told as ever.
    cut([userOf(7)]);
    await live(5_000);
    expect(offline().map(({ assessment, cause }) => [assessment.userId, cause])).toEqual([
      [userOf(7), 'SUSPICION'],
    ]);
  });

  it('lets them go after the hold, so many a second, and says that they were held', async () => {
    cut(behindIt);
    await live(HOLD_MS - 1_000);
    expect(offline()).toEqual([]);
    await live(10_000);
    const changes = offline();
    expect(changes.map(({ assessment }) => assessment.userId).sort()).toEqual(behindIt);
    expect(new Set(changes.map(({ cause }) => cause))).toEqual(new Set(['RELEASED']));
    expect(notices()).toEqual(['MASS_SILENCE', 'MASS_SILENCE_OVER']);
    const [first, last] = [changes[0]?.atUs ?? 0, changes.at(-1)?.atUs ?? 0];
    // 30 users, 100 a second.
    expect(last - first).toBeGreaterThan(300_000);
    expect(last - first).toBeLessThanOrEqual(470_000);
  });

  it('does not keep anybody behind another gateway from being OFFLINE on time', async () => {
    cut(behindIt);
    await live(5_000);
    const dead = userOf(60);
    cut([dead]);
    const beforeMs = bench.clock.nowMs();
    await live(5_000);
    expect(offline().map(({ assessment }) => assessment.userId)).toEqual([dead]);
    expect((offline()[0]?.seenMs ?? 0) - beforeMs).toBeLessThan(2_600);
  });

  it('does not take a leave for a silence', async () => {
    for (const userId of behindIt) {
      cut([userId]);
      await bench.presence.ingest.leave(bench.namespace, userId, '');
    }
    await live(5_000);
    expect(lines('OFFLINE')).toHaveLength(30);
    expect(notices()).toEqual([]);
  });

  it('whoever was OFFLINE before stays OFFLINE', async () => {
    cut([userOf(3)]);
    await live(5_000);
    expect(offline()).toHaveLength(1);
    cut(behindIt);
    await live(30_000);
    expect(watch.statusOf(userOf(3))).toBe('OFFLINE');
    const [assessment] = await bench.presence.reads.assessAll(bench.namespace, [userOf(3)]);
    expect(assessment?.status).toBe('OFFLINE');
  });
});

describe('a gateway that goes over to another node', () => {
  let other: TrackerBench;
  beforeEach(async () => {
    await start(() => 'gw');
    other = new TrackerBench({ peer: bench });
    through = other;
  });

  it('is not taken for one that was cut off: who dies then is told as ever', async () => {
    const dead = userOf(60);
    cut([dead]);
    await live(10_000);
    expect(offline().map(({ assessment }) => assessment.userId)).toEqual([dead]);
    expect(notices()).toEqual([]);
  });

  it('and if it is cut off there, by which node it comes back ends the silence', async () => {
    await live(5_000);
    cut(everybody);
    await live(20_000);
    expect(offline()).toEqual([]);
    through = bench;
    heal();
    await live(5_000);
    expect(notices()).toEqual(['MASS_SILENCE', 'MASS_SILENCE_OVER']);
  });
});

it('who comes back from a cut teaches the fleet nothing, however long it was', async () => {
  await start((userId) => (userId < userOf(30) ? 'gw-a' : 'gw-b'));
  const learned = bench.presence.namespaces.get('').calibration.judged;
  cut(everybody.slice(0, 30));
  await live(60_000);
  const { judged } = bench.namespace.calibration;
  heal();
  await live(1_000);
  // 70 others beat once in that second, and the 30 who return are not counted.
  expect(bench.namespace.calibration.judged - judged).toBeLessThanOrEqual(72);
  expect(judged).toBeGreaterThan(learned);
});

describe('a part of the users of one origin', () => {
  beforeEach(() => start(() => 'region'));

  it('of 30 % that falls silent at once is held', async () => {
    cut(everybody.filter((_, i) => i % 10 < 3));
    await live(60_000);
    expect(offline()).toEqual([]);
    expect(notices()).toEqual(['MASS_SILENCE']);
  });

  it('of 10 % is not: they are told, within an interval', async () => {
    cut(everybody.filter((_, i) => i % 10 === 3));
    await live(4_000);
    expect(offline()).toHaveLength(10);
    expect(notices()).toEqual([]);
  });

  it('that leaves one after the other is not missed', async () => {
    for (let i = 0; i < 50; i++) {
      cut([userOf(i * 2)]);
      await live(1_000);
    }
    await live(3_000);
    expect(offline()).toHaveLength(50);
    expect(notices()).toEqual([]);
  });
});

describe('a drain', () => {
  beforeEach(() => start((userId) => (userId < userOf(30) ? 'gw-a' : 'gw-b')));

  it('keeps its users as they are until they reappear', async () => {
    expect(bench.presence.doubt.holds.drain('gw-a', 30_000)).toBe(30);
    cut(everybody.slice(0, 30));
    await live(20_000);
    expect(watch.lines.filter((line) => line.includes('ONLINE>'))).toEqual([]);
    originOf = () => 'gw-c';
    heal();
    await live(20_000);
    expect(watch.lines.filter((line) => line.includes('>'))).toEqual([]);
  });

  it('lets go when the grace is over', async () => {
    bench.presence.doubt.holds.drain('gw-a', 10_000);
    cut(everybody.slice(0, 5));
    await live(9_000);
    expect(watch.lines).toEqual([]);
    await live(5_000);
    expect(lines('OFFLINE')).toHaveLength(5);
  });

  it('ends before its time with a grace of nothing', async () => {
    bench.presence.doubt.holds.drain('gw-a', 60_000);
    cut(everybody.slice(0, 5));
    await live(9_000);
    expect(watch.lines).toEqual([]);
    bench.presence.doubt.holds.drain('gw-a', 0);
    await live(2_000);
    expect(lines('OFFLINE')).toHaveLength(5);
  });
});

it('ManualClock and users keep step', () => {
  expect(1_000 % USERS).toBe(0);
  expect(new ManualClock().nowMs() % (1_000 / USERS)).toBe(0);
});
