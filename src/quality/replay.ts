import { setImmediate } from 'node:timers/promises';
import type { DetectorFamily } from './detectors/family.js';
import { CALIBRATION_PHIS, type Cell, Evaluation, type Exceedances } from './evaluation.js';
import type { ArrivalSource } from './source.js';
import { Spool, type SpooledUser } from './spool.js';
import { spooledUsers } from './spooled-users.js';

/** Users with fewer get no results of their own; they count among all users of their trace. */
export const OWN_HEARTBEATS_MIN = 150;
/** Stands for all users of a trace, and for all traces. */
export const ALL = '*';

interface ReplayOptions {
  readonly sources: readonly ArrivalSource[];
  readonly families: readonly DetectorFamily[];
  /** Mean detection times at which detectors are compared, in mean intervals, ascending. */
  readonly budgets: readonly number[];
  /** Whether all users of all traces are replayed once more, in one namespace. */
  readonly pool: boolean;
  readonly progress: ReplayProgress;
}

/** Told often; it may ignore most of it. */
export interface ReplayProgress {
  /** Heartbeats read so far, all traces. */
  reading(heartbeats: number): void;
  /** Share of the replays that are done, 0..1; an estimate, it never falls. */
  replaying(share: number): void;
}

/** Results of one user, or of all users of a trace (user `*`), or of all traces (trace and user `*`). */
export interface Entry {
  readonly trace: string;
  readonly user: string;
  readonly users: number;
  /** True when no user of the trace is missing: all users together, or the only one. */
  readonly isWholeTrace: boolean;
  readonly heartbeats: number;
  /** Gaps that metrics count. */
  readonly gaps: number;
  /** Mean of them, ms: the unit of the times; undefined for several users, each of whom has their own. */
  readonly intervalMs: number | undefined;
  /** What was replayed, in the order of reports. */
  readonly configs: readonly { readonly detector: string; readonly config: string }[];
  readonly calibrations: readonly Calibration[];
  /** Of the same user among all users of the largest namespace that was replayed; detectors that share state only. */
  readonly pooledCalibrations: readonly Calibration[];
  readonly cells: readonly EntryCell[];
  readonly missing: readonly {
    readonly budget: number;
    readonly detector: string;
    readonly config: string;
  }[];
}

export interface EntryCell extends Cell {
  readonly detector: string;
  readonly config: string;
}

/** What a detector promises at a φ, and what it keeps. */
export interface Calibration {
  readonly detector: string;
  readonly config: string;
  readonly gaps: number;
  readonly points: readonly CalibrationPoint[];
}

export interface CalibrationPoint {
  readonly phi: number;
  /** -log10 of the share of gaps longer than the deadline; undefined when none was. */
  readonly achieved: number | undefined;
  readonly exceedances: number;
}

/** Passes that an evaluation usually takes; for the progress only. */
const PASSES_TYPICAL = 5;
/** Heartbeats fed between two reports of progress. */
const READING_STEP = 16_384;

interface Trace {
  readonly name: string;
  readonly users: SpooledUser[];
}

interface Group {
  readonly trace: string;
  readonly user: string;
  readonly isWholeTrace: boolean;
  readonly users: readonly SpooledUser[];
}

/**
 * Replays traces through detectors, each at the parameter that gives the same mean detection time, and yields what it
 * costs: for every trace its users, each in a namespace of their own, then all together; last, all traces.
 * Memory does not grow with the heartbeats, only with the users. Throws TraceError.
 */
export async function* replay(options: ReplayOptions): AsyncGenerator<Entry> {
  const spool = new Spool();
  try {
    const traces: Trace[] = [];
    for (const source of options.sources) traces.push(await spoolTrace(spool, source, traces, options));
    yield* new Replay(spool, traces, options).entries();
  } finally {
    spool.close();
  }
}

async function spoolTrace(
  spool: Spool,
  source: ArrivalSource,
  before: readonly Trace[],
  { progress }: ReplayOptions,
): Promise<Trace> {
  const read = before.reduce((sum, trace) => sum + heartbeatsOf(trace.users), 0);
  const users = await spooledUsers(spool, source, (heartbeats) => progress.reading(read + heartbeats));
  return { name: source.name, users };
}

class Replay {
  readonly #spool: Spool;
  readonly #traces: readonly Trace[];
  readonly #options: ReplayOptions;
  /** Heartbeats fed in passes, and how many will be. */
  #fed = 0;
  #toFeed = 0;
  readonly #pooled = new Map<SpooledUser, Calibration[]>();

  constructor(spool: Spool, traces: readonly Trace[], options: ReplayOptions) {
    this.#spool = spool;
    this.#traces = traces;
    this.#options = options;
  }

  async *entries(): AsyncGenerator<Entry> {
    const own = this.#traces.map(({ name, users }) =>
      users.filter(isJudged).map((user): Group => {
        return { trace: name, user: user.name, isWholeTrace: users.length === 1, users: [user] };
      }),
    );
    const together = this.#traces.map(({ name, users }): Group | undefined => {
      const known = users.filter(hasInterval);
      return users.length > 1 && hasGaps(known)
        ? { trace: name, user: ALL, isWholeTrace: true, users: known }
        : undefined;
    });
    const everybody = this.#traces.flatMap(({ users }) => users.filter(hasInterval));
    const pool: Group | undefined =
      this.#options.pool && hasGaps(everybody)
        ? { trace: ALL, user: ALL, isWholeTrace: true, users: everybody }
        : undefined;
    const groups = [...own.flat(), ...together, pool].filter((group) => group !== undefined);
    this.#toFeed = PASSES_TYPICAL * groups.reduce((sum, { users }) => sum + heartbeatsOf(users), 0);

    // The pool comes last and is replayed first: how a user fares among all of them belongs to the user's entry.
    const poolEntry = pool && (await this.#entry(pool));
    for (const [i, ownGroups] of own.entries()) {
      const group = together[i];
      const togetherEntry = group && (await this.#entry(group));
      for (const ownGroup of ownGroups) yield await this.#entry(ownGroup);
      if (togetherEntry) yield togetherEntry;
    }
    if (poolEntry) yield poolEntry;
  }

  async #entry({ trace, user, isWholeTrace, users }: Group): Promise<Entry> {
    const { families, budgets } = this.#options;
    const evaluations = families.flatMap((family) =>
      family.configs.map((config) => new Evaluation({ family, config, users, budgets })),
    );
    await this.#evaluate(users, evaluations);
    const ofDetector = ({ family, config }: Evaluation) => ({ detector: family.name, config: config.name });
    const [first] = users;
    const entry: Entry = {
      trace,
      user,
      users: users.length,
      isWholeTrace,
      heartbeats: heartbeatsOf(users),
      gaps: users.reduce((sum, { evaluatedGaps }) => sum + evaluatedGaps, 0),
      intervalMs: user !== ALL ? first?.intervalMs : undefined,
      configs: evaluations.map(ofDetector),
      calibrations: evaluations.flatMap((evaluation) => calibrationsOf(evaluation, evaluation.exceedances)),
      pooledCalibrations: (user !== ALL && first && this.#pooled.get(first)) || [],
      cells: evaluations.flatMap((evaluation) =>
        evaluation.cells.map((cell) => ({ ...ofDetector(evaluation), ...cell })),
      ),
      missing: evaluations.flatMap((evaluation) =>
        evaluation.missing.map((budget) => ({ ...ofDetector(evaluation), budget })),
      ),
    };
    if (users.length > 1) this.#keepCalibrations(users, evaluations);
    return entry;
  }

  async #evaluate(users: readonly SpooledUser[], evaluations: readonly Evaluation[]): Promise<void> {
    const heartbeats = heartbeatsOf(users);
    let passes = 0;
    for (let open = evaluations.filter(startPass); open.length > 0; open = open.filter(startPass)) {
      passes += 1;
      const share = passes <= PASSES_TYPICAL ? heartbeats / open.length : 0;
      this.#pass(users, open, share);
      for (const evaluation of open) evaluation.endPass();
      // A pass is synchronous; let signals and streams have their turn.
      await setImmediate();
    }
    this.#progress(heartbeats * Math.max(0, PASSES_TYPICAL - passes));
  }

  /** `weight` heartbeats of progress are to be told for each of the evaluations. */
  #pass(users: readonly SpooledUser[], evaluations: readonly Evaluation[], weight: number): void {
    const heartbeats = heartbeatsOf(users);
    const sequential = evaluations.filter(({ isInterleaved }) => !isInterleaved);
    const interleaved = evaluations.filter(({ isInterleaved }) => isInterleaved);
    if (sequential.length > 0) {
      for (const [i, user] of users.entries()) {
        this.#spool.read(user, (records, count) => {
          for (const evaluation of sequential) evaluation.feed(i, records, 0, count);
          this.#progress((count / heartbeats) * weight * sequential.length);
        });
        for (const evaluation of sequential) evaluation.endUser(i);
      }
    }
    if (interleaved.length > 0) {
      let fed = 0;
      this.#spool.readInterleaved(users, (user, records, at) => {
        for (const evaluation of interleaved) evaluation.feed(user, records, at, at + 1);
        fed += 1;
        if (fed % READING_STEP === 0) {
          this.#progress((READING_STEP / heartbeats) * weight * interleaved.length);
        }
      });
      this.#progress(((fed % READING_STEP) / heartbeats) * weight * interleaved.length);
      for (const evaluation of interleaved) {
        for (let i = 0; i < users.length; i++) evaluation.endUser(i);
      }
    }
  }

  #progress(heartbeats: number): void {
    this.#fed += heartbeats;
    this.#options.progress.replaying(Math.min(1, this.#fed / this.#toFeed));
  }

  /** Of the largest namespace, which is replayed first. */
  #keepCalibrations(users: readonly SpooledUser[], evaluations: readonly Evaluation[]): void {
    const sharing = evaluations.filter(({ isInterleaved }) => isInterleaved);
    for (const [i, user] of users.entries()) {
      if (this.#pooled.has(user) || !isJudged(user)) continue;
      const calibrations = sharing.flatMap((evaluation) => {
        const exceedances = evaluation.userExceedances[i];
        return exceedances ? calibrationsOf(evaluation, exceedances) : [];
      });
      this.#pooled.set(user, calibrations);
    }
  }
}

function startPass(evaluation: Evaluation): boolean {
  return evaluation.startPass();
}

function calibrationsOf({ family, config }: Evaluation, { gaps, counts }: Exceedances): Calibration[] {
  if (!family.parameter.isPhi || gaps === 0) return [];
  const points = CALIBRATION_PHIS.map((phi, i): CalibrationPoint => {
    const exceedances = counts[i] as number;
    return { phi, achieved: exceedances > 0 ? -Math.log10(exceedances / gaps) : undefined, exceedances };
  });
  return [{ detector: family.name, config: config.name, gaps, points }];
}

function isJudged(user: SpooledUser): boolean {
  return user.heartbeats >= OWN_HEARTBEATS_MIN && user.evaluatedGaps > 0 && hasInterval(user);
}

/** Without one there is no unit of time: a single heartbeat, or all at the same instant. */
function hasInterval({ intervalMs }: SpooledUser): boolean {
  return intervalMs > 0;
}

function hasGaps(users: readonly SpooledUser[]): boolean {
  return users.some(({ evaluatedGaps }) => evaluatedGaps > 0);
}

function heartbeatsOf(users: readonly SpooledUser[]): number {
  return users.reduce((sum, { heartbeats }) => sum + heartbeats, 0);
}
