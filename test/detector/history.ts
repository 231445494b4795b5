import fc from 'fast-check';
import type { Arrival } from '../../src/detector/arrival.js';
import type { Detector, DetectorSettings } from '../../src/detector/detector.js';
import { Random } from '../../src/fleet/random.js';
import { uniform } from '../support/uniform.js';
import { detectorOf, MODEL_NAMES, MODELS, type Scenario } from './scenario.js';

/** What a client may do to its sequence number. */
type Numbering = 'none' | 'next' | 'skip' | 'repeat' | 'old' | 'restart';

/** One thing that happens to a user. */
export interface Event {
  readonly kind: 'beat' | 'leave' | 'leave all';
  readonly sessionId: string;
  /** Time since the event before; negative: recorded late, after later ones. */
  readonly afterMs: number;
  readonly declaredMs: number;
  readonly numbering: Numbering;
  /** How many numbers 'skip' skips; three, if nothing is said. */
  readonly lost?: number;
}

const anySettings: fc.Arbitrary<DetectorSettings> = fc
  .record({
    name: fc.constantFrom(...MODEL_NAMES),
    window: fc.integer({ min: 1, max: 20 }),
    minSamples: fc.integer({ min: 1, max: 12 }),
    expectedIntervalMs: fc.constantFrom(1, 1000, 10_000, 60_000),
    acceptablePauseMs: fc.constantFrom(0, 0, 3000),
    minStdDevMs: fc.constantFrom(0, 1, 100, 2000),
    maxSilenceMs: fc.constantFrom(5000, 90_000, 3_600_000, 86_400_000),
  })
  .map(({ name, ...settings }) => ({ ...settings, ...MODELS[name] }));

/** φ at which a gap is an outage. */
const anySuspectPhi = fc.constantFrom(1, 3, 8);

export const anyDetector = detectors(anySettings);

/** Of the model whose histories need more than chance to reach every state. */
export const anyAdaptiveDetector = detectors(anySettings.map((s) => ({ ...s, ...MODELS.adaptive })));

function detectors(settings: fc.Arbitrary<DetectorSettings>): fc.Arbitrary<Detector> {
  return fc.tuple(settings, anySuspectPhi).map(([each, suspectPhi]) =>
    // A counterexample without this is two tables of a hundred numbers.
    Object.assign(detectorOf(each, suspectPhi), {
      [fc.toStringMethod]: () => `detectorOf(${JSON.stringify(each)}, ${suspectPhi})`,
    }),
  );
}

const anyAfterMs = fc.oneof(
  { weight: 6, arbitrary: uniform(8000, 12_000) },
  { weight: 3, arbitrary: uniform(0, 200) },
  { weight: 3, arbitrary: uniform(0, 100_000) },
  { weight: 1, arbitrary: uniform(100_000, 10_000_000) },
  { weight: 1, arbitrary: fc.constantFrom(0, 5000, 30_000, 60_000, 90_000) },
  { weight: 1, arbitrary: uniform(-15_000, 0) },
);

/** A client that never declares, one that always does, and one that changes its mind. */
const anyDeclaredMs = (habit: 'never' | 'always' | 'mixed') => {
  const declared = fc.oneof(
    fc.constantFrom(10_000, 60_000),
    fc.constantFrom(1, 1000, 300_000, 4_000_000_000),
    fc.integer({ min: 1, max: 120_000 }),
  );
  if (habit === 'never') return fc.constant(0);
  return habit === 'always' ? declared : fc.oneof(fc.constant(0), declared);
};

/** Mostly one of two sessions; now and then one of so many that they do not all fit. */
const anySessionId = fc.oneof(
  { weight: 8, arbitrary: fc.constant('s0') },
  { weight: 3, arbitrary: fc.constant('s1') },
  { weight: 1, arbitrary: fc.integer({ min: 2, max: 19 }).map((i) => `s${i}`) },
);

const anyNumbering: fc.Arbitrary<Numbering> = fc.oneof(
  { weight: 4, arbitrary: fc.constant('next' as const) },
  { weight: 4, arbitrary: fc.constantFrom('none', 'skip', 'repeat', 'old', 'restart') },
);

export const anyHistory: fc.Arbitrary<Event[]> = fc.constantFrom('never', 'always', 'mixed').chain((habit) =>
  fc.array(
    fc.record({
      kind: fc.oneof(
        { weight: 20, arbitrary: fc.constant('beat' as const) },
        { weight: 1, arbitrary: fc.constantFrom('leave', 'leave all') },
      ),
      sessionId: anySessionId,
      afterMs: anyAfterMs,
      declaredMs: anyDeclaredMs(habit),
      numbering: anyNumbering,
    }),
    { maxLength: 60, size: 'max' },
  ),
);

/**
 * A numbered client that lives long: regular but for what is lost, so that its shape is fitted again and again, and most
 * of the time on the lattice; `anyHistory` comes into it now and then.
 */
export const anyLongHistory: fc.Arbitrary<Event[]> = fc
  .record({
    seed: fc.nat(),
    beats: fc.integer({ min: 40, max: 300 }),
    jitterMs: fc.constantFrom(0, 20, 20, 300),
    loss: fc.constantFrom(0.005, 0.03, 0.2),
    declares: fc.boolean(),
    strange: anyHistory,
  })
  .map(({ seed, beats, jitterMs, loss, declares, strange }) => {
    const random = new Random(seed);
    const events: Event[] = [];
    for (let i = 0; i < beats; i++) {
      let intervals = 1;
      while (random.chance(loss)) intervals += 1;
      events.push({
        kind: 'beat',
        sessionId: 's0',
        afterMs: Math.max(0, 10_000 * intervals + random.uniform(-jitterMs, jitterMs)),
        declaredMs: declares ? 10_000 : 0,
        numbering: intervals === 1 ? 'next' : 'skip',
        lost: intervals - 1,
      });
      const event = strange[Math.floor(i / 4)];
      if (random.chance(0.02) && event) events.push(event);
    }
    return events;
  });

/** Lets `event` happen; returns the arrival, if it was one. */
export function happen(scenario: Scenario, event: Event): Arrival | undefined {
  const { kind, sessionId, afterMs, declaredMs } = event;
  if (kind !== 'beat') {
    scenario.leave(afterMs, kind === 'leave' ? sessionId : '');
    return undefined;
  }
  const last = scenario.user.sessions.find((s) => s.sessionId === sessionId)?.sequence ?? 0;
  return scenario.beat(afterMs, { sessionId, declaredMs, sequence: sequenceAfter(last, event) });
}

function sequenceAfter(last: number, { numbering, lost = 3 }: Event): number {
  switch (numbering) {
    case 'none':
      return 0;
    case 'next':
      return last + 1;
    case 'skip':
      return last + 1 + lost;
    case 'repeat':
      return last;
    case 'old':
      return Math.max(1, last - 2);
    case 'restart':
      return 1;
  }
}
