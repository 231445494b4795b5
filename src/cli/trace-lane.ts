import type { Heartbeat } from '../gen/phid/v1/Heartbeat.js';
import type { TraceArrival } from '../quality/trace.js';
import type { SessionRange } from './heartbeat.js';

/** A heartbeat to be sent, and when: ms from the start of the sending. */
interface Due {
  readonly heartbeat: Heartbeat;
  readonly atMs: number;
}

interface LaneOptions {
  /** Of one user, in the order of the trace. */
  readonly arrivals: AsyncGenerator<TraceArrival>;
  /** As whom to send. */
  readonly userId: string;
  readonly sessions: SessionRange | undefined;
  readonly speed: number;
}

/**
 * One user's heartbeats of a trace, read as they are needed. Sessions follow one another without a pause: the trace
 * does not say how long it was.
 */
export class TraceLane {
  /** The next heartbeat; undefined at the end. */
  next: Due | undefined;
  readonly #options: LaneOptions;
  #session: string | undefined;
  #sessionsSeen = 0;
  #sessionStartMs = 0;
  #sequenceOffset = 0;

  constructor(options: LaneOptions) {
    this.#options = options;
  }

  /** Reads on to the next heartbeat. */
  async advance(): Promise<void> {
    const { arrivals, sessions, speed, userId } = this.#options;
    const lastMs = this.next?.atMs ?? 0;
    this.next = undefined;
    for (;;) {
      const { value: arrival, done } = await arrivals.next();
      if (done) return;
      if (arrival.session !== this.#session) {
        this.#session = arrival.session;
        this.#sessionsSeen += 1;
        this.#sessionStartMs = lastMs;
        // On the wire 0 means "not numbered".
        this.#sequenceOffset = arrival.sequence === 0 ? 1 : 0;
      }
      if (sessions && this.#sessionsSeen > sessions.last) return this.close();
      if (sessions && this.#sessionsSeen < sessions.first) continue;
      const sequence = arrival.sequence === undefined ? 0 : arrival.sequence + this.#sequenceOffset;
      this.next = {
        heartbeat: { userId, sessionId: arrival.session, sequence },
        atMs: this.#sessionStartMs + arrival.receivedMs / speed,
      };
      return;
    }
  }

  async close(): Promise<void> {
    this.next = undefined;
    await this.#options.arrivals.return(undefined);
  }
}
