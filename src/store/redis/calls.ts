import { Distribution } from '../../distribution.js';
import type { StoreCalls } from '../store.js';

/** From Redis on the same machine to one that is given up (connection.ts), ms. */
const DURATIONS_MS = [0.5, 1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000, 2_000];

/** How long calls of one kind took, those that failed included, and how many failed. For /metrics. */
export class Calls implements StoreCalls {
  readonly durationsMs = new Distribution(DURATIONS_MS);
  failures = 0;

  async watch<T>(call: () => Promise<T>): Promise<T> {
    const startedMs = performance.now();
    try {
      return await call();
    } catch (error) {
      this.failures += 1;
      throw error;
    } finally {
      this.durationsMs.add(performance.now() - startedMs);
    }
  }
}
