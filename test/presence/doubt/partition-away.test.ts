import { beforeEach, describe, expect, it } from 'vitest';
import { StoreUnavailableError } from '../../../src/store/store.js';
import { received } from '../../support/heartbeat.js';
import { TrackerBench, type Watch } from '../watching/tracker-bench.js';

/** The first character of a user's id is the partition. */
const HERE = ['0-alice', '0-bob'];
const AWAY = ['1-carol', '1-dave'];
const MORTAL = '0-mallory';
let bench: TrackerBench;
let watch: Watch;
beforeEach(async () => {
  bench = new TrackerBench({ partitions: 2 });
  await bench.beats([...HERE, ...AWAY, MORTAL]);
  watch = await bench.watch([...HERE, ...AWAY, MORTAL, '0-newcomer']);
  watch.takeLines();
});

/** Heartbeats by way of this node, one a second and user, for so long. */
async function live(ms: number, userIds: readonly string[] = [...HERE, ...AWAY]): Promise<void> {
  for (let passedMs = 0; passedMs < ms; passedMs += 1_000) {
    await bench.clock.advance(Math.min(1_000, ms - passedMs));
    const receivedMs = bench.clock.nowMs();
    for (const userId of userIds)
      void bench.presence.ingest.record(bench.namespace, [received({ userId, receivedMs })]);
  }
  await bench.clock.advance(5);
}

/** Partition 1 is away until the returned function is called. */
function losePartition(): () => void {
  const { store } = bench;
  const refuse = (userId: string | undefined) => {
    if (userId?.startsWith('1')) throw new StoreUnavailableError('partition 1 is away');
  };
  store.beforeRecord = async ({ heartbeats }) => refuse(heartbeats[0]?.userId);
  store.beforeRead = async ([userId]) => refuse(userId);
  return () => {
    store.beforeRecord = store.beforeRead = undefined;
  };
}

const statuses = () => watch.takeLines().filter((line) => line.includes('>'));
const answer = (userId: string) => bench.presence.reads.assess(bench.namespace, userId);

describe('while a partition of the store is away', () => {
  it('nobody is suspected, in it or out of it, and whoever died is told after it', async () => {
    const findPartition = losePartition();
    await live(30_000);
    expect(watch.takeLines()).toEqual(['DEGRADED']);
    findPartition();
    await live(10_000);
    expect(watch.takeLines()).toEqual([
      'RECOVERED',
      `${MORTAL} ONLINE>SUSPECT SUSPICION`,
      `${MORTAL} SUSPECT>OFFLINE SUSPICION`,
    ]);
  });

  it('heartbeats of the others are recorded and acknowledged, and its own wait with their times', async () => {
    const findPartition = losePartition();
    let acknowledged = 0;
    for (const userId of [...HERE, ...AWAY])
      void bench.presence.ingest
        .record(bench.namespace, [received({ userId, receivedMs: bench.clock.nowMs(), sequence: 9 })])
        .then(() => {
          acknowledged += 1;
        });
    const receivedUs = bench.clock.epochUs();
    await bench.clock.advance(5_000);
    expect([acknowledged, bench.presence.ingest.pending]).toEqual([HERE.length, AWAY.length]);
    findPartition();
    await bench.clock.advance(200);
    expect([acknowledged, bench.presence.ingest.pending]).toEqual([HERE.length + AWAY.length, 0]);
    for (const { record } of await bench.memory.read(bench.namespace, AWAY))
      expect(record?.sessions[0]).toMatchObject({ sequence: 9, lastUs: receivedUs });
  });

  it('what happens to users of the others is told, and they are answered for', async () => {
    losePartition();
    await live(3_000, [...HERE, ...AWAY]);
    watch.takeLines();
    await bench.leave('0-bob');
    await bench.beat('0-newcomer');
    await bench.clock.advance(500);
    expect(statuses().sort()).toEqual(['0-bob ONLINE>OFFLINE LEAVE', '0-newcomer UNKNOWN>ONLINE FIRST_SEEN']);
    expect((await answer('0-alice')).status).toBe('ONLINE');
    await expect(answer('1-carol')).rejects.toThrow('partition 1 is away');
  });
});
