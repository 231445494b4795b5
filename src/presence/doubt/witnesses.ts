import { shareOf } from '../../hashing/share.js';
import type { Crossing } from './crossing.js';

/** Who waits for a sign of another node is looked at again after so long, µs. */
const PAUSE_US_MIN = 100_000;
const PAUSE_US_MAX = 2_000_000;

/** The other nodes that hear users of a namespace: until they have recorded everything, a heartbeat may be on its way. */
export class Witnesses {
  readonly #holdUs: number;
  readonly #intervalUs: number;
  #areKnown = true;
  #completeUs: ReadonlyMap<string, readonly number[]> = new Map();

  constructor(options: { readonly holdMs: number; readonly intervalUs: number }) {
    this.#holdUs = options.holdMs * 1000;
    this.#intervalUs = options.intervalUs;
  }

  /** There may be some: nobody is OFFLINE before it is known whom they hear. */
  expect(): void {
    this.#areKnown = false;
  }

  /** Of each origin, up to when each of the other nodes that hear users of it has recorded everything, µs. */
  hear(completeUs: ReadonlyMap<string, readonly number[]>): void {
    this.#completeUs = completeUs;
    this.#areKnown = true;
  }

  /**
   * Until when OFFLINE is withheld, µs, because a node that hears users of an origin of this user's has not said that everything
   * was recorded up to the crossing; in the past: it is not. A node that has been silent for as long as a hold is taken for gone.
   */
  awaitedUntilUs({ userId, origins, atUs, nowUs }: Crossing): number {
    if (!this.#areKnown) return nowUs + PAUSE_US_MIN;
    const graceUs = this.#holdUs + Math.floor(shareOf(userId) * this.#intervalUs);
    let untilUs = Number.NEGATIVE_INFINITY;
    for (const origin of origins) {
      for (const completeUs of this.#completeUs.get(origin) ?? []) {
        if (completeUs >= atUs || nowUs >= completeUs + graceUs) continue;
        // The longer it is silent the more rarely it is looked again.
        const pauseUs = Math.min(PAUSE_US_MAX, Math.max(PAUSE_US_MIN, (nowUs - completeUs) / 2));
        untilUs = Math.max(untilUs, Math.min(completeUs + graceUs, nowUs + pauseUs));
      }
    }
    return untilUs;
  }
}
