import { deepStrictEqual, match, ok } from 'node:assert';
import { create, type DescMessage, fromBinary, type Message, toBinary } from '@bufbuild/protobuf';
import fc from 'fast-check';
import {
  decodeHeartbeatRequest,
  decodeHeartbeatStreamRequest,
  type UncheckedHeartbeat,
} from '../../src/grpc/heartbeat-codec.js';
import { MalformedMessageError } from '../../src/grpc/wire-reader.js';
import { hasOtherWireTypes, messageOf } from '../support/messages.js';
import { mutatedBytes } from '../support/mutated.js';
import type { Target } from '../support/target.js';

const Request = messageOf('HeartbeatRequest');
const StreamRequest = messageOf('HeartbeatStreamRequest');

const text = fc.oneof(
  fc.string({ maxLength: 12 }),
  fc.string({ unit: 'binary', maxLength: 8 }),
  fc.constantFrom('', '\uFEFFa', 'x'.repeat(130)),
);
const heartbeat = fc.record({
  userId: text,
  sessionId: text,
  sequence: fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }),
  nextIntervalMs: fc.integer({ min: 0, max: 2 ** 32 - 1 }),
  activity: fc.integer({ min: -1, max: 5 }),
});
const request = fc
  .record({ namespace: text, origin: text, heartbeat: fc.option(heartbeat, { nil: undefined }) })
  .map((message) => toBinary(Request, create(Request, message)));
const streamRequest = fc
  .record({
    namespace: text,
    origin: text,
    batchId: fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }),
    heartbeats: fc.array(heartbeat, { maxLength: 4 }),
  })
  .map((message) => toBinary(StreamRequest, create(StreamRequest, message)));

/** What the library reads, in the form of the codec. */
type Read = Message & Record<string, unknown>;

function heartbeatOf(read: Read): UncheckedHeartbeat {
  const { userId, sessionId, sequence, nextIntervalMs, activity } = read as unknown as {
    readonly userId: string;
    readonly sessionId: string;
    readonly sequence: bigint;
    readonly nextIntervalMs: number;
    readonly activity: number;
  };
  return {
    ...{ userId, sessionId, sequence: Number(sequence), declaredMs: nextIntervalMs },
    // An enum is signed on the wire; here every one that is not known is the same.
    ...{ activity: activity >>> 0, origin: '', receivedMs: 0 },
  };
}

/** What a decoder made of the bytes, or why it refused them. */
type Outcome = { readonly value: object } | { readonly refusal: unknown };

function outcomeOf(decode: () => object): Outcome {
  try {
    return { value: decode() };
  } catch (refusal) {
    return { refusal };
  }
}

/** What the library takes, and the codec does not: it is no protobuf, or deeper than anybody sends. */
const STRICTER = /longer than it says|a varint of more than 10 bytes|nested too deeply/;

function compare(ours: Outcome, theirs: Outcome, bytes: Buffer, descriptor: DescMessage): void {
  if ('refusal' in ours) {
    ok(ours.refusal instanceof MalformedMessageError, ours.refusal as Error);
    if ('value' in theirs && !hasWrongTypes(descriptor, bytes)) match(ours.refusal.message, STRICTER);
    return;
  }
  if (hasWrongTypes(descriptor, bytes)) return;
  if ('refusal' in theirs) throw theirs.refusal;
  deepStrictEqual(ours.value, theirs.value);
}

function hasWrongTypes(descriptor: DescMessage, bytes: Buffer): boolean {
  const outcome = outcomeOf(() => ({ found: hasOtherWireTypes(descriptor, bytes) }));
  return 'value' in outcome && (outcome.value as { readonly found: boolean }).found;
}

function unaryOf({ namespace, origin, heartbeat }: Read): object {
  return { namespace, origin, heartbeat: heartbeat ? heartbeatOf(heartbeat as Read) : undefined };
}

function streamOf({ namespace, origin, batchId, heartbeats }: Read): object {
  return { namespace, origin, batchId: Number(batchId), heartbeats: (heartbeats as Read[]).map(heartbeatOf) };
}

export const heartbeatCodec: Target = {
  name: 'heartbeat-codec',
  what: 'heartbeats off the wire: read, or refused, as @bufbuild/protobuf does',
  cases: 332_500,
  quickCases: 800,
  open: () => ({
    property: fc.property(mutatedBytes(fc.oneof(request, streamRequest)), (bytes) => {
      const unary = outcomeOf(() => unaryOf(fromBinary(Request, bytes) as Read));
      compare(
        outcomeOf(() => decodeHeartbeatRequest(bytes)),
        unary,
        bytes,
        Request,
      );
      const stream = outcomeOf(() => streamOf(fromBinary(StreamRequest, bytes) as Read));
      compare(
        outcomeOf(() => decodeHeartbeatStreamRequest(bytes)),
        stream,
        bytes,
        StreamRequest,
      );
    }),
  }),
};
