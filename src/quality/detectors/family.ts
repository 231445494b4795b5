/**
 * What the lab asks of a failure detector. A family is one published detector (or ours); its configurations are what
 * its authors leave to be chosen besides the one parameter that trades detection time for mistakes, which is swept.
 */
export interface DetectorFamily {
  readonly name: string;
  /** Paper or system, for people. */
  readonly source: string;
  readonly parameter: DetectorParameter;
  readonly configs: readonly DetectorConfig[];
  /**
   * True when the users of a namespace learn from each other: they are then replayed interleaved, all of them in
   * memory. False: one user after the other, and a namespace is asked for the next one when it is done with the last.
   */
  readonly sharesState: boolean;
  /** Deadlines are clipped at this multiple of the budget (never for calibration); undefined: no cap. */
  readonly capBudgets?: number;
}

export interface DetectorParameter {
  readonly name: string;
  /** What it means, and its unit, for people. */
  readonly meaning: string;
  /** The range that is searched, both > 0. Mean detection time grows with the parameter. */
  readonly min: number;
  readonly max: number;
  /** True when the parameter is a φ: -log10 of the promised share of gaps that are longer than the deadline. */
  readonly isPhi: boolean;
}

export interface DetectorConfig {
  readonly name: string;
  /**
   * A fresh start, nothing learned. `parameters` are the values under test: fixed for the life of the namespace, so
   * that a detector computes its quantiles once, and may learn differently under each (as Akka does).
   */
  namespace(parameters: Float64Array): DetectorNamespace;
}

/** The users of one run. */
export interface DetectorNamespace {
  user(context: UserContext): TraceDetector;
}

export interface UserContext {
  /**
   * The user's mean interval over the whole trace, ms: the unit of parameters that are durations (timeouts, margins,
   * floors). No detector in production knows it; the published ones are given it, and so are at their best here.
   */
  readonly intervalMs: number;
}

/** One heartbeat as it arrives. The object is reused: what is to be kept must be copied. */
export interface ReplayArrival {
  /** ms; comparable within a session only. */
  readonly atMs: number;
  /** Since the arrival before it in the session, ms; 0 for the first one of a session. */
  readonly intervalMs: number;
  /** undefined when heartbeats are not numbered. */
  readonly sequence: number | undefined;
  /** Steps from the largest number so far: 1 none lost, 3 two lost, <= 0 a duplicate or an old one. Unnumbered: 1. */
  readonly sequenceGap: number;
  /** Interval to the next heartbeat that this one declares, ms; 0 when it declares none. */
  readonly declaredMs: number;
}

/** A detector that watches one user. What it learned survives the end of a session. */
export interface TraceDetector {
  /** The first heartbeat of a session: time begins anew, and no interval is known. */
  begin(arrival: ReplayArrival): void;
  /** A further heartbeat of the session. */
  arrive(arrival: ReplayArrival): void;
  /**
   * Writes, for each parameter of the namespace, when the user will be suspected: ms after the last arrival; <= 0 when
   * the user is suspected at once.
   */
  deadlinesMs(out: Float64Array): void;
}
