import type { Arrival } from '../../src/detector/arrival.js';
import type { Detector, Estimate } from '../../src/detector/detector.js';
import { NOT_DUE } from '../../src/detector/due.js';
import { SampleWindow } from '../../src/detector/window.js';

/** What is expected of a session of which nothing is known. */
export function estimateOf(detector: Detector): Estimate {
  return detector.estimate({ window: new SampleWindow(), declaredMs: 0 });
}

/** A heartbeat of such a session after a silence, ms. */
export function arrivalAfter(silenceMs: number, detector: Detector, flags = 0): Arrival {
  const before = estimateOf(detector);
  return {
    flags,
    z: (silenceMs - before.locationMs) / before.scaleMs,
    scaleMs: before.scaleMs,
    silenceMs,
    before,
    lost: 0,
    lateAtUs: 0,
    atUs: 0,
    was: NOT_DUE,
    is: NOT_DUE,
  };
}
