import { beforeEach, describe, expect, it } from 'vitest';
import { settle } from '../../support/manual-clock.js';
import { TrackerBench, type Watch } from './tracker-bench.js';

const RETENTION_MS = 600_000;

let bench: TrackerBench;
/** On a second node, by thresholds of its own. */
let elsewhere: TrackerBench;
let watches: Watch[];

beforeEach(async () => {
  bench = new TrackerBench({ retentionMs: RETENTION_MS });
  elsewhere = new TrackerBench({ retentionMs: RETENTION_MS, peer: bench });
  await bench.memory.groupStore.add({ namespace: 'default', groupId: 'room' }, ['alice'], 10);
  await bench.beats(['alice', 'gone']);
  const byGroup = bench.open();
  bench.tracker.add(byGroup.subscription, [], ['room']);
  watches = [
    await bench.watch(['alice', 'gone']),
    await elsewhere.watch(['alice'], { suspect: 1, offline: 2 }),
    byGroup,
  ];
  await settle();
  take();
});

/** What each was told since this was asked last, of alice. */
function take(): string[][] {
  return watches.map((watch) => watch.takeLines().filter((line) => line.startsWith('alice')));
}

const all = (...lines: string[]) => watches.map(() => lines);

/** Beats by way of both nodes, once a second. */
async function goOn(seconds: number): Promise<void> {
  for (let i = 0; i < seconds; i++) {
    await bench.clock.advance(1_000);
    await (i % 2 === 0 ? bench : elsewhere).beatHere();
  }
}

describe('who watches a user who becomes invisible', () => {
  it('is told as of a leave, and nothing of what the user does then', async () => {
    await bench.setVisibility(false);
    await bench.leave('gone');
    const [change, left] = watches[0]?.changes ?? [];
    expect(take()).toEqual(all('alice ONLINE>OFFLINE LEAVE'));
    expect(change).toEqual({
      ...left,
      assessment: { ...left?.assessment, userId: 'alice' },
    });
    await goOn(20);
    await bench.beat('alice', { sessionId: 'laptop', sequence: 1 });
    await bench.leave('alice', 'phone');
    await bench.setVisibility(false);
    // Silent beyond max_silence, and back.
    await bench.clock.advance(200_000);
    await goOn(3);
    expect(take()).toEqual(all());
  });

  it('is told at once how the user is who becomes visible', async () => {
    await bench.setVisibility(false);
    await goOn(20);
    take();
    await bench.setVisibility(true);
    expect(watches[0]?.changes[0]).toMatchObject({
      atUs: bench.clock.epochUs(),
      threshold: undefined,
      assessment: { status: 'ONLINE' },
    });
    expect(take()).toEqual(all('alice OFFLINE>ONLINE HEARTBEAT'));
    await bench.clock.advance(60_000);
    expect(take()).toEqual(all('alice ONLINE>SUSPECT SUSPICION', 'alice SUSPECT>OFFLINE SUSPICION'));
  });

  it('is told of no moment before the one that the user seemed to leave', async () => {
    await bench.clock.advance(500);
    await bench.setVisibility(false);
    await bench.clock.advance(100);
    await bench.setVisibility(true);
    const [left, back] = watches[0]?.changes ?? [];
    expect([left?.cause, back?.cause]).toEqual(['LEAVE', 'HEARTBEAT']);
    expect(back?.atUs).toBe(left?.atUs);
    expect(back?.version).toBeGreaterThan(left?.version as number);
  });

  it('is told that the user is forgotten when the retention after that is over, although they beat', async () => {
    await bench.setVisibility(false);
    take();
    await goOn(RETENTION_MS / 1_000 - 1);
    expect(take()).toEqual(all());
    await goOn(1);
    expect(take()).toEqual(all('alice OFFLINE>UNKNOWN FORGOTTEN'));
    await goOn(10);
    await bench.setVisibility(true);
    expect(take()).toEqual(all('alice UNKNOWN>ONLINE FIRST_SEEN'));
  });

  it('is told nothing where the user was silent already, and of the end of the silence only what they may see', async () => {
    await bench.clock.advance(60_000);
    take();
    await bench.setVisibility(false);
    await goOn(5);
    expect(take()).toEqual(all());
    await bench.setVisibility(true);
    expect(take()).toEqual(all('alice OFFLINE>ONLINE HEARTBEAT'));
  });
});

it('who is invisible before the first heartbeat was never seen', async () => {
  const watch = await bench.watch(['bob']);
  watch.takeLines();
  await bench.setVisibility(false, 'bob');
  for (let i = 0; i < 20; i++) {
    await bench.clock.advance(1_000);
    await bench.beatHere('bob');
  }
  expect(watch.takeLines()).toEqual([]);
  await bench.setVisibility(true, 'bob');
  expect(watch.takeLines()).toEqual(['bob UNKNOWN>ONLINE FIRST_SEEN']);
});
