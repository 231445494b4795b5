/** Time, injected: the system's in production, a hand-turned one in tests. */
export interface Clock {
  /** Monotonic, ms, with fractions; origin arbitrary. */
  nowMs(): number;
  /** µs since the Unix epoch, monotonic: the epoch at start plus monotonic time, so that no step of NTP moves it back. */
  epochUs(): number;
  /** Calls `fire` once, not before `delayMs` have passed. Returns the cancellation. Does not keep the process alive. */
  after(delayMs: number, fire: () => void): () => void;
}

export const systemClock: Clock = {
  nowMs: () => performance.now(),
  epochUs: () => Math.floor((performance.timeOrigin + performance.now()) * 1000),
  after(delayMs, fire) {
    // Node cuts fractions off, and would fire early.
    const timer = setTimeout(fire, Math.ceil(delayMs));
    timer.unref();
    return () => clearTimeout(timer);
  },
};
