/** Frames at once, and a second in the long run. Libraries ping once a round trip at most, to find the bandwidth. */
const BURST = 200;
const PER_SECOND = 100;

/** How many frames that ask for work and bring nothing a connection may still send: pings, settings, calls taken back at once. */
export class FrameAllowance {
  #frames = BURST;
  #sinceMs: number;

  constructor(nowMs: number) {
    this.#sinceMs = nowMs;
  }

  /** Takes one; returns whether there was one. */
  take(nowMs: number): boolean {
    this.#frames = Math.min(BURST, this.#frames + ((nowMs - this.#sinceMs) / 1000) * PER_SECOND);
    this.#sinceMs = nowMs;
    if (this.#frames < 1) return false;
    this.#frames -= 1;
    return true;
  }
}
