import { beforeEach, describe, expect, it } from 'vitest';
import type { BlindTime } from '../../../src/presence/doubt/blind-times.js';
import { Outage } from '../../../src/presence/doubt/outage.js';
import { StoreUnavailableError } from '../../../src/store/store.js';
import { ManualClock } from '../../support/manual-clock.js';

let clock: ManualClock;
let heard: string[];
let last: BlindTime | undefined;
let outage: Outage;
beforeEach(async () => {
  clock = new ManualClock();
  heard = [];
  last = undefined;
  outage = new Outage(clock, {
    noted: (time) => {
      last = time;
    },
    began: ({ message }) => heard.push(`began: ${message}`),
    ended: () => heard.push('ended'),
  });
});

const succeed = (partition: number) => outage.watch(partition, async () => {});
const fail = (partition: number, error: Error = new StoreUnavailableError(`gone ${partition}`)) =>
  outage
    .watch(partition, async () => {
      throw error;
    })
    .catch(() => {});

describe('an outage', () => {
  it('lasts from the last call that was answered to the first one that is again', async () => {
    await succeed(0);
    const answeredMs = clock.nowMs();
    await clock.advance(300);
    await fail(0);
    await clock.advance(700);
    await fail(0);
    expect(last).toEqual({ fromMs: answeredMs, toMs: answeredMs + 1_000, isOver: false });
    await clock.advance(50);
    await succeed(0);
    expect(last).toEqual({ fromMs: answeredMs, toMs: answeredMs + 1_050, isOver: true });
    expect(heard).toEqual(['began: gone 0', 'ended']);
  });

  it('begins a second before the first call that failed at most', async () => {
    await succeed(0);
    await clock.advance(5_000);
    await fail(0);
    expect(last?.fromMs).toBe(clock.nowMs() - 1_000);
  });

  it('goes on while a partition is away, whatever others answer', async () => {
    await Promise.all([succeed(0), succeed(1)]);
    await clock.advance(100);
    await fail(1);
    await succeed(0);
    expect([outage.isOpen, last?.isOver]).toEqual([true, false]);
    await clock.advance(2_000);
    await fail(2);
    await succeed(1);
    expect([outage.isOpen, last?.isOver]).toEqual([true, false]);
    await succeed(2);
    expect([outage.isOpen, last?.isOver]).toEqual([false, true]);
    expect((last?.toMs ?? 0) - (last?.fromMs ?? 0)).toBe(2_100);
    expect(heard).toEqual(['began: gone 1', 'ended']);
  });

  it('is none where the store refuses what is wrong', async () => {
    await fail(0, new Error('wrong'));
    expect([outage.isOpen, last, heard]).toEqual([false, undefined, []]);
  });
});
