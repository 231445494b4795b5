import { deepStrictEqual, strictEqual } from 'node:assert';
import { type ClientHttp2Session, connect } from 'node:http2';
import { create, fromBinary, toBinary } from '@bufbuild/protobuf';
import { status } from '@grpc/grpc-js';
import fc from 'fast-check';
import { callRaw, framed, messagesOf } from '../support/grpc-call.js';
import { messageOf } from '../support/messages.js';
import { type FuzzedNode, startFuzzedNode } from '../support/node.js';
import type { Target } from '../support/target.js';

const StreamRequest = messageOf('HeartbeatStreamRequest');
const StreamResponse = messageOf('HeartbeatStreamResponse');
const BatchRequest = messageOf('BatchSuspicionRequest');
const BatchResponse = messageOf('BatchSuspicionResponse');
const MAX_SILENCE_MS = 90_000;
/** Of the wire's Status. */
const ONLINE = 1;
/** Of a message. */
const HEARTBEATS_MAX = 20;

const id = fc.oneof(
  { arbitrary: fc.nat(99).map((n) => `user-${n}`), weight: 6 },
  // Few, because whoever is accepted is kept.
  {
    arbitrary: fc.constantFrom(
      ...fc.sample(fc.string({ unit: 'grapheme', maxLength: 90 }), { numRuns: 100, seed: 1 }),
    ),
    weight: 2,
  },
  {
    arbitrary: fc.constantFrom(
      '',
      'x'.repeat(257),
      'ä'.repeat(128),
      'ä'.repeat(129),
      '\0',
      '\uFFFD',
      '__proto__',
    ),
    weight: 2,
  },
);
const heartbeat = fc.record({
  userId: id,
  sessionId: id,
  sequence: fc.oneof(fc.constant(0n), fc.bigInt({ min: 0n, max: 2n ** 64n - 1n })),
  nextIntervalMs: fc.oneof(
    fc.constant(0),
    fc.integer({ min: 0, max: 2 ** 32 - 1 }),
    fc.constant(MAX_SILENCE_MS),
  ),
  activity: fc.integer({ min: -1, max: 9 }),
});
type Heartbeat = typeof heartbeat extends fc.Arbitrary<infer T> ? T : never;

function isValid({ userId, sessionId, sequence, nextIntervalMs }: Heartbeat): boolean {
  const isId = (text: string) =>
    text !== '' && Buffer.byteLength(text) <= 256 && !Buffer.from(text).toString().includes('\uFFFD');
  return isId(userId) && isId(sessionId) && Number(sequence) < 2 ** 53 && nextIntervalMs < MAX_SILENCE_MS;
}

async function ask(
  session: ClientHttp2Session,
  node: FuzzedNode,
  rpc: string,
  message: Uint8Array,
): Promise<Buffer> {
  const answer = await callRaw(session, {
    path: `/phid.v1.PresenceService/${rpc}`,
    body: framed(message),
    headers: { authorization: `Bearer ${node.token}` },
    isOpen: false,
  });
  strictEqual(answer.code, status.OK, answer.message);
  return messagesOf(answer)[0] as Buffer;
}

export const heartbeatBatch: Target = {
  name: 'heartbeat-batch',
  what: 'batches of a gateway: what is bad of one is listed, everybody else is recorded',
  cases: 6_000,
  quickCases: 25,
  async open() {
    const node = await startFuzzedNode();
    const session = connect(`http://127.0.0.1:${node.service.grpcPort}`);
    const property = fc.asyncProperty(
      fc.array(heartbeat, { maxLength: HEARTBEATS_MAX }),
      async (heartbeats) => {
        const wellFormed = heartbeats.map((each) => ({
          ...each,
          userId: Buffer.from(each.userId).toString(),
          sessionId: Buffer.from(each.sessionId).toString(),
        }));
        const request = toBinary(
          StreamRequest,
          create(StreamRequest, { batchId: 7n, heartbeats: wellFormed }),
        );
        const { accepted, rejections } = fromBinary(
          StreamResponse,
          await ask(session, node, 'HeartbeatStream', request),
        ) as unknown as { accepted: number; rejections: { index: number; reason: string }[] };
        const bad = wellFormed.flatMap((each, i) => (isValid(each) ? [] : [i]));
        deepStrictEqual(
          rejections.map(({ index }) => index),
          bad,
        );
        strictEqual(accepted, wellFormed.length - bad.length);
        const userIds = wellFormed.filter(isValid).map(({ userId }) => userId);
        const query = toBinary(BatchRequest, create(BatchRequest, { userIds }));
        const { suspicions } = fromBinary(
          BatchResponse,
          await ask(session, node, 'BatchSuspicion', query),
        ) as unknown as { suspicions: { userId: string; status: number }[] };
        deepStrictEqual(
          suspicions.map((each) => each.userId),
          userIds,
        );
        for (const { status: said } of suspicions) strictEqual(said, ONLINE, 'who was accepted is there');
        node.checkLog();
      },
    );
    return {
      property,
      async close() {
        session.destroy();
        await node.stop();
      },
    };
  },
};
