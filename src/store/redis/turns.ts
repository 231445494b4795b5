/** Work on one lane is done in turn: the next begins when the one before has ended, well or badly. */
export class Turns {
  readonly #last: Promise<unknown>[];

  constructor(lanes: number) {
    this.#last = new Array<Promise<unknown>>(lanes).fill(Promise.resolve());
  }

  take<T>(lane: number, work: () => Promise<T>): Promise<T> {
    const turn = (this.#last[lane] as Promise<unknown>).then(work);
    this.#last[lane] = turn.catch(() => {});
    return turn;
  }
}
