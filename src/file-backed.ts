import { readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import type { Clock } from './clock.js';
import type { Log } from './log.js';

/** How often files are looked at, ms. What has changed is taken when it has stood still for one more look. */
export const LOOK_INTERVAL_MS = 1_000;

interface FileBackedOptions<Value> {
  /** What it is, for the log: `the certificate`. */
  readonly what: string;
  readonly paths: readonly string[];
  /** Throws where the contents, in the order of the paths, are not what they should be; the message names the file. */
  readonly parse: (contents: readonly Buffer[]) => Value;
  readonly clock: Clock;
  readonly log: Log;
}

/**
 * Something made of a few small files, and made anew when they change: what cannot be made of them leaves the last in place. They
 * are read and compared: whoever replaces files, by renaming them or a link to their folder (as Kubernetes does), is not
 * told of by fs.watch everywhere, and one of a pair that is replaced before the other is no news.
 */
export class FileBacked<Value> {
  /** For /metrics. */
  readonly counts = { reloads: 0, failures: 0 };
  readonly #options: FileBackedOptions<Value>;
  readonly #followers = new Set<(value: Value) => void>();
  #value: Value;
  #contents: readonly Buffer[];
  /** Seen once, and not yet taken. */
  #seen: readonly Buffer[] | undefined;
  /** What was wrong the last time; said once. */
  #problem: string | undefined;
  #isClosed = false;
  #cancelLook = () => {};

  /** Throws where there is nothing to begin with. */
  constructor(options: FileBackedOptions<Value>) {
    this.#options = options;
    this.#contents = options.paths.map(readOrExplain);
    this.#value = options.parse(this.#contents);
    this.#lookLater();
  }

  get value(): Value {
    return this.#value;
  }

  /** Tells of every value that takes the place of the last. */
  follow(follower: (value: Value) => void): void {
    this.#followers.add(follower);
  }

  close(): void {
    this.#isClosed = true;
    this.#cancelLook();
  }

  #lookLater(): void {
    this.#cancelLook = this.#options.clock.after(LOOK_INTERVAL_MS, () => void this.#look());
  }

  async #look(): Promise<void> {
    const { paths } = this.#options;
    try {
      const contents = await Promise.all(paths.map((path) => readFile(path).catch(unreadable(path))));
      if (this.#isClosed) return;
      this.#compare(contents);
    } catch (error) {
      this.#fail((error as Error).message);
    }
    if (!this.#isClosed) this.#lookLater();
  }

  #compare(contents: readonly Buffer[]): void {
    if (areEqual(contents, this.#contents)) {
      this.#seen = undefined;
      this.#problem = undefined;
    } else if (this.#seen && areEqual(contents, this.#seen)) this.#take(contents);
    else this.#seen = contents;
  }

  #take(contents: readonly Buffer[]): void {
    const { parse, log, what } = this.#options;
    const value = parse(contents);
    this.#contents = contents;
    this.#seen = undefined;
    this.#problem = undefined;
    this.#value = value;
    this.counts.reloads += 1;
    for (const follower of this.#followers) follower(value);
    log.info({}, `${what} has changed and was taken over`);
  }

  #fail(problem: string): void {
    if (problem === this.#problem) return;
    this.#problem = problem;
    this.counts.failures += 1;
    const { log, what } = this.#options;
    log.error(
      { problem },
      `${what} has changed and cannot be used; the one before stays in force: ${problem}`,
    );
  }
}

function areEqual(a: readonly Buffer[], b: readonly Buffer[]): boolean {
  return a.every((content, i) => content.equals(b[i] as Buffer));
}

/** The content of a file. Throws with its path and why it cannot be read. */
export function readOrExplain(path: string): Buffer {
  try {
    return readFileSync(path);
  } catch (error) {
    return unreadable(path)(error as Error);
  }
}

function unreadable(path: string): (error: Error) => never {
  return ({ message }) => {
    throw new Error(`${path} cannot be read: ${message}`);
  };
}
