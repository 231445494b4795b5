import { Distribution } from '../../distribution.js';
import type { Cause, Change } from './changes.js';

/** From a timer that was on time to a slow store, ms. */
const LATENESSES_MS = [2, 5, 20, 50, 100, 250, 1_000, 5_000];
/** From clients that beat several times a second to a long max_silence, ms. */
const DETECTIONS_MS = [1_000, 2_000, 5_000, 10_000, 20_000, 40_000, 80_000, 300_000];

interface Told {
  /** The store's clock when it was told, µs. */
  readonly nowUs: number;
  /** The subscriber has thresholds of its own. */
  readonly hasOwnThresholds: boolean;
  /** It had to wait until the subscriber read. */
  readonly hasWaited: boolean;
}

/** What subscribers of a namespace were told, and when. Plain numbers, for /metrics. */
export class ChangeCounts {
  readonly byCause: Record<Cause, number> = {
    SNAPSHOT: 0,
    FIRST_SEEN: 0,
    HEARTBEAT: 0,
    SUSPICION: 0,
    LEAVE: 0,
    FORGOTTEN: 0,
    THRESHOLDS: 0,
    RELEASED: 0,
    REMOVED: 0,
  };
  /** From the crossing of a threshold until it was told, by the status that began, ms. */
  readonly latenesses = {
    suspect: new Distribution(LATENESSES_MS),
    offline: new Distribution(LATENESSES_MS),
  };
  /** From the last heartbeat until it was told, where the thresholds are those of the namespace, ms. */
  readonly detections = {
    suspect: new Distribution(DETECTIONS_MS),
    offline: new Distribution(DETECTIONS_MS),
  };

  add({ cause, assessment, atUs }: Change, { nowUs, hasOwnThresholds, hasWaited }: Told): void {
    this.byCause[cause] += 1;
    const { status, suspicion } = assessment;
    if ((cause !== 'SUSPICION' && cause !== 'RELEASED') || !suspicion || hasWaited) return;
    const begun = status === 'OFFLINE' ? 'offline' : 'suspect';
    // Who is released was told late on purpose.
    if (cause === 'SUSPICION') this.latenesses[begun].add(Math.max(0, nowUs - atUs) / 1000);
    if (!hasOwnThresholds) this.detections[begun].add((nowUs - suspicion.lastSeenUs) / 1000);
  }
}
