import { normalTail } from '../../detector/survival.js';
import type { DetectorConfig, DetectorFamily, TraceDetector } from './family.js';
import { GapWindow } from './gap-window.js';

/** Deviation assumed before the first interval, as a share of the mean, as Akka bootstraps its window. */
const PRIOR_STD_DEV_SHARE = 1 / 4;

/**
 * The φ accrual detector: Hayashibara, Défago, Yared, Katayama, SRDS 2004. Intervals are taken to be normal with mean and
 * variance of the last W; φ = -log10 of the exact tail. The paper leaves a zero variance open: the deviation has a floor,
 * in mean intervals. Parameter: the threshold Φ.
 */
export const phiNormal: DetectorFamily = {
  name: 'phi',
  source: 'φ accrual, Hayashibara et al. 2004, exact normal tail',
  // With the floor alone as deviation, 0.01, a deadline of 100 intervals lies at 10⁴ deviations: φ = 2·10⁷.
  parameter: { name: 'phi', meaning: 'threshold', min: 1e-3, max: 1e8, isPhi: true },
  sharesState: false,
  configs: [config(100, 0.01), config(100, 0.1), config(1000, 0.01), config(1000, 0.1)],
};

function config(window: number, floor: number): DetectorConfig {
  return {
    name: `W=${window} floor=${floor}`,
    namespace(parameters) {
      const z = parameters.map((phi) => normalTail.z(phi));
      return {
        user({ intervalMs }): TraceDetector {
          const gaps = new GapWindow(window, intervalMs);
          const priorMs = intervalMs * PRIOR_STD_DEV_SHARE;
          return {
            begin() {},
            arrive(arrival) {
              gaps.push(arrival.intervalMs);
            },
            deadlinesMs(out) {
              const mean = gaps.mean;
              const stdDev = Math.max(gaps.count === 0 ? priorMs : gaps.stdDev, floor * intervalMs);
              for (let i = 0; i < z.length; i++) out[i] = mean + stdDev * (z[i] as number);
            },
          };
        },
      };
    },
  };
}
