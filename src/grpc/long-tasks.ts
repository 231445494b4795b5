/**
 * Tasks that keep the event loop for milliseconds each: one in each of its turns, in order. However many came at once, everything
 * else that came is heard between two of them.
 */
export class LongTasks {
  readonly #waiting: (() => void)[] = [];

  /** Tasks that wait for their turn; of an open stream one at most, and one of each that has just ended. */
  get waiting(): number {
    return this.#waiting.length;
  }

  /** `task` must not throw. */
  add(task: () => void): void {
    if (this.#waiting.push(task) === 1) setImmediate(this.#next);
  }

  readonly #next = (): void => {
    const [task] = this.#waiting;
    task?.();
    this.#waiting.shift();
    if (this.#waiting.length > 0) setImmediate(this.#next);
  };
}
