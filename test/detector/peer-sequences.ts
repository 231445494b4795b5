import { expect } from 'vitest';
import type { DetectorSettings } from '../../src/detector/detector.js';
import { WINDOW_MAX } from '../../src/detector/window.js';
import { check, checkReference, NO_MAX_SILENCE_MS, type PeerCase } from './peer-case.js';
import { detectorOf, Scenario } from './scenario.js';

/** Pekko's detector with its test's parameters, as a namespace of phid. */
function pekko(peer: PeerCase): Scenario {
  const params = peer.params as {
    threshold: number;
    maxSampleSize: number;
    minStdDevMs: number;
    acceptablePauseMs: number;
    firstHeartbeatEstimateMs: number;
  };
  const settings: DetectorSettings = {
    model: 'normal',
    logistic: true,
    window: Math.min(params.maxSampleSize, WINDOW_MAX),
    // Pekko starts its window with two made-up samples, mean ± mean / 4. The prior here has their mean and their
    // deviation; letting it fade over two real samples gives it their weight.
    minSamples: 2,
    expectedIntervalMs: params.firstHeartbeatEstimateMs,
    acceptablePauseMs: params.acceptablePauseMs,
    minStdDevMs: params.minStdDevMs,
    maxSilenceMs: NO_MAX_SILENCE_MS,
  };
  // The only threshold that Pekko has is also the one at which a gap is an outage.
  return new Scenario(detectorOf(settings, params.threshold));
}

/** Lets a scenario live through heartbeats at these times since its start, ms. */
function beatAt(scenario: Scenario, timesMs: readonly number[]): void {
  for (const timeMs of timesMs) scenario.beat(timeMs - elapsedMs(scenario));
}

const startUs = new Scenario().nowUs;
const elapsedMs = (scenario: Scenario) => (scenario.nowUs - startUs) / 1000;
const phiAt = (scenario: Scenario, timeMs: number) => scenario.phi(timeMs - elapsedMs(scenario));

export function sequencePhi(peer: PeerCase): void {
  const { heartbeats, queryAt } = peer.inputs as { heartbeats: number[]; queryAt: number };
  const scenario = pekko(peer);
  beatAt(scenario, heartbeats);
  check(phiAt(scenario, queryAt), peer.expect);
  // One heartbeat: nothing but the prior, which is Pekko's.
  if (heartbeats.length === 1) checkReference(phiAt(scenario, queryAt), peer);
}

const available = (peer: PeerCase, scenario: Scenario, timeMs: number) =>
  phiAt(scenario, timeMs) < (peer.params as { threshold: number }).threshold;

export function sequenceAvailable(peer: PeerCase): void {
  const { heartbeats, queryAt } = peer.inputs as { heartbeats: number[]; queryAt: number };
  const scenario = pekko(peer);
  beatAt(scenario, heartbeats);
  check(available(peer, scenario, queryAt), peer.expect);
}

export function sequencePause(peer: PeerCase): void {
  const inputs = peer.inputs as { heartbeats: number[]; q1: number; q2: number; thenHeartbeat: number };
  const scenario = pekko(peer);
  beatAt(scenario, inputs.heartbeats);
  const first = available(peer, scenario, inputs.q1);
  beatAt(scenario, [inputs.thenHeartbeat]);
  check([first, available(peer, scenario, inputs.q2)], peer.expect);
}

export function sequenceOutages(peer: PeerCase): void {
  const { then } = peer.inputs as { then: { op: string; t: number; expect: boolean | null }[] };
  const scenario = pekko(peer);
  beatAt(
    scenario,
    Array.from({ length: 1000 }, (_, i) => i * 1000),
  );
  for (const step of then) {
    if (step.op === 'heartbeat') beatAt(scenario, [step.t]);
    else expect([step.t, available(peer, scenario, step.t)]).toEqual([step.t, step.expect]);
  }
  // Pekko drops the gaps of 300 s and 7 s; phid takes each as the one at which it became a suspicion, about 4.5 s.
  expect(Math.max(...scenario.samplesMs())).toBeLessThan(5000);
}

export function sequenceWindow(peer: PeerCase): void {
  const inputs = peer.inputs as Record<'heartbeats1' | 'heartbeats2', number[]> &
    Record<'phi1At' | 'phi2At', number>;
  const scenario = pekko(peer);
  beatAt(scenario, inputs.heartbeats1);
  const phi1 = phiAt(scenario, inputs.phi1At);
  beatAt(scenario, inputs.heartbeats2);
  expect(scenario.samplesMs()).toEqual([500, 500, 500]);
  check(phiAt(scenario, inputs.phi2At) - phi1, peer.expect);
}

/** Cassandra's ArrivalWindow: exponential, and its made-up first sample counts as one. Convicts at 8 decades. */
function cassandra(windowSize: number, priorMs: number): Scenario {
  const settings = { window: windowSize, minSamples: 1, expectedIntervalMs: priorMs } as const;
  return new Scenario(detectorOf({ ...settings, model: 'exponential', maxSilenceMs: NO_MAX_SILENCE_MS }, 8));
}

interface Arrivals {
  readonly heartbeatsMs: number[] | string;
  readonly queryAtMs: number;
  readonly windowSize?: number;
}

export function exponentialRaw(peer: PeerCase): void {
  const { heartbeatsMs, queryAtMs } = peer.inputs as Arrivals;
  const { windowSize, initialSampleMs } = peer.params as { windowSize: number; initialSampleMs: number };
  const scenario = cassandra(windowSize, initialSampleMs);
  beatAt(scenario, heartbeatsMs as number[]);
  // Cassandra's φ is t / mean: not in decades.
  const raw = phiAt(scenario, queryAtMs) * Math.LN10;
  check(raw, peer.expect);
  checkReference(raw, peer);
}

export function exponentialLog10(peer: PeerCase): void {
  const { heartbeatsMs, queryAtMs, windowSize = WINDOW_MAX } = peer.inputs as Arrivals;
  const scenario = cassandra(windowSize, 1000);
  if (typeof heartbeatsMs !== 'string') beatAt(scenario, heartbeatsMs);
  else {
    expect(heartbeatsMs).toBe('1000..99000 step 1000');
    beatAt(
      scenario,
      Array.from({ length: 99 }, (_, i) => 1000 * (i + 1)),
    );
  }
  const phi = phiAt(scenario, queryAtMs);
  check(phi, peer.expect);
  checkReference(phi, peer);
}
