/** Options of a bench, by name: whole numbers from 1. `roundMs` is `--round-ms` on the command line. */
export type Options = Readonly<Record<string, number>>;

/** What can be measured: `npm run bench -- NAME` does it. */
export interface Bench {
  /** What it answers, in one line. */
  readonly question: string;
  /** Parts that can be measured alone: `npm run bench -- NAME CASE...`. */
  readonly cases: readonly string[];
  /** The options that it has, and what they are by default. */
  readonly defaults: Options;
  run(options: Options, cases: readonly string[]): Promise<BenchResult>;
}

export interface BenchResult {
  /**
   * What was measured, by a name that ends in its unit. Of a name `case.contender.quantity` the parts become row and
   * column of a table.
   */
  readonly figures: Readonly<Record<string, Figure>>;
  /** What the figures ought to be. */
  readonly targets?: readonly Target[];
}

/** What a figure ought to be. */
export interface Target {
  readonly figure: string;
  readonly atMost?: number;
  readonly atLeast?: number;
}

/** A figure that was measured once, or in rounds. */
export type Figure = number | Spread;

/** Median and quartiles of rounds. */
export interface Spread {
  readonly median: number;
  readonly q1: number;
  readonly q3: number;
}

/** Declares a bench, whose `run` then knows its options and cases by name. */
export function bench<const Case extends string, Name extends string>(declared: {
  readonly question: string;
  readonly cases?: readonly Case[];
  readonly defaults: Readonly<Record<Name, number>>;
  readonly run: (options: Readonly<Record<Name, number>>, cases: readonly Case[]) => Promise<BenchResult>;
}): Bench {
  return { cases: [], ...declared } as unknown as Bench;
}
