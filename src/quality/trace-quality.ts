import { setImmediate } from 'node:timers/promises';
import type { Arrival } from '../detector/arrival.js';
import type { Detector } from '../detector/detector.js';
import { type Fleet, fleetOf } from '../detector/intent.js';
import { QualityCounts } from '../detector/quality-counts.js';
import type { Thresholds } from '../detector/status.js';
import { PhidFleet } from './detectors/phid-fleet.js';
import type { ReplayedUser } from './detectors/replayed-user.js';
import type { ReplayProgress } from './replay.js';
import { type ArrivalProgress, ReplayedArrivals } from './replayed-arrivals.js';
import type { ArrivalSource } from './source.js';
import { RECORD, Spool, type SpooledUser, WARMUP_GAPS } from './spool.js';
import { spooledUsers } from './spooled-users.js';

/** The quality of service of a recorded fleet, counted as the nodes count it in production. */
interface TraceQuality {
  readonly users: number;
  readonly counts: QualityCounts;
  readonly fleet: Fleet;
}

interface Lane extends ArrivalProgress {
  readonly replayed: ReplayedUser;
  gaps: number;
}

/** Which of the user's counted gaps it ended, and by what it was judged. */
interface Place {
  readonly gap: number;
  readonly detector: Detector;
}

/** Told of every arrival of a user but the first of a session and those that the user is learned by. */
type Heard = (user: number, arrival: Arrival, place: Place) => void;

interface TraceOptions {
  readonly progress: ReplayProgress;
  /** How often it will be replayed. */
  readonly passes: number;
  /** Silence after which a session is gone; undefined: none is. */
  readonly maxSilenceMs?: number | undefined;
}

/** A trace that can be replayed through phid as often as needed, all of its users in one namespace. */
export class ReplayableTrace {
  readonly users: readonly SpooledUser[];
  readonly #spool: Spool;
  readonly #progress: ReplayProgress;
  readonly #passes: number;
  readonly #maxSilenceMs: number | undefined;
  #passed = 0;

  private constructor(
    spool: Spool,
    users: readonly SpooledUser[],
    { progress, passes, maxSilenceMs }: TraceOptions,
  ) {
    this.#spool = spool;
    this.users = users;
    this.#progress = progress;
    this.#passes = passes;
    this.#maxSilenceMs = maxSilenceMs;
  }

  /** Reads it whole. Throws TraceError, SpoolError. */
  static async open(source: ArrivalSource, options: TraceOptions): Promise<ReplayableTrace> {
    const spool = new Spool();
    try {
      const users = await spooledUsers(spool, source, (heartbeats) => options.progress.reading(heartbeats));
      return new ReplayableTrace(spool, users, options);
    } catch (error) {
      spool.close();
      throw error;
    }
  }

  close(): void {
    this.#spool.close();
  }

  /** Replays it with a fresh fleet whose suspect threshold is `suspectPhi`; returns what the fleet has become. */
  async replay(suspectPhi: number, heard: Heard): Promise<PhidFleet> {
    const maxSilenceMs = this.#maxSilenceMs;
    const fleet = new PhidFleet({ suspectPhi, ...(maxSilenceMs !== undefined && { maxSilenceMs }) });
    const arrivals = new ReplayedArrivals();
    const lanes = this.users.map((): Lane => ({ replayed: fleet.user(), gaps: 0, lastMs: 0, largest: 0 }));
    const { arrival } = arrivals;
    this.#spool.readInterleaved(this.users, (user, records, at) => {
      const lane = lanes[user] as Lane;
      if (arrivals.read(records, at * RECORD.size, lane)) {
        lane.replayed.begin(arrival, fleet.detector);
        return;
      }
      const judgedBy = fleet.detector;
      const judged = fleet.arrive(lane.replayed, arrival);
      if (lane.gaps >= WARMUP_GAPS) heard(user, judged, { gap: lane.gaps - WARMUP_GAPS, detector: judgedBy });
      lane.gaps += 1;
    });
    this.#passed += 1;
    this.#progress.replaying(Math.min(1, this.#passed / this.#passes));
    // A pass is synchronous; let signals and streams have their turn.
    await setImmediate();
    return fleet;
  }
}

/** What thresholds would have cost the users of a trace; `thresholds` are those that mistakes are counted by. */
export async function traceQuality(trace: ReplayableTrace, thresholds: Thresholds): Promise<TraceQuality> {
  const counts = new QualityCounts();
  const fleet = await trace.replay(thresholds.suspect, (_, arrival, { detector }) =>
    counts.add(arrival, detector, thresholds),
  );
  return { users: trace.users.length, counts, fleet: fleetOf(fleet.detector, fleet.typical) };
}
