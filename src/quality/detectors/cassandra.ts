import type { DetectorFamily, TraceDetector } from './family.js';
import { GapWindow } from './gap-window.js';

const WINDOW = 1000;
/** In gossip intervals: `cassandra.fd_initial_value_ms`, the sample that the first heartbeat enters. */
const INITIAL_VALUE = 2;
/** In gossip intervals: `cassandra.fd_max_interval_ms`; a longer interval is not learned. */
const MAX_INTERVAL = 2;

/**
 * Apache Cassandra's FailureDetector and ArrivalWindow: φ = elapsed / (mean · ln 10), the exponential model, over the last
 * 1,000 intervals. The first heartbeat enters two intervals as a sample, and intervals longer than two are not learned.
 * Parameter: phi_convict_threshold.
 */
export const cassandra: DetectorFamily = {
  name: 'cassandra',
  source: 'Apache Cassandra, exponential model',
  parameter: { name: 'phi', meaning: 'phi_convict_threshold', min: 1e-3, max: 1e3, isPhi: true },
  sharesState: false,
  configs: [
    {
      name: `W=${WINDOW}`,
      namespace: (parameters) => ({
        user({ intervalMs }): TraceDetector {
          const gaps = new GapWindow(WINDOW, intervalMs);
          gaps.push(INITIAL_VALUE * intervalMs);
          return {
            begin() {},
            arrive(arrival) {
              if (arrival.intervalMs <= MAX_INTERVAL * intervalMs) gaps.push(arrival.intervalMs);
            },
            deadlinesMs(out) {
              const scaleMs = gaps.mean * Math.LN10;
              for (let i = 0; i < parameters.length; i++) out[i] = (parameters[i] as number) * scaleMs;
            },
          };
        },
      }),
    },
  ],
};
