import { beforeEach, describe, expect, it } from 'vitest';
import { BlindTimes } from '../../../src/presence/doubt/blind-times.js';
import { Namespaces } from '../../../src/presence/namespace.js';
import { MemoryStore } from '../../../src/store/memory/memory-store.js';
import { StoreUnavailableError } from '../../../src/store/store.js';
import { FaultyStore } from '../../support/faulty-store.js';
import { MemoryLog } from '../../support/log.js';
import { ManualClock } from '../../support/manual-clock.js';
import { namespaceSettings } from '../../support/settings.js';

const LEAST_MS = 500;
let clock: ManualClock;
let memory: MemoryStore;

/** A node, as far as it tells others when it was blind. Its namespace expects a heartbeat a second. */
class BlindNode {
  readonly store = new FaultyStore(memory);
  readonly log = new MemoryLog();
  readonly namespaces = new Namespaces({ default: namespaceSettings() });
  changes = 0;
  readonly times = new BlindTimes({
    clock,
    log: this.log,
    store: this.store,
    namespaces: this.namespaces,
    leastMs: LEAST_MS,
    exchanged: (call) => call(),
    changed: () => {
      this.changes += 1;
    },
  });

  /** Of the last so many ms, how many are blind by now. */
  blindMs(ofMs: number): number {
    const nowUs = clock.epochUs();
    return this.namespaces.get('').sight.blindUs(nowUs - ofMs * 1000, nowUs) / 1000;
  }
}

let node: BlindNode;
beforeEach(() => {
  clock = new ManualClock();
  memory = new MemoryStore(clock);
  node = new BlindNode();
});

/** The node was blind from so long ago to so long ago. */
const past = (fromAgoMs: number, toAgoMs: number) => ({
  fromMs: clock.nowMs() - fromAgoMs,
  toMs: clock.nowMs() - toAgoMs,
  isOver: true,
});

describe('a blind time', () => {
  it('counts at once, and as much longer as clients need to be heard again, at most two seconds', async () => {
    node.times.note(past(1_000, 0));
    await clock.advance(5_000);
    expect(node.blindMs(10_000)).toBe(2_000);
    node.times.note(past(5_000, 0));
    await clock.advance(9_000);
    expect(node.blindMs(20_000)).toBe(2_000 - 1_000 + 1_000 + 5_000 + 2_000 - 1_000);
  });

  it('is as long as it has become, while it lasts', async () => {
    const time = { fromMs: clock.nowMs(), toMs: clock.nowMs(), isOver: false };
    for (let i = 0; i < 10; i++) {
      await clock.advance(1_000);
      time.toMs = clock.nowMs();
      node.times.note(time);
    }
    expect(node.blindMs(20_000)).toBe(10_000);
    expect(node.times.counts.times).toBe(0);
  });

  it('is none when it was short', async () => {
    const time = { fromMs: clock.nowMs(), toMs: clock.nowMs(), isOver: false };
    node.times.note(time);
    await clock.advance(LEAST_MS - 1);
    node.times.note({ ...time, toMs: clock.nowMs(), isOver: true });
    expect(node.blindMs(10_000)).toBe(0);
    expect(node.times.counts).toMatchObject({ times: 0, blindMs: 0 });
  });

  it('is known to the other nodes within a second, and to those that start later at once', async () => {
    const other = new BlindNode();
    node.times.note(past(3_000, 0));
    await clock.advance(1_001);
    expect(other.blindMs(10_000)).toBe(4_001);
    expect(other.times.counts.times).toBe(0);
    expect([node.changes, other.changes]).toEqual([1, 1]);
    const later = new BlindNode();
    await clock.advance(0);
    expect(later.blindMs(10_000)).toBe(4_001);
  });

  it('is kept for later when the store cannot be told', async () => {
    const other = new BlindNode();
    node.store.beforeBlind = async () => {
      throw new StoreUnavailableError('gone');
    };
    node.times.note(past(3_000, 0));
    await clock.advance(20_000);
    expect([node.blindMs(40_000), other.blindMs(40_000)]).toEqual([5_000, 0]);
    node.store.beforeBlind = undefined;
    await clock.advance(2_001);
    expect(other.blindMs(40_000)).toBe(5_000);
  });

  it('more than 32 that the store does not know yet are merged, the oldest first, and counted', async () => {
    node.store.beforeBlind = async () => {
      throw new StoreUnavailableError('gone');
    };
    for (let i = 0; i < 40; i++) {
      await clock.advance(10_000);
      node.times.note(past(1_000, 0));
    }
    expect(node.times.counts).toMatchObject({ times: 40, merged: 8 });
    node.store.beforeBlind = undefined;
    await clock.advance(2_000);
    expect(await memory.blind([])).toHaveLength(32);
    // Eight of the gaps between them are blind too.
    expect(node.blindMs(1_000_000)).toBeGreaterThanOrEqual(40 * 1_000 + 8 * 9_000);
  });
});

it('a time in which nobody was there counts as one of this node, and the others are told', async () => {
  const other = new BlindNode();
  await clock.advance(0);
  const toUs = clock.epochUs();
  node.times.find({ fromUs: toUs - 400_000, toUs });
  node.times.find({ fromUs: toUs - 60_000_000, toUs });
  await clock.advance(2_000);
  expect([node.blindMs(100_000), other.blindMs(100_000)]).toEqual([62_000, 62_000]);
  expect(node.times.counts.times).toBe(1);
});

it('a store that refuses is told of once, and asked again', async () => {
  node.store.beforeBlind = async () => {
    throw new Error('NOPERM');
  };
  node.times.note(past(3_000, 0));
  await clock.advance(10_000);
  expect(node.log.lines.map(({ level }) => level)).toEqual(['error']);
  expect(node.log.text).toContain('NOPERM');
  node.store.beforeBlind = undefined;
  await clock.advance(2_000);
  expect(await memory.blind([])).toHaveLength(1);
});

it('a node that closes leaves no timer behind', async () => {
  node.times.close();
  await clock.advance(5_000);
  expect(clock.timers).toBe(0);
});
