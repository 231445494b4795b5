import { describe, expect, test } from 'vitest';
import { detectorOf, jitter, MODELS, Scenario } from './scenario.js';

/** A browser lets the timers of a tab that nobody looks at run once a minute. */
const SHOWN_MS = 10_000;
const HIDDEN_MS = 60_000;

/** φ just before each heartbeat of a tab that is shown, hidden for an hour and shown again. */
function phisOf({ known, declares }: { known: number; declares: boolean }) {
  const scenario = new Scenario(detectorOf(MODELS.adaptive));
  const beat = (afterMs: number, i: number, nextMs: number) => {
    const jittered = afterMs + 20 * jitter(i);
    const phi = scenario.phi(jittered - 1);
    scenario.beat(jittered, { declaredMs: declares ? nextMs : 0 });
    return phi;
  };
  scenario.beat(0, { declaredMs: declares ? SHOWN_MS : 0 });
  for (let i = 0; i < known; i++) beat(SHOWN_MS, i, i === known - 1 ? HIDDEN_MS : SHOWN_MS);
  const hidden = Array.from({ length: 60 }, (_, i) => beat(HIDDEN_MS, i, i === 59 ? SHOWN_MS : HIDDEN_MS));
  const shown = Array.from({ length: 60 }, (_, i) => beat(SHOWN_MS, i, SHOWN_MS));
  return { hidden, shown };
}

describe('a tab that beats every 10 s, and once a minute while it is hidden', () => {
  test.each([20, 200, 2500])(
    'declares it with the heartbeat before: is never suspected (%d known)',
    (known) => {
      const { hidden, shown } = phisOf({ known, declares: true });
      expect(Math.max(...hidden)).toBeLessThan(3);
      expect(Math.max(...shown)).toBeLessThan(3);
    },
  );

  test.each([20, 200, 2500])(
    'says nothing: is suspected once, and known from the third on (%d known)',
    (known) => {
      const { hidden } = phisOf({ known, declares: false });
      expect(hidden[0]).toBeGreaterThan(3);
      expect(Math.max(...hidden.slice(1))).toBeLessThan(3);
      expect(Math.max(...hidden.slice(2))).toBeLessThan(1);
    },
  );

  test.each([20, 200, 2500])('says nothing, and comes back: is not suspected (%d known)', (known) => {
    const { shown } = phisOf({ known, declares: false });
    expect(Math.max(...shown)).toBeLessThan(1);
  });
});
