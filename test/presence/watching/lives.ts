import fc from 'fast-check';
import type { DetectorSettings } from '../../../src/detector/detector.js';
import type { Thresholds } from '../../../src/detector/status.js';

/** Time until the next step: some ms, or right at the crossing of a threshold if nobody is heard of until then. */
export type Gap = { readonly ms: number } | { readonly threshold: number; readonly offsetUs: number };

export interface Step {
  readonly gap: Gap;
  /** How long ago it arrived when it is recorded; less than the gap, or it would be old news, as it sometimes is. */
  readonly ageMs: number;
  readonly kind: 'beat' | 'leave' | 'leave all';
  readonly declaredMs: number;
  readonly numbering: 'none' | 'next' | 'repeat';
  /** Heard by the node that watches, or by another one, which says so some time later, or never. */
  readonly heard: 'here' | { readonly relayedMs: number };
}

/** What one session of a user does. */
export interface Life {
  readonly userId: string;
  readonly sessionId: string;
  readonly steps: readonly Step[];
}

export interface World {
  readonly detector: Partial<DetectorSettings>;
  readonly thresholds: readonly [Thresholds, Thresholds];
  /** The second subscriber comes after this many steps. */
  readonly joinsAfter: number;
  /** How long an answer of the store is on its way. */
  readonly replyMs: number;
  readonly lives: readonly Life[];
}

/** Whole µs, as the store's clock counts; an integer and not a double, which favours extremes. */
const ms = (min: number, max: number) =>
  fc.integer({ min: min * 1000, max: max * 1000 }).map((us) => us / 1000);

const anyModel = fc.constantFrom<Partial<DetectorSettings>>(
  { model: 'normal' },
  { model: 'normal', logistic: true },
  { model: 'exponential' },
);

const anyDetector = fc
  .record({
    model: anyModel,
    window: fc.integer({ min: 1, max: 8 }),
    minSamples: fc.integer({ min: 1, max: 6 }),
    acceptablePauseMs: fc.constantFrom(0, 0, 500),
    minStdDevMs: fc.constantFrom(1, 100),
    maxSilenceMs: fc.constantFrom(5_000, 20_000),
  })
  .map(({ model, ...settings }) => ({ ...settings, ...model }));

const anyPhi = fc.oneof(ms(1, 8), fc.constantFrom(1, 1.05, 3, 5, 12, 300));
const anyThresholds = fc
  .tuple(anyPhi, anyPhi)
  .map(([a, b]): Thresholds => ({ suspect: Math.min(a, b), offline: Math.max(a, b) }));

const anyGap: fc.Arbitrary<Gap> = fc.oneof(
  { weight: 8, arbitrary: ms(900, 1_100).map((gapMs) => ({ ms: gapMs })) },
  { weight: 2, arbitrary: ms(0, 60).map((gapMs) => ({ ms: gapMs })) },
  { weight: 2, arbitrary: ms(1_000, 4_000).map((gapMs) => ({ ms: gapMs })) },
  { weight: 1, arbitrary: ms(4_000, 30_000).map((gapMs) => ({ ms: gapMs })) },
  {
    weight: 3,
    arbitrary: fc.record({
      threshold: fc.nat(3),
      offsetUs: fc.oneof(fc.integer({ min: -2, max: 2 }), fc.integer({ min: -2_000, max: 2_000 })),
    }),
  },
);

export const AGE_MS_MAX = 3_000;
const anyAge = fc.oneof(
  { weight: 4, arbitrary: fc.constant(0) },
  { weight: 2, arbitrary: ms(0, 3) },
  { weight: 1, arbitrary: ms(0, AGE_MS_MAX) },
);

/** A client that never declares, one that always declares the same, and one that changes its mind. */
const anyDeclaring = fc.constantFrom([0], [0], [1_000], [0, 500, 3_000], [200, 1_000, 10_000]);

const anySteps = anyDeclaring.chain((declared) =>
  fc.array(
    fc.record({
      gap: anyGap,
      ageMs: anyAge,
      kind: fc.oneof(
        { weight: 25, arbitrary: fc.constant('beat' as const) },
        { weight: 1, arbitrary: fc.constantFrom('leave' as const, 'leave all' as const) },
      ),
      declaredMs: fc.constantFrom(...declared),
      numbering: fc.constantFrom('none' as const, 'next' as const, 'next' as const, 'repeat' as const),
      heard: fc.oneof(
        fc.constant('here' as const),
        fc.constantFrom(0, 100, 1_000, Number.POSITIVE_INFINITY).map((relayedMs) => ({ relayedMs })),
      ),
    }),
    { minLength: 1, maxLength: 30, size: 'max' },
  ),
);

export const anyWorld: fc.Arbitrary<World> = fc.record({
  detector: anyDetector,
  thresholds: fc.tuple(anyThresholds, anyThresholds),
  joinsAfter: fc.nat(10),
  replyMs: fc.constantFrom(0, 0, 0, 5, 40),
  lives: fc.uniqueArray(
    fc.record({
      userId: fc.constantFrom('a', 'b', 'c'),
      sessionId: fc.constantFrom('phone', 'laptop'),
      steps: anySteps,
    }),
    { minLength: 1, maxLength: 4, selector: ({ userId, sessionId }) => `${userId}/${sessionId}` },
  ),
});
