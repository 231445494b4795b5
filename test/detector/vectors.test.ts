import { describe, expect, test } from 'vitest';
import type { Detector, Estimate } from '../../src/detector/detector.js';
import { statusOfUser, suspicionOf } from '../../src/detector/user.js';
import { SampleWindow, WINDOW_MAX } from '../../src/detector/window.js';
import { check, checkReference, NO_MAX_SILENCE_MS, type PeerCase, peers } from './peer-case.js';
import {
  exponentialLog10,
  exponentialRaw,
  sequenceAvailable,
  sequenceOutages,
  sequencePause,
  sequencePhi,
  sequenceWindow,
} from './peer-sequences.js';
import { detectorOf } from './scenario.js';

const normal = detectorOf({ maxSilenceMs: NO_MAX_SILENCE_MS });
const logistic = detectorOf({ logistic: true, maxSilenceMs: NO_MAX_SILENCE_MS });
const exponential = detectorOf({ model: 'exponential', maxSilenceMs: NO_MAX_SILENCE_MS });

function estimateOf(locationMs: number, scaleMs: number): Estimate {
  return {
    expectedMs: locationMs,
    locationMs,
    scaleMs,
    intervalMs: locationMs,
    watchMs: Number.POSITIVE_INFINITY,
    watchZ: Number.POSITIVE_INFINITY,
    shape: undefined,
    warming: false,
  };
}

interface SinglePhi {
  readonly timeDiffMs: number;
  readonly mean: number;
  readonly stdDev: number;
}

function phiOf({ timeDiffMs, mean, stdDev }: SinglePhi): number {
  return logistic.phi(timeDiffMs, estimateOf(mean, stdDev));
}

function singlePhi(peer: PeerCase): void {
  const phi = phiOf(peer.inputs as SinglePhi);
  check(phi, peer.expect);
  checkReference(phi, peer);
}

function singleCdf(peer: PeerCase): void {
  const cdf = 1 - 10 ** -phiOf(peer.inputs as SinglePhi);
  check(cdf, peer.expect);
  checkReference(cdf, peer);
}

function increasing(peer: PeerCase): void {
  const phis = Array.from({ length: 41 }, (_, x) => phiOf({ timeDiffMs: x, mean: 0, stdDev: 10 }));
  check(
    phis.every((phi, x) => x === 0 || phi > (phis[x - 1] as number)),
    peer.expect,
  );
}

function larger(peer: PeerCase): void {
  const { a, b } = peer.inputs as { a: SinglePhi; b: SinglePhi };
  check(phiOf(a) < phiOf(b), peer.expect);
}

function windowOf(samplesMs: readonly number[], size: number = WINDOW_MAX): SampleWindow {
  const window = new SampleWindow();
  for (const sampleMs of samplesMs) window.push(sampleMs, size);
  return window;
}

const statsWindow = (peer: PeerCase) => windowOf((peer.inputs as { window: number[] }).window);
const windowMean = (peer: PeerCase) => check(statsWindow(peer).meanMs, peer.expect);
const windowVariance = (peer: PeerCase) => check(statsWindow(peer).variance, peer.expect);

function ringMean(peer: PeerCase): void {
  const { adds, size } = peer.inputs as { adds: number[]; size: number };
  expect(new SampleWindow().meanMs).toBe(0);
  expect(windowOf(adds, size).samplesMs()).toEqual([2, 3, 4, 5]);
  check(windowOf(adds, size).meanMs, peer.expect);
}

function ringRounds(peer: PeerCase): void {
  const adds = Array.from({ length: 1001 }, (_, i) => i);
  expect(windowOf(adds, (peer.inputs as { size: number }).size).samplesMs()).toEqual(peer.expect.value);
}

/** A window under a floor of the deviation: what phid's quantised samples (whole ms) give. */
function windowPhi(peer: PeerCase): void {
  const { elapsed, minStdDevMs } = peer.inputs as { elapsed: number; minStdDevMs: number };
  const detector = detectorOf({ logistic: true, minStdDevMs, minSamples: 1 });
  const phi = detector.phi(elapsed, detector.estimate({ window: statsWindow(peer), declaredMs: 0 }));
  check(phi, peer.expect);
  expect(phi).toBeCloseTo(peer.reference_value as number, 3);
}

/** The listed numbers have nine decimals. */
const LISTED = 9;

function compareTails(peer: PeerCase): void {
  const { y } = peer.inputs as { y: number };
  const listed = peer.expect.value as { logistic_akka: number; softplus: number; exact_gaussian: number };
  expect(logistic.phi(y, estimateOf(0, 1))).toBeCloseTo(listed.softplus, LISTED);
  expect(logistic.phi(y, estimateOf(0, 1))).toBeCloseTo(listed.logistic_akka, LISTED);
  expect(normal.phi(y, estimateOf(0, 1))).toBeCloseTo(listed.exact_gaussian, LISTED);
}

function invert(peer: PeerCase): void {
  const { phi } = peer.inputs as { phi: number };
  const listed = peer.expect.value as Record<
    'y_logistic' | 'y_exact_gaussian' | 'multiple_of_mean_exponential',
    number
  >;
  const standard = (detector: Detector) => detector.deadlineMs(phi, estimateOf(0, 1));
  expect(standard(logistic)).toBeCloseTo(listed.y_logistic, LISTED);
  expect(standard(normal)).toBeCloseTo(listed.y_exact_gaussian, LISTED);
  expect(standard(exponential)).toBeCloseTo(listed.multiple_of_mean_exponential, LISTED);
  // With a location and a scale, as the note of the case says.
  expect(normal.deadlineMs(phi, estimateOf(1000, 100))).toBeCloseTo(
    1000 + 100 * listed.y_exact_gaussian,
    LISTED - 2,
  );
}

interface Run {
  readonly how: string;
  readonly run: (peer: PeerCase) => void;
  readonly ids: readonly string[];
}

/** Cases that phid answers as the peer does. */
const RUN: readonly Run[] = [
  {
    how: 'φ of an estimate, as a probability',
    run: singleCdf,
    ids: ['0', '6', '15', '20', '25', '35', '40', '22'].map((x) => `pekko.cdf.${x}`),
  },
  {
    how: 'φ of an estimate',
    run: singlePhi,
    ids: [
      'pekko.outlier.pos',
      'pekko.outlier.neg',
      ...['0', '500', '1000', '1200', '1400', '1600', '1700'].map((x) => `pekko.realistic.${x}`),
    ],
  },
  { how: 'φ of one estimate, over silence', run: increasing, ids: ['pekko.monotonic'] },
  { how: 'φ of two estimates', run: larger, ids: ['pekko.larger-stddev-lower-phi'] },
  {
    how: 'φ after recorded heartbeats',
    run: sequencePhi,
    ids: [
      'pekko.one-heartbeat.1000',
      'pekko.one-heartbeat.2000',
      'pekko.one-heartbeat.3000',
      'pekko.first-interval.100',
      'pekko.first-interval.300',
    ],
  },
  {
    how: 'φ against the threshold after recorded heartbeats',
    run: sequenceAvailable,
    ids: ['pekko.monitored', 'pekko.dead.1200', 'pekko.dead.8200'],
  },
  {
    how: 'φ against the threshold, an acceptable pause',
    run: sequencePause,
    ids: ['pekko.accept-pause', 'pekko.fail-after-pause'],
  },
  { how: 'outages among 1,000 heartbeats', run: sequenceOutages, ids: ['pekko.recover-no-poisoning'] },
  { how: 'φ from the window alone', run: sequenceWindow, ids: ['pekko.maxSampleSize'] },
  { how: 'mean of a window', run: windowMean, ids: [0, 1, 2, 3].map((i) => `pekko.stats.mean.${i}`) },
  {
    how: 'variance of a window',
    run: windowVariance,
    ids: ['pekko.stats.single', ...[0, 1, 2, 3].map((i) => `pekko.stats.variance.${i}`)],
  },
  { how: 'mean of a full window', run: ringMean, ids: ['cassandra.stats.mean'] },
  { how: 'samples of a full window', run: ringRounds, ids: ['cassandra.stats.rounds'] },
  {
    how: 'φ · ln 10 after recorded heartbeats',
    run: exponentialRaw,
    ids: ['cassandra.window.666', 'cassandra.window.3000'],
  },
  {
    how: 'φ after recorded heartbeats, exponential',
    run: exponentialLog10,
    ids: ['racker.cassandra.666', 'racker.cassandra.3000', 'racker.obvious.120s', 'racker.obvious.200s'],
  },
  { how: 'φ of a window of fractions', run: windowPhi, ids: ['dotnext.nan.derived'] },
  {
    how: 'both normal tails',
    run: compareTails,
    ids: ['1', '2', '3', '3.16', '4', '5', '6', '8', '10', '20'].map((y) => `derived.logistic-vs-exact.${y}`),
  },
  {
    how: 'silence until a threshold, every model',
    run: invert,
    ids: ['1', '2', '3', '5', '8', '10', '12', '16'].map((phi) => `derived.inverse.${phi}`),
  },
];

interface Difference {
  readonly reason: string;
  readonly run: (peer: PeerCase) => void;
}

/** Cases in which phid differs on purpose, asserted as phid has it. */
const DIFFERS: Record<string, Difference> = {
  'pekko.startup': {
    reason: 'nobody has seen the user: UNKNOWN without a φ, where Pekko calls a stranger available with φ 0',
    run: () => {
      expect(suspicionOf(undefined, 0, logistic)).toBeUndefined();
      expect(suspicionOf({ sessions: [] }, 0, logistic)).toBeUndefined();
      expect(statusOfUser(undefined, { suspect: 3, offline: 8 })).toBe('UNKNOWN');
    },
  },
  'derived.logistic-vs-exact.21.5': {
    reason: 'the peer computes 1 / (1 + exp(-u)) near its overflow and loses digits; phid keeps the softplus',
    run: (peer) => {
      const listed = peer.expect.value as { logistic_akka: number; softplus: number; exact_gaussian: number };
      expect(logistic.phi(21.5, estimateOf(0, 1))).toBeCloseTo(listed.softplus, LISTED);
      expect(logistic.phi(21.5, estimateOf(0, 1)) - listed.logistic_akka).toBeCloseTo(1.0736e-5, LISTED);
      expect(normal.phi(21.5, estimateOf(0, 1))).toBeCloseTo(listed.exact_gaussian, LISTED);
    },
  },
  'derived.logistic.overflow': {
    reason: 'finite where the peer answers Infinity',
    run: (peer) => {
      const { y } = peer.inputs as { y: number };
      // u / ln 10 in 30-digit arithmetic (mpmath), u = y (1.5976 + 0.070566 y²).
      expect(logistic.phi(y, estimateOf(0, 1))).toBeCloseTo(323.832052159, LISTED);
    },
  },
  'derived.exact.1-cdf.overflow': {
    reason: 'finite where 1 - cdf(z) cancels to 0',
    run: (peer) => {
      const { y } = peer.inputs as { y: number };
      // The tail in 60-digit arithmetic (mpmath): see survival.test.ts.
      expect(normal.phi(y, estimateOf(0, 1))).toBeCloseTo(16.283531730414627, LISTED);
    },
  },
  'derived.naive-variance-negative': {
    reason: 'the variance of equal samples is 0, never negative',
    run: (peer) => {
      expect(statsWindow(peer).variance).toBe(0);
      const { scaleMs } = logistic.estimate({ window: statsWindow(peer), declaredMs: 0 });
      expect(scaleMs).toBe(logistic.settings.minStdDevMs);
    },
  },
};

/** Cases of models that phid does not have. */
const NOT_APPLICABLE: Record<string, string> = {
  'pekko.deadline.1': 'fixed deadline without φ; max_silence is phid’s, and it is a cap of every model',
  'pekko.deadline.2': 'fixed deadline without φ',
  'pekko.deadline.3': 'fixed deadline without φ',
};

function peerCase(id: string): PeerCase {
  const found = peers.cases.find((peer) => peer.id === id);
  if (!found) throw new Error(`no case ${id}`);
  return found;
}

describe('as the peers', () => {
  test.each(RUN.flatMap(({ how, run, ids }) => ids.map((id) => ({ id, how, run }))))(
    '$id: $how',
    ({ id, run }) => run(peerCase(id)),
  );
});

describe('unlike the peers', () => {
  test.each(Object.entries(DIFFERS).map(([id, difference]) => ({ id, ...difference })))(
    '$id: $reason',
    ({ id, run }) => run(peerCase(id)),
  );
});

test('every case is run, differs on purpose or belongs to a model that phid does not have', () => {
  const accounted = [
    ...RUN.flatMap(({ ids }) => ids),
    ...Object.keys(DIFFERS),
    ...Object.keys(NOT_APPLICABLE),
  ];
  expect(accounted.toSorted()).toEqual(peers.cases.map(({ id }) => id).toSorted());
  for (const id of Object.keys(NOT_APPLICABLE)) expect(peerCase(id).model).toBe('deadline');
});

test('every case names its source', () => {
  for (const { source } of peers.cases) expect(peers.sources).toHaveProperty(source);
});
