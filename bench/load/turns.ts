const NOBODY = -1;

/** The users `first`, `first + step` and so on. */
interface TurnsOf {
  readonly first: number;
  readonly step: number;
  readonly count: number;
  /** By how much of their interval they are early or late together. */
  readonly jitter: number;
}

/**
 * Whose heartbeat is next, of users who all beat at one interval and each a little irregularly, as clients do. Counted
 * in heartbeats, the interval is the number of users.
 *
 * A calendar queue (Brown 1988): a ring with a slot for every heartbeat ahead, and a list of users in each slot.
 */
export class Turns {
  readonly #users: TurnsOf;
  readonly #latenessMax: number;
  /** The first user of each slot's list, and the one after each user. */
  readonly #heads: Int32Array;
  readonly #next: Int32Array;
  /** By how many heartbeats each user's next one is late. */
  readonly #lateness: Uint32Array;
  #now: number;

  /** `beaten`: so many of them, the first, have had their turn. */
  constructor(users: TurnsOf, beaten: number) {
    const { count, jitter } = users;
    this.#users = users;
    this.#latenessMax = Math.floor(jitter * count);
    this.#heads = new Int32Array(count + this.#latenessMax + 1).fill(NOBODY);
    this.#next = new Int32Array(count).fill(NOBODY);
    this.#lateness = new Uint32Array(count);
    this.#now = beaten;
    // Half of them before it is the n-th one's turn, half of them after.
    for (let n = 0; n < count; n++) this.#plan(n, (n < beaten ? n + count : n) - this.#latenessMax / 2);
  }

  isOf({ first, step, count, jitter }: TurnsOf): boolean {
    const mine = this.#users;
    return first === mine.first && step === mine.step && count === mine.count && jitter === mine.jitter;
  }

  /** The user whose turn it is. */
  next(): number {
    while (this.#heads[this.#slotOf(this.#now)] === NOBODY) this.#now += 1;
    const n = this.#heads[this.#slotOf(this.#now)] as number;
    this.#heads[this.#slotOf(this.#now)] = this.#next[n] as number;
    const { first, step, count } = this.#users;
    this.#plan(n, this.#now - (this.#lateness[n] as number) + count);
    return first + n * step;
  }

  /** Fills `users` with those whose turn it is. */
  take(users: Uint32Array): Uint32Array {
    for (let i = 0; i < users.length; i++) users[i] = this.next();
    return users;
  }

  #plan(n: number, onTime: number): void {
    const at = Math.max(this.#now, Math.floor(onTime + Math.random() * (this.#latenessMax + 1)));
    const slot = this.#slotOf(at);
    this.#lateness[n] = at - Math.floor(onTime);
    this.#next[n] = this.#heads[slot] as number;
    this.#heads[slot] = n;
  }

  #slotOf(heartbeat: number): number {
    return heartbeat % this.#heads.length;
  }
}
