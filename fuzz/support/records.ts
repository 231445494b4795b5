import fc from 'fast-check';
import { Detector, type DetectorSettings } from '../../src/detector/detector.js';
import { recordHeartbeat, recordLeave, type UserRecord } from '../../src/detector/user.js';
import { encodeUser } from '../../src/store/record/codec.js';

/** When the users of these records were heard first, µs. */
export const START_US = 1.7e15;
/** One of each model. */
export const detectors = (['adaptive', 'normal', 'exponential'] as const).map((model) => {
  const settings: DetectorSettings = {
    ...{ model, logistic: false, window: 100, minSamples: 10, expectedIntervalMs: 10_000 },
    ...{ acceptablePauseMs: 0, minStdDevMs: 100, maxSilenceMs: 90_000 },
  };
  return new Detector(settings, 3);
});

const beat = fc.record({
  sessionId: fc.constantFrom('phone', 'laptop', 'ä', 'x'.repeat(200)),
  gapMs: fc.oneof(fc.nat(30_000), fc.nat(200)),
  lost: fc.nat(3),
  declaredMs: fc.constantFrom(0, 0, 0, 15_000),
  isLeave: fc.nat(19).map((n) => n === 0),
});

/** A user who was heard so and so, as it is packed. */
export const record = fc
  .tuple(fc.constantFrom(...detectors), fc.array(beat, { minLength: 1, maxLength: 80 }))
  .map(([detector, beats]) => {
    const user: UserRecord = { sessions: [] };
    let atUs = START_US;
    beats.forEach(({ sessionId, gapMs, lost, declaredMs, isLeave }, i) => {
      atUs += gapMs * 1000;
      const heartbeat = {
        userId: 'user',
        sessionId,
        sequence: 5 * i + lost,
        declaredMs,
        activity: 1,
        origin: 'eu',
      };
      if (isLeave) recordLeave(user, sessionId, atUs);
      else recordHeartbeat(user, heartbeat, { atUs, nowUs: atUs }, detector);
    });
    return Buffer.from(encodeUser(user, 7));
  });
