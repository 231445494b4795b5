import type { Namespace } from '../namespace.js';

/** A call of the store, made when it is its turn. */
export interface Task {
  /** When the first of what it records was received, on the node's clock. */
  readonly oldestMs: number;
  /** Of whom it says something else than that they live; undefined: of nobody. */
  readonly changes?: { readonly namespace: Namespace; readonly userId: string };
  /** Never rejects: whoever put it in hears of its failure. */
  run(): Promise<void>;
}

/**
 * The order of one lane of the store: tasks go one after another, each when the one before has ended. What comes
 * meanwhile can gather in the last task, so that a slow store gets fewer and larger ones.
 */
export class Lane {
  readonly #tasks: Task[] = [];
  #running: Task | undefined;
  /** Nobody waits for company any more. */
  #isDue = false;

  /** When the oldest of what the lane holds was received; undefined when it is empty. */
  get oldestMs(): number | undefined {
    return (this.#running ?? this.#tasks[0])?.oldestMs;
  }

  /** What was not begun, in order. */
  get waiting(): readonly Task[] {
    return this.#tasks;
  }

  /** Puts a task last. It stays there until `send`. */
  push(task: Task): void {
    this.#tasks.push(task);
  }

  /** Sends all that is in the lane, as soon as it can go. */
  send(): void {
    if (this.#tasks.length === 0) return;
    this.#isDue = true;
    this.#next();
  }

  #next(): void {
    if (this.#running || !this.#isDue) return;
    const task = this.#tasks.shift() as Task;
    // What comes from now on may wait for company again, unless something was left behind by then.
    this.#isDue = this.#tasks.length > 0;
    this.#running = task;
    void task.run().then(() => {
      this.#running = undefined;
      this.#next();
    });
  }
}
