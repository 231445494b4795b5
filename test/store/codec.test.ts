import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { SessionRecord } from '../../src/detector/session.js';
import { FLEET_SHAPE } from '../../src/detector/shape.js';
import type { UserRecord } from '../../src/detector/user.js';
import { recordVisibility, SHOWN_SESSIONS_MAX } from '../../src/detector/visibility.js';
import { WINDOW_MAX } from '../../src/detector/window.js';
import { ByteReader, ByteWriter } from '../../src/store/record/bytes.js';
import { decodeUser, encodeUser, RecordReader, revisionOf } from '../../src/store/record/codec.js';
import { UnreadableRecordError } from '../../src/store/store.js';
import { detectorOf, EPOCH_US, Scenario } from '../detector/scenario.js';

describe('bytes', () => {
  it('keep whole numbers below 2^53, and texts of any script', () => {
    const writer = new ByteWriter(4_096);
    const reader = new ByteReader();
    fc.assert(
      fc.property(
        fc.array(fc.oneof(fc.maxSafeNat(), fc.nat(300))),
        fc.string({ unit: 'binary', maxLength: 80 }),
        fc.string({ unit: 'binary', maxLength: 80 }),
        (numbers, text, likely) => {
          writer.at = 0;
          const length = writer.text(text);
          expect(length).toBe(Buffer.byteLength(text));
          for (const number of numbers) writer.varint(number);
          reader.open(writer.bytes);
          const start = reader.at;
          const wellFormed = Buffer.from(text).toString();
          expect(reader.text(length, likely)).toBe(wellFormed);
          reader.at = start;
          expect(reader.text(length, text)).toBe(/^\p{ASCII}*$/u.test(text) ? text : wellFormed);
          for (const number of numbers) expect(reader.varint()).toBe(number);
        },
      ),
    );
  });

  it('beyond their room are refused, not cut off', () => {
    const writer = new ByteWriter(4);
    expect(() => writer.f64(1)).toThrow(RangeError);
  });
});

/** A record as plain values. */
function plain({ sessions, visibility }: UserRecord) {
  const plainly = ({ window, ...facts }: SessionRecord) => ({ ...facts, samples: window.samplesMs() });
  return {
    sessions: sessions.map(plainly),
    visibility: visibility && { ...visibility, shown: visibility.shown?.map(plainly) },
  };
}

describe('a packed record', () => {
  function userOf(sessions: number, samples: number, name: string): UserRecord {
    const settings = {
      model: 'adaptive',
      window: WINDOW_MAX,
      maxSilenceMs: Number.MAX_SAFE_INTEGER,
    } as const;
    const users = new Scenario(detectorOf(settings));
    for (let session = 0; session < sessions; session++) {
      for (let i = 0; i <= samples; i++) users.beat(1_000, { sessionId: `${name}-${session}`, origin: name });
    }
    return users.user;
  }

  it('has room for the largest user there is, also an invisible one', () => {
    const user = userOf(16, WINDOW_MAX, 'x'.repeat(60));
    for (const session of user.sessions) {
      Object.assign(session, { sessionId: `${session.sessionId}${'ß'.repeat(90)}`, left: true, baseUs: 1 });
      Object.assign(session, { sequence: Number.MAX_SAFE_INTEGER, declaredMs: 5, rhythmMs: 5, owed: 65_535 });
    }
    recordVisibility(user, false, { atUs: EPOCH_US, nowUs: EPOCH_US });
    expect(user.visibility?.shown).toHaveLength(SHOWN_SESSIONS_MAX);
    const bytes = Buffer.from(encodeUser(user, 0xffffffff));
    expect(revisionOf(bytes)).toBe(0xffffffff);
    expect(plain(decodeUser(bytes))).toEqual(plain(user));
  });

  it('is of the format that was there before, until anybody says something of the visibility', () => {
    const user = userOf(2, 5, 'some');
    const before = Buffer.from(encodeUser(user, 7));
    expect(before[0]).toBe(3);
    for (const visible of [false, true]) {
      recordVisibility(user, visible, { atUs: EPOCH_US, nowUs: EPOCH_US });
      const bytes = Buffer.from(encodeUser(user, 7));
      expect(bytes[0]).toBe(4);
      expect(plain(decodeUser(bytes))).toEqual(plain(user));
    }
    expect(plain(decodeUser(before))).toEqual({ ...plain(user), visibility: undefined });
  });

  it('has times of its server, those of the visibility included', () => {
    const user = userOf(2, 5, 'some');
    recordVisibility(user, false, { atUs: EPOCH_US, nowUs: EPOCH_US });
    const shifted = decodeUser(Buffer.from(encodeUser(user, 1, 3_000)), 1_000);
    expect(shifted.visibility?.sinceUs).toBe(EPOCH_US - 2_000);
    expect(shifted.visibility?.shown?.[0]?.lastUs).toBe((user.visibility?.shown?.[0]?.lastUs ?? 0) - 2_000);
    expect(plain(decodeUser(Buffer.from(encodeUser(shifted, 1, -2_000))))).toEqual(plain(user));
  });

  it('read after another one has nothing of that', () => {
    const reader = new RecordReader();
    const large = Buffer.from(encodeUser(userOf(3, 80, 'large'), 1));
    const unseen = userOf(2, 60, 'unseen');
    recordVisibility(unseen, false, { atUs: EPOCH_US, nowUs: EPOCH_US });
    const small = Buffer.from(encodeUser(userOf(1, 2, 'small'), 1));
    reader.read(Buffer.from(encodeUser(unseen, 1)));
    expect(plain(reader.read(large))).toEqual(plain(decodeUser(large)));
    expect(plain(reader.read(small))).toEqual(plain(decodeUser(small)));
    expect(plain(reader.blank())).toEqual({ sessions: [], visibility: undefined });
  });

  it('read before another one of the same reader leaves behind what was estimated of it', () => {
    const detector = detectorOf({ model: 'adaptive' });
    const shaped = (level: number) => {
      const user = userOf(1, 30, `level-${level}`);
      const own = { ...FLEET_SHAPE, loss: level, levels: FLEET_SHAPE.levels.map(() => level) };
      Object.assign(user.sessions[0]?.adaptive ?? {}, { shape: own });
      return Buffer.from(encodeUser(user, 1));
    };
    const reader = new RecordReader();
    const estimateOf = (record: Buffer) =>
      detector.estimate(reader.read(record).sessions[0] as SessionRecord);
    const [first, second] = [shaped(4_000), shaped(8_000)];
    const estimate = estimateOf(first);
    estimateOf(second);
    expect(estimate.shape?.levels).toEqual(FLEET_SHAPE.levels.map(() => 4_000));
    expect(estimate).toEqual(estimateOf(first));
  });

  it('that is damaged is refused, wherever it ends or whatever it says', () => {
    const user = userOf(2, 30, 'some');
    recordVisibility(user, false, { atUs: EPOCH_US, nowUs: EPOCH_US });
    const bytes = Buffer.from(encodeUser(user, 1));
    for (let end = 1; end < bytes.length; end++) {
      expect(() => decodeUser(bytes.subarray(0, end))).toThrow(UnreadableRecordError);
    }
    fc.assert(
      fc.property(fc.nat(bytes.length - 1), fc.integer({ min: 0, max: 255 }), (at, value) => {
        const damaged = Buffer.from(bytes);
        damaged[at] = value;
        try {
          decodeUser(damaged);
        } catch (error) {
          expect(error).toBeInstanceOf(UnreadableRecordError);
        }
      }),
    );
  });

  /** Of one session, whose id is `some-0`: flags at 6, its name's length at 8, what was learned behind the times. */
  const one = () => Buffer.from(encodeUser(userOf(1, 3, 'some'), 1));
  const changed = (at: number, ...bytes: number[]) => {
    const record = one();
    record.set(bytes, at);
    return record;
  };
  const nameAt = one().indexOf('some-0');
  // Behind flags, two lengths, last, the varint of no sequence, and 3 u16 and 6 varints of the adaptive state.
  const slowAt = 6 + 2 + 2 + 8 + 1 + 6 + 6;

  it.each([
    ['flags of a newer phid', changed(7, 0x08)],
    ['more sessions than there are', Buffer.concat([changed(5, 17), ...Array(16).fill(one().subarray(6))])],
    ['a name that is not UTF-8', changed(nameAt, 0xff)],
    ['a time that is none', changed(10, 0, 0, 0, 0, 0, 0, 0xf8, 0x7f)],
    ['a time with a fraction of a µs', changed(10, 0, 0, 0, 0, 0, 0, 0xe0, 0x3f)],
    ['a mean of 0 ms', changed(slowAt + 8, 0, 0, 0, 0)],
    ['a stretch that is NaN', changed(slowAt + 12, 0, 0, 0xc0, 0x7f)],
    ['more silences beyond a knot than there were', changed(slowAt - 6, 5)],
  ])('with %s is refused', (_, record) => {
    expect(decodeUser(one()).sessions[0]?.sessionId).toBe('some-0');
    expect(() => decodeUser(record)).toThrow(UnreadableRecordError);
  });
});
