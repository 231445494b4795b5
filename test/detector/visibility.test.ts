import { describe, expect, test } from 'vitest';
import { ArrivalFlag, isAnnounced } from '../../src/detector/arrival.js';
import { isInvisible, SESSIONS_MAX, suspicionOf } from '../../src/detector/user.js';
import { forget, recordVisibility, SHOWN_SESSIONS_MAX } from '../../src/detector/visibility.js';
import { detectorOf, MODEL_NAMES, MODELS, Scenario } from './scenario.js';

const SECOND_US = 1_000_000;

function say(scenario: Scenario, visible: boolean, agoMs = 0): boolean {
  const { nowUs } = scenario;
  return recordVisibility(scenario.user, visible, { atUs: nowUs - agoMs * 1000, nowUs });
}

/** What others see, as an answer tells it. */
function shown(scenario: Scenario, silenceMs = 0) {
  const sessions = scenario.user.visibility?.shown;
  return sessions && suspicionOf({ sessions }, scenario.nowUs + silenceMs * 1000, scenario.detector);
}

describe.each(MODEL_NAMES)('under %s, a user who is made invisible', (model) => {
  test('is shown as if they had left then, whatever happens since', () => {
    const [unseen, gone] = [0, 1].map(() => {
      const scenario = new Scenario(detectorOf(MODELS[model]));
      scenario.beats(30, 10_000, { sessionId: 'phone', sequence: 0 }, 400);
      scenario.beats(3, 9_000, { sessionId: 'desk', declaredMs: 9_000 });
      scenario.beat(4_000, { sessionId: 'phone' });
      scenario.nowUs += SECOND_US;
      return scenario;
    }) as [Scenario, Scenario];
    say(unseen, false);
    gone.leave(0);
    const left = () => suspicionOf(gone.user, unseen.nowUs, gone.detector);
    expect(shown(unseen)).toEqual(left());
    expect(left()?.phi).toBeUndefined();
    for (const act of [
      () => unseen.beats(40, 3_000, { sessionId: 'phone' }, 400),
      () => unseen.beat(1_000, { sessionId: 'new' }),
      () => unseen.leave(500),
      () => unseen.beat(1_000, { sessionId: 'desk' }),
      () => say(unseen, false),
    ]) {
      act();
      expect(shown(unseen)).toEqual(left());
    }
  });

  test('goes on inside: φ, window and sessions are those of somebody who was never unseen', () => {
    const [unseen, seen] = [0, 1].map(() => new Scenario(detectorOf(MODELS[model]))) as [Scenario, Scenario];
    for (const scenario of [unseen, seen]) scenario.beats(20, 10_000, {}, 400);
    say(unseen, false);
    for (const scenario of [unseen, seen]) scenario.beats(20, 8_000, {}, 400);
    expect(unseen.suspicion(30_000)).toEqual(seen.suspicion(30_000));
    say(unseen, true);
    expect(unseen.user.sessions).toEqual(seen.user.sessions);
    expect(isInvisible(unseen.user)).toBe(false);
  });
});

describe('heartbeats of a user who is invisible', () => {
  test('are announced to nobody, also the first ones and those that come late', () => {
    const scenario = new Scenario();
    say(scenario, false);
    const first = scenario.beat(0);
    scenario.beats(20, 10_000);
    const late = scenario.beat(60_000);
    expect([first.flags & ArrivalFlag.FIRST_SEEN, late.flags & ArrivalFlag.LATE]).toEqual([
      ArrivalFlag.FIRST_SEEN,
      ArrivalFlag.LATE,
    ]);
    for (const { flags } of [first, late]) {
      expect(flags & ArrivalFlag.INVISIBLE).toBe(ArrivalFlag.INVISIBLE);
      expect(isAnnounced(flags)).toBe(false);
    }
    say(scenario, true);
    expect(isAnnounced(scenario.beat(60_000).flags)).toBe(true);
  });

  test('that were received before are shown no more than those that come later', () => {
    const scenario = new Scenario();
    scenario.beats(20, 10_000);
    scenario.nowUs += 8 * SECOND_US;
    say(scenario, false);
    const { lastSeenUs } = shown(scenario) ?? {};
    scenario.nowUs += SECOND_US;
    // It arrived two seconds before the word, and is recorded after it.
    scenario.beat(-3_000);
    expect(scenario.suspicion().lastSeenUs).toBeGreaterThan(lastSeenUs as number);
    expect(shown(scenario)?.lastSeenUs).toBe(lastSeenUs);
  });
});

describe('a word that waited to be recorded', () => {
  test('hides what was heard after it was said', () => {
    const scenario = new Scenario();
    scenario.beats(20, 10_000);
    const saidUs = scenario.nowUs + SECOND_US;
    scenario.beats(3, 10_000);
    say(scenario, false, (scenario.nowUs - saidUs) / 1000);
    expect(shown(scenario)).toMatchObject({ phi: undefined, lastSeenUs: saidUs, leftUs: saidUs });
  });

  test('is not the last one, if another was said after it', () => {
    const scenario = new Scenario();
    scenario.beats(5, 10_000);
    expect(say(scenario, true)).toBe(true);
    expect(say(scenario, false, 5_000)).toBe(false);
    expect(isInvisible(scenario.user)).toBe(false);
    scenario.nowUs += 60 * SECOND_US;
    expect(say(scenario, false)).toBe(true);
    expect(say(scenario, true, 5_000)).toBe(false);
    expect(isInvisible(scenario.user)).toBe(true);
  });

  test('counts where the clock of the store was set back since the last', () => {
    const scenario = new Scenario();
    scenario.beats(5, 10_000);
    say(scenario, false);
    scenario.nowUs -= 3_600 * SECOND_US;
    expect(say(scenario, true)).toBe(true);
    expect(isInvisible(scenario.user)).toBe(false);
  });
});

test('who left before is shown to have left then, and who is unknown is nobody', () => {
  const scenario = new Scenario();
  scenario.beats(5, 10_000);
  scenario.leave(1_000);
  const before = scenario.suspicion();
  scenario.nowUs += 60 * SECOND_US;
  say(scenario, false);
  expect(shown(scenario)).toMatchObject({ lastSeenUs: before.lastSeenUs, leftUs: before.leftUs });
  const nobody = new Scenario();
  say(nobody, false);
  nobody.beats(20, 1_000);
  expect([shown(nobody), nobody.phi()]).toEqual([undefined, expect.any(Number)]);
});

test(`of many sessions the ${SHOWN_SESSIONS_MAX} that gave a sign last are shown`, () => {
  const scenario = new Scenario();
  for (let i = 0; i < SESSIONS_MAX; i++) scenario.beat(100, { sessionId: `s${i}` });
  scenario.beat(100, { sessionId: 's0' });
  say(scenario, false);
  const ids = scenario.user.visibility?.shown?.map(({ sessionId }) => sessionId);
  expect(ids).toEqual(['s0', 's9', 's10', 's11', 's12', 's13', 's14', 's15']);
});

test('who is forgotten is still invisible', () => {
  const scenario = new Scenario();
  scenario.beats(5, 10_000);
  say(scenario, false);
  forget(scenario.user);
  expect(scenario.user.sessions).toEqual([]);
  expect(isInvisible(scenario.user)).toBe(true);
  expect(isAnnounced(scenario.beat(86_400_000).flags)).toBe(false);
  expect(shown(scenario)).toBeUndefined();
});
