/** A call of the store. Never rejects: whoever put it in hears of its failure. */
type Task = () => Promise<void>;

/**
 * The order of one lane of the store: tasks go one after another, each when the one before has ended. What comes
 * meanwhile can gather in the last task, so that a slow store gets fewer and larger ones.
 */
export class Lane {
  readonly #tasks: Task[] = [];
  #isBusy = false;
  /** Nobody waits for company any more. */
  #isDue = false;

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
    if (this.#isBusy || !this.#isDue) return;
    const task = this.#tasks.shift() as Task;
    // What comes from now on may wait for company again, unless something was left behind by then.
    this.#isDue = this.#tasks.length > 0;
    this.#isBusy = true;
    void task().then(() => {
      this.#isBusy = false;
      this.#next();
    });
  }
}
