import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import fc from 'fast-check';
import type { Property, Target } from './target.js';
import { Watchdog } from './watchdog.js';

interface RunOptions {
  readonly cases: number;
  readonly seed: number;
  /** Of a case that failed: only that one is run. */
  readonly path?: string | undefined;
  /** Told how many cases were run, now and then. */
  readonly progress?: (cases: number) => void;
}

export interface Outcome {
  readonly target: string;
  readonly cases: number;
  readonly seed: number;
  readonly seconds: number;
  /** What is held after all cases beyond what was held after some of them, bytes. */
  readonly grownBytes: number;
  readonly failure?: Failure;
}

export interface Failure {
  /** What did not hold. */
  readonly error: string;
  /** The smallest input that was found for it. */
  readonly input: string;
  /** How to run just that. */
  readonly command: string;
}

/** Who holds so much more at the end keeps something of each case, bytes. */
const GROWTH_BYTES_MAX = 64 * 2 ** 20;
/** Of fewer cases it is not looked at: it costs more than they do, and says nothing. */
const GROWTH_CASES_MIN = 1_000;
/** A case takes milliseconds. One that took so long hangs, for whoever sends it again and again, ms. */
const CASE_MS_MAX = 5_000;
const INPUT_LENGTH_MAX = 4_000;

/** Runs the cases of a seed, always the same ones, until one fails. */
export async function runTarget(target: Target, options: RunOptions): Promise<Outcome> {
  const { cases, seed, path } = options;
  const startedMs = performance.now();
  const { property, close } = await target.open();
  const watchdog = new Watchdog(`npm run fuzz -- ${target.name} --seed ${seed} --path`, 2 * CASE_MS_MAX);
  const counted = new CountedCases(options, watchdog);
  try {
    const parameters = { seed, numRuns: cases, ...(path === undefined ? {} : { path, endOnFailure: true }) };
    const details = await fc.check(counted.of(property) as fc.IAsyncProperty<unknown[]>, parameters);
    const outcome = {
      target: target.name,
      cases: details.numRuns,
      seed,
      seconds: Math.round((performance.now() - startedMs) / 100) / 10,
      grownBytes: counted.grownBytes(),
    };
    if (details.failed) return { ...outcome, failure: failureOf(target, details) };
    if (outcome.grownBytes <= GROWTH_BYTES_MAX) return outcome;
    const error = `${outcome.grownBytes} bytes more are held at the end than after the first cases`;
    return { ...outcome, failure: { error, input: 'all', command: commandOf(target, options) } };
  } finally {
    watchdog.stop();
    await close?.();
  }
}

function commandOf({ name }: Target, { cases, seed, path }: RunOptions): string {
  const rest = path === undefined ? ` --cases ${cases}` : ` --path ${path}`;
  return `npm run fuzz -- ${name} --seed ${seed}${rest}`;
}

function failureOf(target: Target, details: fc.RunDetails<unknown[]>): Failure {
  const { counterexample, counterexamplePath, errorInstance, seed, numRuns } = details;
  const path = counterexamplePath ?? undefined;
  const error = errorInstance as Error;
  return {
    error: error.stack ?? error.message,
    input: textOf(counterexample),
    command: commandOf(target, { cases: numRuns, seed, path }),
  };
}

function textOf(input: unknown): string {
  const text = fc.stringify(input);
  return text.length > INPUT_LENGTH_MAX ? `${text.slice(0, INPUT_LENGTH_MAX)}...` : text;
}

/** Cases are counted, none may take long, and what is held is looked at. */
class CountedCases {
  readonly #options: RunOptions;
  readonly #watchdog: Watchdog;
  #count = 0;
  #heldBytes: number | undefined;

  constructor(options: RunOptions, watchdog: Watchdog) {
    this.#options = options;
    this.#watchdog = watchdog;
  }

  of(property: Property): Property {
    const run = property.run.bind(property);
    const timed = (startedMs: number, failure: Awaited<ReturnType<typeof run>>) => {
      const tookMs = performance.now() - startedMs;
      if (failure !== null || tookMs <= CASE_MS_MAX) return failure;
      return { error: new Error(`it took ${Math.round(tookMs)} ms`) };
    };
    const counted = (input: unknown) => {
      // Before it is run: it may be one that never ends.
      if (this.#options.path !== undefined) console.error(textOf(input));
      this.#begin();
      const startedMs = performance.now();
      const failure = run(input);
      return failure instanceof Promise
        ? failure.then((settled) => timed(startedMs, settled))
        : timed(startedMs, failure);
    };
    return Object.assign(Object.create(property), { run: counted }) as Property;
  }

  grownBytes(): number {
    return this.#heldBytes === undefined ? 0 : heldBytes() - this.#heldBytes;
  }

  #begin(): void {
    this.#count += 1;
    this.#watchdog.begin(this.#count);
    // By then whatever is made once has been made.
    const { cases } = this.#options;
    if (cases >= GROWTH_CASES_MIN && this.#count === Math.ceil(cases / 5)) this.#heldBytes = heldBytes();
    if (this.#count % 100 === 0) this.#options.progress?.(this.#count);
  }
}

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

function heldBytes(): number {
  collectGarbage();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}
