import { describe, expect, it } from 'vitest';
import { newSession, type SessionRecord } from '../../../src/detector/session.js';
import { Sight } from '../../../src/detector/sight.js';
import { expectedBefore, Roll } from '../../../src/presence/doubt/roll.js';
import { answerOf, isConfirmed } from '../../../src/presence/doubt/roll-call.js';
import type { Reading } from '../../../src/store/store.js';
import { received } from '../../support/heartbeat.js';
import { storeNamespace } from '../../support/settings.js';
import { arrival } from './arrival.js';

const SECOND_US = 1_000_000;

/** Users who beat once a second, in turn, and are due 50 ms after that. */
function rollOf(users: number, seconds: number): Roll {
  const roll = new Roll();
  roll.population = users;
  for (let beat = 0; beat < users * seconds; beat++) {
    const atUs = (beat * SECOND_US) / users;
    roll.hear(`user-${beat % users}`, arrival(atUs / 1_000, 1_050));
  }
  return roll;
}

describe('a roll', () => {
  it('has at most 64 names, of all who were heard within an interval', () => {
    const names = rollOf(10_000, 3).dueSince(0);
    expect(names).toHaveLength(64);
    const atUs = names.map((named) => named.atUs);
    expect(Math.min(...atUs)).toBeLessThan(2.2 * SECOND_US);
    expect(Math.max(...atUs)).toBeGreaterThan(2.9 * SECOND_US);
  });

  it('names every tenth user as often as the others, although users come in turn', () => {
    // As many as are sampled one in two, four, five, ten.
    for (const users of [128, 256, 320, 640]) {
      const names = rollOf(users, 50).dueSince(0);
      const tenths = names.filter(({ userId }) => Number(userId.slice(5)) % 10 < 3);
      expect(tenths.length / names.length).toBeGreaterThan(0.15);
      expect(tenths.length / names.length).toBeLessThan(0.45);
    }
  });

  it('keeps its names in a time in which nobody can be missed, and only hears of them again', () => {
    const roll = rollOf(64, 1);
    roll.hearBlindly('user-3', arrival(9_000, 1_000));
    roll.hearBlindly('newcomer', arrival(9_000, 1_000));
    const names = roll.dueSince(0);
    expect(names).toHaveLength(64);
    expect(roll.dueSince(9 * SECOND_US).map(({ userId }) => userId)).toEqual(['user-3']);
  });

  it('takes names then, where there is room', () => {
    const roll = new Roll();
    for (let i = 0; i < 70; i++) roll.hearBlindly(`user-${i}`, arrival(i, 1));
    expect(roll.dueSince(0)).toHaveLength(64);
  });

  it('expects nobody sooner than they could be heard', () => {
    const sight = new Sight();
    sight.intervals = [{ fromUs: 2 * SECOND_US, toUs: 7 * SECOND_US }];
    const names = [
      { userId: 'before', atUs: 0, dueUs: SECOND_US },
      { userId: 'across', atUs: 1.5 * SECOND_US, dueUs: 2.5 * SECOND_US },
    ];
    expect(expectedBefore(names, 7.4 * SECOND_US, sight).map(({ userId }) => userId)).toEqual(['before']);
    expect(expectedBefore(names, 7.5 * SECOND_US, sight)).toHaveLength(2);
  });
});

describe('the answer to a roll call', () => {
  const named = { userId: 'alice', atUs: 5, dueUs: 6 };
  const call = { origin: 'gw', sinceUs: 6, share: 1, names: [named] };
  const { detector } = storeNamespace();
  const reading = (facts: readonly Partial<SessionRecord>[]): Reading => ({
    nowUs: 9,
    record: { sessions: facts.map((each) => ({ ...newSession(received(), 0, detector), ...each })) },
  });

  it.each([
    ['is silent who was heard by nobody since', [{ lastUs: 5 }], { known: 1, silent: 1 }],
    ['was heard who was heard by another node', [{ lastUs: 7 }], { known: 1, silent: 0 }],
    ['was heard who was heard by another device', [{ lastUs: 5 }, { lastUs: 7 }], { known: 1, silent: 0 }],
    ['is not silent who left', [{ lastUs: 5, left: true }], { known: 1, silent: 0 }],
    [
      'is silent who left with one device of two',
      [{ lastUs: 6, left: true }, { lastUs: 5 }],
      { known: 1, silent: 1 },
    ],
  ])('%s', (_, sessions, answer) => {
    expect(answerOf(call, [reading(sessions)])).toEqual(answer);
  });

  it('is by what was heard of who is invisible, not by what others see', () => {
    const { record: seen } = reading([{ lastUs: 4, left: true }]);
    for (const [lastUs, silent] of [
      [7, 0],
      [5, 1],
    ] as const) {
      const { record: unseen } = reading([{ lastUs }]);
      expect(answerOf(call, [{ nowUs: 9, record: seen, unseen }])).toEqual({ known: 1, silent });
    }
  });

  it('says nothing of who is not known', () => {
    expect(answerOf(call, [{ nowUs: 9, record: undefined }])).toEqual({ known: 0, silent: 0 });
  });

  it('nor of who was heard again before the silence began, and so is due later', () => {
    expect(answerOf({ ...call, sinceUs: 8 }, [reading([{ lastUs: 7 }])])).toEqual({ known: 0, silent: 0 });
  });

  it.each([
    // known, silent, share that the census says
    [4, 4, 1, undefined],
    [5, 3, 1, true],
    [5, 2, 1, undefined],
    [5, 1, 1, false],
    [64, 16, 0.3, true],
    [64, 15, 0.3, undefined],
    [64, 8, 0.3, false],
    [64, 11, 0.9, false],
  ])('of %i known and %i silent, where %d were missing, is %s', (known, silent, share, confirmed) => {
    expect(isConfirmed({ known, silent }, share, 0.25)).toBe(confirmed);
  });
});
