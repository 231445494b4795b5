import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { PresenceService } from '../../src/grpc/definition.js';
import { decodeHeartbeatRequest, decodeHeartbeatStreamRequest } from '../../src/grpc/heartbeat-codec.js';
import { MalformedMessageError } from '../../src/grpc/wire-reader.js';
import {
  activityNumber,
  bytesField,
  fixedField,
  groupField,
  uint,
  varintField,
} from '../support/protobuf.js';
import { seeded } from '../support/replay.js';

const { Heartbeat, HeartbeatStream } = PresenceService.service;

/** A message as proto-loader decodes it, in the names of the codec. */
function asDecoded(heartbeat: ReturnType<typeof Heartbeat.requestDeserialize>['heartbeat']) {
  if (!heartbeat) return undefined;
  const { nextIntervalMs, activity, ...same } = heartbeat;
  return {
    ...same,
    declaredMs: nextIntervalMs,
    activity: activityNumber(activity),
    origin: '',
    receivedMs: 0,
  };
}

const text = fc.oneof(fc.string(), fc.string({ unit: 'binary' }), fc.string({ minLength: 200 }));
const uint32 = fc.oneof(fc.nat(300), fc.integer({ min: 0, max: 2 ** 32 - 1 }));
const uint64 = fc.oneof(uint32, fc.maxSafeNat());
const unknownField = fc.oneof(
  fc.tuple(fc.integer({ min: 100, max: 2 ** 29 - 1 }), uint64).map(([n, value]) => varintField(n, value)),
  fc.tuple(fc.integer({ min: 6, max: 2_000 }), fc.uint8Array()).map(([n, bytes]) => bytesField(n, bytes)),
  fc.tuple(fc.integer({ min: 6, max: 2_000 }), fc.constantFrom(4, 8)).map(([n, size]) => fixedField(n, size)),
  fc.integer({ min: 6, max: 2_000 }).map((n) => groupField(n, [varintField(1, 5), groupField(2, [])])),
);

/** Fields in any order, some of them twice, among others that nobody knows. */
const message = (fields: readonly fc.Arbitrary<Buffer>[]) =>
  fc.array(fc.oneof(...fields, unknownField), { maxLength: 12 }).map((written) => Buffer.concat(written));
const heartbeat = message([
  text.map((id) => bytesField(1, Buffer.from(id))),
  text.map((id) => bytesField(2, Buffer.from(id))),
  uint64.map((sequence) => varintField(3, sequence)),
  uint32.map((ms) => varintField(4, ms)),
  fc.nat(9).map((activity) => varintField(5, activity)),
]);
const name = (n: number) => text.map((value) => bytesField(n, Buffer.from(value)));

describe('the codec reads what proto-loader reads', () => {
  it('of HeartbeatRequest', () => {
    // What two heartbeats in one request mean is nobody's business: none or one.
    const request = fc
      .tuple(message([name(1), name(3)]), fc.option(heartbeat), message([name(1), name(3)]))
      .map(([before, beat, after]) =>
        Buffer.concat([before, ...(beat === null ? [] : [bytesField(2, beat)]), after]),
      );
    fc.assert(
      fc.property(request, (bytes) => {
        const { namespace, origin, heartbeat } = Heartbeat.requestDeserialize(bytes);
        expect(decodeHeartbeatRequest(bytes)).toEqual({ namespace, origin, heartbeat: asDecoded(heartbeat) });
      }),
      { ...seeded(), numRuns: 1_000 },
    );
  });

  it('of HeartbeatStreamRequest', () => {
    const batchId = uint64.map((id) => varintField(3, id));
    const beats = heartbeat.map((bytes) => bytesField(4, bytes));
    fc.assert(
      fc.property(message([name(1), name(2), batchId, beats, beats]), (bytes) => {
        const { heartbeats, ...rest } = HeartbeatStream.requestDeserialize(bytes);
        expect(decodeHeartbeatStreamRequest(bytes)).toEqual({
          ...rest,
          heartbeats: heartbeats.map(asDecoded),
        });
      }),
      { ...seeded(), numRuns: 1_000 },
    );
  });

  it('of the numbers that need most bytes', () => {
    for (const sequence of [2 ** 28, 2 ** 32, 2 ** 35, 2 ** 53 - 1, 2 ** 53, 2 ** 63, 2 ** 64 - 2 ** 11]) {
      const bytes = bytesField(2, varintField(3, sequence));
      expect(decodeHeartbeatRequest(bytes).heartbeat?.sequence).toBe(sequence);
      expect(Heartbeat.requestDeserialize(bytes).heartbeat?.sequence).toBe(sequence);
    }
  });

  it('of a number of 32 bits that is written with 64, as a negative enum is', () => {
    const bytes = bytesField(2, Buffer.concat([uint((4 << 3) | 0), Buffer.alloc(9, 0xff), uint(1)]));
    expect(decodeHeartbeatRequest(bytes).heartbeat?.declaredMs).toBe(2 ** 32 - 1);
    expect(Heartbeat.requestDeserialize(bytes).heartbeat?.nextIntervalMs).toBe(2 ** 32 - 1);
  });
});

describe('the codec reads', () => {
  it('a field of another wire type as one that it does not know', () => {
    const beat = Buffer.concat([varintField(1, 7), bytesField(2, Buffer.from('phone')), fixedField(3, 8)]);
    expect(decodeHeartbeatRequest(bytesField(2, beat)).heartbeat).toMatchObject({
      userId: '',
      sessionId: 'phone',
      sequence: 0,
    });
  });

  it('a heartbeat that comes in several parts as what they say together', () => {
    const part = (field: number, text: string) => bytesField(2, bytesField(field, Buffer.from(text)));
    expect(
      decodeHeartbeatRequest(Buffer.concat([part(1, 'alice'), part(2, 'phone')])).heartbeat,
    ).toMatchObject({
      userId: 'alice',
      sessionId: 'phone',
    });
  });

  it('U+FFFD where an id is not UTF-8', () => {
    const beat = bytesField(1, Buffer.from([0xff, 0x61]));
    expect(decodeHeartbeatRequest(bytesField(2, beat)).heartbeat?.userId).toBe('\uFFFDa');
  });

  it.each([
    ['a length beyond the end', bytesField(4, Buffer.from('abc')).subarray(0, -1)],
    [
      'a heartbeat that reaches beyond its own end',
      Buffer.concat([bytesField(4, Buffer.from([10, 4])), Buffer.from('abcd')]),
    ],
    ['a varint without an end', Buffer.alloc(3, 0x80)],
    ['a varint of eleven bytes', Buffer.concat([uint(24), Buffer.alloc(10, 0x80), uint(1)])],
    ['a double that is cut off', fixedField(9, 8).subarray(0, -1)],
    ['a group without an end', groupField(9, []).subarray(0, -1)],
    ['the end of a group that did not begin', uint((9 << 3) | 4)],
    ['groups nested without end', Buffer.alloc(200, (9 << 3) | 3)],
    ['a wire type that does not exist', uint((9 << 3) | 6)],
    ['a field of number 0', Buffer.concat([uint(0), uint(0)])],
    ['a tag of more than 32 bits', Buffer.concat([uint(2 ** 32 + 24), uint(1)])],
    ['a field of number 0 in a group', groupField(9, [Buffer.from([0, 0])])],
  ])('%s as malformed', (_, bytes) => {
    expect(() => decodeHeartbeatStreamRequest(bytes)).toThrow(MalformedMessageError);
  });

  it('any bytes to an end: a message, or malformed', () => {
    const cut = fc.tuple(heartbeat, fc.nat(200)).map(([bytes, at]) => bytesField(4, bytes).subarray(0, at));
    const noise = fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.from(bytes));
    fc.assert(
      fc.property(fc.oneof(cut, noise), (bytes) => {
        try {
          expect(decodeHeartbeatStreamRequest(bytes).heartbeats).toBeInstanceOf(Array);
        } catch (error) {
          expect(error).toBeInstanceOf(MalformedMessageError);
        }
      }),
      { ...seeded(), numRuns: 2_000 },
    );
  });
});
