import type { Clock } from '../../clock.js';
import type { Log } from '../../log.js';
import { StoreUnavailableError } from '../../store/store.js';

/** So often nodes tell each other why they doubt, ms: less than the least time that is added to an outage. */
export const DOUBT_INTERVAL_MS = 1_000;

/** Calls the store again and again, one call after the other; while it is away, until it is there. */
export class Exchange {
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #intervalMs: number;
  readonly #call: () => Promise<void>;
  #cancelNext = () => {};
  #isRunning = false;
  #isWanted = false;
  #closed = false;
  /** The log has said that the store refuses, and no call has succeeded since. */
  #isRefused = false;

  /** The first call is made at once. */
  constructor(
    options: { readonly clock: Clock; readonly log: Log; readonly intervalMs: number },
    call: () => Promise<void>,
  ) {
    this.#clock = options.clock;
    this.#log = options.log;
    this.#intervalMs = options.intervalMs;
    this.#call = call;
    void this.#run();
  }

  /** There is something to be told: the next call is made now, or when the one under way has ended. */
  soon(): void {
    this.#isWanted = true;
    if (!this.#isRunning) void this.#run();
  }

  close(): void {
    this.#closed = true;
    this.#cancelNext();
  }

  /** A store that is away is spoken of elsewhere. */
  #refused(error: Error): void {
    if (error instanceof StoreUnavailableError || this.#isRefused) return;
    this.#isRefused = true;
    this.#log.error({ error: error.message }, 'nodes cannot tell each other when they doubt themselves');
  }

  async #run(): Promise<void> {
    if (this.#closed) return;
    this.#isRunning = true;
    this.#cancelNext();
    this.#isWanted = false;
    // Whoever constructs it must have it before it is called.
    await Promise.resolve();
    try {
      await this.#call();
      this.#isRefused = false;
    } catch (error) {
      this.#isWanted = false;
      this.#refused(error as Error);
    }
    this.#isRunning = false;
    if (this.#closed) return;
    if (this.#isWanted) void this.#run();
    else this.#cancelNext = this.#clock.after(this.#intervalMs, () => void this.#run());
  }
}
