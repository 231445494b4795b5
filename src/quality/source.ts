import { isFleet, parseFleet } from '../fleet/parse.js';
import { fleetTrace } from '../fleet/trace.js';
import { readTrace, type TraceArrival } from './trace.js';

/** Where heartbeats to be replayed come from: a recorded trace, a synthetic fleet. */
export interface ArrivalSource {
  /** What results are filed under. */
  readonly name: string;
  /**
   * All arrivals, once. Sessions of one user follow one another, times within a session never fall; users may be mixed.
   * Throws TraceError where it cannot be read.
   */
  arrivals(): AsyncIterable<TraceArrival>;
}

/**
 * A synthetic fleet (`fleet:lossy,wifi@users=20`, src/fleet/parse.ts), else the path of a recorded trace (trace.ts says
 * which formats). Throws FleetError.
 */
export function arrivalSource(text: string): ArrivalSource {
  if (!isFleet(text)) return { name: text, arrivals: () => readTrace(text) };
  const plan = parseFleet(text);
  return {
    name: text,
    async *arrivals() {
      yield* fleetTrace(plan);
    },
  };
}
