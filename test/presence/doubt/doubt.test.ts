import { beforeEach, describe, expect, it } from 'vitest';
import { StoreUnavailableError } from '../../../src/store/store.js';
import { received } from '../../support/heartbeat.js';
import { TrackerBench, type Watch } from '../watching/tracker-bench.js';

const ALIVE = ['alice', 'bob', 'carol'];
let bench: TrackerBench;
let watch: Watch;
beforeEach(async () => {
  bench = new TrackerBench();
  await bench.beats([...ALIVE, 'mallory']);
  watch = await bench.watch([...ALIVE, 'mallory']);
  watch.takeLines();
});

/** Heartbeats by way of this node, one a second and user, for so long. */
async function live(ms: number, userIds: readonly string[] = ALIVE): Promise<void> {
  for (let passedMs = 0; passedMs < ms; passedMs += 1_000) {
    await bench.clock.advance(Math.min(1_000, ms - passedMs));
    const receivedMs = bench.clock.nowMs();
    for (const userId of userIds) {
      void bench.presence.ingest.record(bench.namespace, [received({ userId, receivedMs })]);
    }
  }
  await bench.clock.advance(5);
}

/** The store is away, for everything or only for what changes it, until the returned function is called. */
function loseStore(what: 'all' | 'writes' = 'all'): () => void {
  const gone = async () => {
    throw new StoreUnavailableError('gone');
  };
  const { store } = bench;
  store.beforeRecord = gone;
  if (what === 'all') store.beforeRead = store.beforeBlind = store.beforeLearn = gone;
  return () => {
    store.beforeRecord = store.beforeRead = store.beforeBlind = store.beforeLearn = undefined;
  };
}

/** Without the notices. */
const statuses = () => watch.takeLines().filter((line) => line.includes('>'));
const answer = async (userId: string) => {
  const [assessment] = await bench.presence.reads.assessAll(bench.namespace, [userId]);
  return assessment;
};

describe('an outage of the store', () => {
  it('makes nobody who beats OFFLINE or SUSPECT, during it and after it', async () => {
    const findStore = loseStore();
    await live(30_000);
    expect(watch.takeLines()).toEqual(['DEGRADED']);
    findStore();
    await live(10_000);
    expect(watch.takeLines()).toEqual([
      'RECOVERED',
      'mallory ONLINE>SUSPECT SUSPICION',
      'mallory SUSPECT>OFFLINE SUSPICION',
    ]);
  });

  it('records every heartbeat of that time, at its own time', async () => {
    const findStore = loseStore();
    await live(30_000);
    expect(bench.presence.ingest.pending).toBe(90);
    findStore();
    await live(1_000);
    const [reading] = await bench.memory.read(bench.namespace, ['alice']);
    const window = reading?.record?.sessions[0]?.window;
    expect(window?.meanMs).toBe(1_000);
    expect((await answer('alice'))?.suspicion?.liveliest.elapsedMs).toBeLessThan(10);
  });

  it('does not bring back who was OFFLINE before', async () => {
    await live(10_000);
    expect(statuses().at(-1)).toBe('mallory SUSPECT>OFFLINE SUSPICION');
    const findStore = loseStore();
    await live(60_000);
    findStore();
    await live(30_000);
    expect(statuses()).toEqual([]);
  });

  it('of writes only is doubted as well: questions are answered as of before, and say so', async () => {
    const findStore = loseStore('writes');
    await live(5_000);
    expect(watch.takeLines()).toEqual(['DEGRADED']);
    const assessment = await answer('alice');
    expect(assessment).toMatchObject({ status: 'ONLINE', degraded: true });
    findStore();
    await live(1_000);
    expect(watch.lines).toEqual(['RECOVERED']);
    expect(await answer('alice')).toMatchObject({ status: 'ONLINE', degraded: false });
  });
});

describe('a store that records late', () => {
  it('makes nobody suspicious whose heartbeats are on their way', async () => {
    bench.store.beforeRecord = () => new Promise((resolve) => bench.clock.after(3_000, resolve));
    await live(20_000);
    expect(statuses().filter((line) => !line.startsWith('mallory'))).toEqual([]);
    expect(bench.presence.doubt.counts.lateReadings).toBeGreaterThan(0);
  });

  it('does not hide who is gone, only later by as much', async () => {
    bench.store.beforeRecord = () => new Promise((resolve) => bench.clock.after(3_000, resolve));
    await live(20_000);
    expect(watch.statusOf('mallory')).toBe('OFFLINE');
  });
});

describe('a node that stood still', () => {
  it('suspects nobody whose heartbeats another node recorded meanwhile', async () => {
    for (let i = 0; i < 30; i++) {
      bench.clock.stall(1_000);
      for (const userId of ALIVE) await bench.beat(userId);
    }
    await bench.clock.advance(500);
    expect(statuses()).toEqual([]);
  });

  it('suspects nobody whose heartbeats it has not read yet', async () => {
    bench.clock.stall(30_000);
    // Timers go first, sockets later.
    await bench.clock.advance(200);
    await live(5_000);
    expect(statuses().filter((line) => !line.startsWith('mallory'))).toEqual([]);
    expect(bench.presence.doubt.stalls.counts.stalls).toBe(1);
  });

  it('reads those again whom it suspects, and nobody who was there', async () => {
    await live(20_000);
    expect(watch.statusOf('mallory')).toBe('OFFLINE');
    const { usersRead } = bench.tracker.counts;
    bench.clock.stall(800);
    await bench.clock.advance(100);
    expect(bench.presence.doubt.stalls.counts.stalls).toBe(1);
    // Mallory, and again when the other nodes were told.
    expect(bench.tracker.counts.usersRead - usersRead).toBe(2);
  });

  it('also answers questions by what it has heard before', async () => {
    bench.clock.stall(30_000);
    expect((await answer('alice'))?.status).toBe('ONLINE');
  });

  it('judges again when it has had time to hear', async () => {
    bench.clock.stall(30_000);
    await live(10_000);
    expect(statuses()).toEqual(['mallory ONLINE>SUSPECT SUSPICION', 'mallory SUSPECT>OFFLINE SUSPICION']);
  });
});
