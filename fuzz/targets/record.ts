import { deepStrictEqual, ok } from 'node:assert';
import fc from 'fast-check';
import type { Detector } from '../../src/detector/detector.js';
import { PHI_MAX, WATCHABLE_PHI_MIN } from '../../src/detector/status.js';
import { recordHeartbeat, suspicionOf, type UserRecord } from '../../src/detector/user.js';
import { decodeUser, encodeUser } from '../../src/store/record/codec.js';
import { UnreadableRecordError } from '../../src/store/store.js';
import { mutatedBytes } from '../support/mutated.js';
import { detectors, record, START_US } from '../support/records.js';
import type { Target } from '../support/target.js';

/** Everything but samples that nobody sees, behind those that count. */
function plain({ sessions }: UserRecord): object {
  return sessions.map(({ window, ...facts }) => ({ ...facts, samples: window.samplesMs() }));
}

function checkJudged(user: UserRecord, nowUs: number, detector: Detector): void {
  const suspicion = suspicionOf(user, nowUs, detector);
  for (const { phi, estimate, session, elapsedMs } of suspicion?.sessions ?? []) {
    ok(phi === undefined || (phi >= 0 && phi <= PHI_MAX), `φ is ${phi}`);
    ok(elapsedMs >= 0, `${elapsedMs} ms passed`);
    ok(estimate.scaleMs > 0 && Number.isFinite(estimate.scaleMs), `the scale is ${estimate.scaleMs}`);
    const crossingUs = detector.crossingUs(session.lastUs, WATCHABLE_PHI_MIN, estimate);
    ok(Number.isFinite(crossingUs), `the crossing is at ${crossingUs}`);
  }
}

export const recordCodec: Target = {
  name: 'record',
  what: 'records: refused, or of a user who can be judged, heard, and written again',
  cases: 250_000,
  quickCases: 350,
  open: () => ({
    property: fc.property(mutatedBytes(record), fc.constantFrom(...detectors), (bytes, detector) => {
      let user: UserRecord;
      try {
        user = decodeUser(bytes);
      } catch (error) {
        ok(error instanceof UnreadableRecordError, error as Error);
        return;
      }
      deepStrictEqual(plain(decodeUser(Buffer.from(encodeUser(user, 8)))), plain(user));
      let nowUs = START_US;
      for (let i = 0; i < 4; i++) {
        checkJudged(user, nowUs, detector);
        const heartbeat = {
          userId: 'user',
          sessionId: 'phone',
          sequence: 0,
          declaredMs: 0,
          activity: 0,
          origin: '',
        };
        recordHeartbeat(user, heartbeat, { atUs: nowUs, nowUs }, detector);
        user = decodeUser(Buffer.from(encodeUser(user, 9)));
        nowUs += 1e7 * (i + 1);
      }
    }),
  }),
};
