import type { Figure } from './bench.js';
import { say } from './progress.js';
import { spreadOf } from './statistics.js';

/** What was measured in a round, by name; the names end in their unit. */
export type Sample = Readonly<Record<string, number>>;

/** Samples of each contender, one a round. */
export type Samples<Name extends string> = Readonly<Record<Name, Sample[]>>;

interface Rounds {
  readonly rounds: number;
  readonly label: string;
  /** How long a round lasts at least, ms: where users are to beat at a steady pace. */
  readonly turnMs?: number;
}

/**
 * Measures contenders in turn, round by round: A B C, A B C and so on. A machine that is shared changes its speed by
 * the minute; what was measured next to each other can be compared.
 */
export async function inTurn<Name extends string>(
  contenders: readonly Name[],
  { rounds, label, turnMs = 0 }: Rounds,
  measure: (contender: Name) => Promise<Sample>,
): Promise<Samples<Name>> {
  const samples = Object.fromEntries(contenders.map((name) => [name, []])) as unknown as Samples<Name>;
  const startedMs = performance.now();
  for (let round = 1; round <= rounds; round++) {
    say(`${label}: round ${round} of ${rounds}`);
    for (const contender of contenders) samples[contender].push(await measure(contender));
    const restMs = startedMs + round * turnMs - performance.now();
    if (restMs > 0) await new Promise((resolve) => setTimeout(resolve, restMs));
  }
  return samples;
}

/** Everything that was measured, as `<label>.<contender>.<quantity>`. */
export function figuresOf<Name extends string>(
  label: string,
  samples: Samples<Name>,
): Record<string, Figure> {
  const figures: Record<string, Figure> = {};
  for (const [contender, rounds] of Object.entries<readonly Sample[]>(samples)) {
    for (const quantity of Object.keys(rounds[0] ?? {})) {
      figures[`${label}.${contender}.${quantity}`] = spreadOf(
        rounds.map((sample) => sample[quantity] as number),
      );
    }
  }
  return figures;
}

/** What `contender` measured as a multiple of what `baseline` did in the same round. */
export function ratioOf<Name extends string>(
  samples: Samples<Name>,
  quantity: string,
  contender: Name,
  baseline: Name,
): Figure {
  const of = (sample: Sample | undefined) => sample?.[quantity] as number;
  return spreadOf(samples[contender].map((sample, round) => of(sample) / of(samples[baseline][round])));
}
