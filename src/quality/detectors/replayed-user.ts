import type { Arrival } from '../../detector/arrival.js';
import type { Detector } from '../../detector/detector.js';
import type { SessionRecord } from '../../detector/session.js';
import { recordHeartbeat, type UserRecord } from '../../detector/user.js';
import type { ReplayArrival } from './family.js';

/** What lies between two sessions of a user, and where a session's sequence numbers begin; any will do. */
const ABSENCE_US = 1e12;
const FIRST_SEQUENCE = 1_000_000;

/** A user of a trace in the hands of the very code that both stores run. */
export class ReplayedUser {
  readonly #user: UserRecord = { sessions: [] };
  #sessions = 0;
  #atUs = 0;
  #beganMs = 0;
  #offsetUs = 0;
  #sequence = 0;

  /** The session that goes on. */
  get session(): SessionRecord {
    return this.#user.sessions[0] as SessionRecord;
  }

  begin(arrival: ReplayArrival, detector: Detector): void {
    this.#sessions += 1;
    this.#beganMs = arrival.atMs;
    this.#offsetUs = this.#atUs + ABSENCE_US;
    this.#sequence = FIRST_SEQUENCE;
    this.#record(arrival, arrival.sequence === undefined ? 0 : FIRST_SEQUENCE, detector);
    // An absence that long is longer than any retention: nothing of the old session is left but what it taught.
    this.#user.sessions.splice(0, this.#user.sessions.length - 1);
  }

  arrive(arrival: ReplayArrival, detector: Detector): Arrival {
    const sequence = this.#sequence + arrival.sequenceGap;
    this.#sequence = Math.max(this.#sequence, sequence);
    return this.#record(arrival, arrival.sequence === undefined ? 0 : sequence, detector);
  }

  #record({ atMs, declaredMs }: ReplayArrival, sequence: number, detector: Detector): Arrival {
    this.#atUs = this.#offsetUs + Math.round((atMs - this.#beganMs) * 1000);
    const heartbeat = {
      userId: 'user',
      sessionId: `session-${this.#sessions}`,
      sequence,
      declaredMs,
      activity: 0,
      origin: '',
    };
    const time = { atUs: this.#atUs, nowUs: this.#atUs };
    return recordHeartbeat(this.#user, heartbeat, time, detector);
  }
}
