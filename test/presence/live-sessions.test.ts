import { expect, it } from 'vitest';
import { LiveSessions } from '../../src/presence/live-sessions.js';

const HALF_LIFE_MS = 3_600_000;

/** What all nodes have counted after each five seconds in which `sessions` were there. */
function observed(...sessions: number[]): LiveSessions {
  const live = new LiveSessions(HALF_LIFE_MS);
  let silenceMs = 0;
  live.observe(silenceMs, 0);
  for (const [i, n] of sessions.entries()) {
    silenceMs = silenceMs * 2 ** (-5_000 / HALF_LIFE_MS) + n * 5_000;
    live.observe(silenceMs, (i + 1) * 5_000);
  }
  return live;
}

it('sessions are the time that they were there against the time that has passed, however much has decayed', () => {
  expect(observed().sessions).toBe(0);
  expect(observed(40).sessions).toBeCloseTo(40, 6);
  expect(observed(...new Array(5_000).fill(40)).sessions).toBeCloseTo(40, 6);
});

it('those who left are forgotten within minutes', () => {
  const { sessions } = observed(...new Array(100).fill(40), ...new Array(180).fill(10));
  expect(sessions).toBeGreaterThan(10);
  expect(sessions).toBeLessThan(13);
});

it('a store that lost its data makes no sessions that are not there', () => {
  const live = observed(40, 40);
  live.observe(0, 15_000);
  expect(live.sessions).toBeGreaterThan(20);
  expect(live.sessions).toBeLessThan(40);
});
