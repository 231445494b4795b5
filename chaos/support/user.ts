/**
 * What a simulated user does, which nobody but the harness knows for certain:
 * - `beating`: alive, and heartbeats go out;
 * - `cut`: alive, and the network keeps the heartbeats;
 * - `dead`: ended without a word;
 * - `moody`: leaves and returns again and again, so that no status is wrong.
 */
type Life = 'beating' | 'cut' | 'dead' | 'moody';

/** One heartbeat on its way. */
export interface Beat {
  readonly user: SimulatedUser;
  readonly sequence: number;
  /** When the client sent it first, ms since the epoch. */
  readonly sentMs: number;
}

/** Heartbeats that there is room for at first. */
const SEQUENCES = 128;

/** A user with one session, and the truth about it. */
export class SimulatedUser {
  readonly sessionId = 'device';
  life: Life = 'beating';
  /** Since when, ms since the epoch. */
  lifeSinceMs = Date.now();
  /** When the next heartbeat is due, ms since the epoch; its place in the rhythm is without jitter. */
  dueMs = 0;
  slotMs = 0;
  sequence = 0;
  /** The newest heartbeat that was acknowledged. */
  newest: Beat | undefined;
  /** Until when it may be told that they were silent, for they were: the harness was late, ms since the epoch. */
  excusedUntilMs = 0;
  /** By the number of the heartbeat, 1 where it was acknowledged: a set of so many would be most of the harness' memory. */
  #acknowledged = new Uint8Array(SEQUENCES);

  /** `gateway`: the part of the fleet. */
  constructor(
    readonly id: string,
    readonly gateway: string,
  ) {}

  get isLiving(): boolean {
    return this.life === 'beating' || this.life === 'cut';
  }

  become(life: Life): void {
    this.life = life;
    this.lifeSinceMs = Date.now();
  }

  beat(): Beat {
    this.sequence += 1;
    return { user: this, sequence: this.sequence, sentMs: Date.now() };
  }

  /** False when it was acknowledged before: it was sent twice. */
  acknowledge(beat: Beat): boolean {
    const { sequence } = beat;
    if (sequence >= this.#acknowledged.length) {
      const longer = new Uint8Array(2 * sequence);
      longer.set(this.#acknowledged);
      this.#acknowledged = longer;
    }
    if (this.#acknowledged[sequence]) return false;
    this.#acknowledged[sequence] = 1;
    if (sequence > (this.newest?.sequence ?? 0)) this.newest = beat;
    return true;
  }

  /** How many heartbeats beyond this one were acknowledged. */
  acknowledgedBeyond(sequence: number): number {
    return this.#acknowledged
      .subarray(sequence + 1)
      .reduce((beyond, isAcknowledged) => beyond + isAcknowledged, 0);
  }
}

/** A heartbeat as it is on the wire. */
export function heartbeatOf({ user, sequence }: Beat) {
  return { userId: user.id, sessionId: user.sessionId, sequence };
}
