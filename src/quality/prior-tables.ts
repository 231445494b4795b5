import { Detector } from '../detector/detector.js';
import { FleetCounts } from '../detector/fleet-counts.js';
import { priorTables } from '../detector/prior.js';
import { SETTINGS } from './detectors/phid-fleet.js';
import { ReplayedUser } from './detectors/replayed-user.js';
import type { ArrivalSource } from './source.js';
import type { TraceArrival } from './trace.js';

/** A user with fewer judged heartbeats than this has no say. */
const JUDGED_MIN = 500;
/** What all users together weigh: the tail is trusted as far as so many heartbeats reach. */
const TOTAL_WEIGHT = 100_000;

interface Counted {
  readonly user: ReplayedUser;
  readonly counts: FleetCounts;
  session: string | undefined;
  lastMs: number;
  sequence: number;
}

/** Survival tables of a fleet in which every user of `sources` counts the same, however long it was watched. */
export async function priorOf(sources: readonly ArrivalSource[]) {
  const detector = new Detector(SETTINGS, 3);
  const sum = new FleetCounts();
  let users = 0;
  let heartbeats = 0;
  const voices: FleetCounts[] = [];
  for (const source of sources) {
    const counted = new Map<string, Counted>();
    for await (const arrival of source.arrivals()) count(counted, arrival, detector);
    for (const { counts } of counted.values()) {
      if (counts.weight < JUDGED_MIN) continue;
      users += 1;
      heartbeats += counts.weight;
      voices.push(counts);
    }
  }
  for (const { values, weight } of voices) {
    sum.merge(new FleetCounts(values.map((n) => (n * TOTAL_WEIGHT) / (weight * users))));
  }
  return { tables: sum.learned(priorTables).tables, users, heartbeats };
}

function count(users: Map<string, Counted>, arrival: TraceArrival, detector: Detector): void {
  const { user: name, session, receivedMs: atMs, declaredMs = 0 } = arrival;
  let known = users.get(name);
  if (!known) {
    known = {
      user: new ReplayedUser(),
      counts: new FleetCounts(),
      session: undefined,
      lastMs: 0,
      sequence: 0,
    };
    users.set(name, known);
  }
  const { sequence } = arrival;
  const isNew = known.session !== session;
  if (isNew) {
    known.session = session;
    known.user.begin({ atMs, intervalMs: 0, sequence, sequenceGap: 1, declaredMs }, detector);
  } else {
    const sequenceGap = sequence === undefined ? 1 : sequence - known.sequence;
    const intervalMs = atMs - known.lastMs;
    known.counts.add(known.user.arrive({ atMs, intervalMs, sequence, sequenceGap, declaredMs }, detector));
  }
  known.lastMs = atMs;
  known.sequence = isNew ? (sequence ?? 0) : Math.max(known.sequence, sequence ?? 0);
}
