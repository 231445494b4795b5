import { ok, strictEqual } from 'node:assert';
import fc from 'fast-check';
import { systemClock } from '../../src/clock.js';
import type { Detector } from '../../src/detector/detector.js';
import { UnreadableError } from '../../src/store/store.js';
import { mutatedBytes } from '../support/mutated.js';
import { detectors } from '../support/records.js';
import { type FuzzedRedis, startFuzzedRedis } from '../support/redis.js';
import type { Target } from '../support/target.js';

const namespace = {
  ...{ name: 'default', retentionMs: 86_400_000, halfLifeMs: 86_400_000 },
  detector: detectors[0] as Detector,
};
const group = { namespace: 'default', groupId: 'room' };
const claim = { shard: 3, node: 'n1', token: 'claim' };
const phi = { suspect: { phi: 3 }, offline: { phi: 5 } };
const isTime = (us: number | undefined) => us === undefined || Number.isFinite(us);

/** Every call of documents, what it returns checked. What is not there at first is made by it. */
const calls = {
  async blind({ store }: FuzzedRedis) {
    for (const { fromUs, toUs } of await store.blind([{ fromUs: 1e15, toUs: 1e15 + 5 }]))
      ok(fromUs <= toUs, `blind from ${fromUs} to ${toUs}`);
  },
  async holds({ store }: FuzzedRedis) {
    const fromUs = systemClock.epochUs();
    const hold = {
      namespace: 'default',
      origin: 'eu:1',
      cause: 'drain',
      fromUs,
      untilUs: fromUs + 1e9,
    } as const;
    for (const each of await store.holds([{ ...hold, releaseUs: 5 }]))
      ok(
        ['silence', 'drain'].includes(each.cause) &&
          isTime(each.fromUs) &&
          isTime(each.untilUs) &&
          isTime(each.releaseUs),
        'a hold that is none',
      );
  },
  async signs({ store }: FuzzedRedis) {
    const completeUs = systemClock.epochUs();
    await store.signs({ id: 'n2', completeUs, carries: ['default:us'] });
    const { others, previousUs } = await store.signs({ id: 'n1', completeUs, carries: ['default:eu'] });
    ok(isTime(previousUs), `the last sign was at ${previousUs}`);
    for (const sign of others)
      ok(
        isTime(sign.completeUs) && sign.carries.every((text) => typeof text === 'string'),
        'a sign that is none',
      );
  },
  async tunings({ store }: FuzzedRedis) {
    const { version } = await store.tunings('');
    const change = { atUs: 1, author: 'eve', peer: 'p', set: phi };
    await store.tunings(version, new Map([['default', { set: phi, changes: [change] }]]));
    const { documents } = await store.tunings('?');
    for (const { changes } of documents?.values() ?? [])
      ok(Array.isArray(changes), 'a document that is none');
  },
  async learn({ store }: FuzzedRedis) {
    const sum = await store.learn(namespace, Float64Array.from([1, 2, 3]));
    ok(sum.length === 3 && sum.every(Number.isFinite), `learned ${sum}`);
  },
  async nodes({ store }: FuzzedRedis) {
    const doing = {
      version: '1',
      ownsShards: true,
      heartbeatsPerSecond: { default: 1 },
      atUs: systemClock.epochUs(),
    };
    for (const each of (await store.shardStore.nodes('n1', doing)).values())
      ok(isTime(each.atUs), 'a node that says no time');
  },
  async claims({ store }: FuzzedRedis) {
    await store.shardStore.claim(claim);
    const counts = { default: { ONLINE: 1, SUSPECT: 0, OFFLINE: 0 } };
    await store.shardStore.report(claim, { node: 'n1', upToUs: 5, isComplete: true, counts });
  },
  async reports({ store }: FuzzedRedis) {
    strictEqual((await store.shardStore.reports()).length, store.shardStore.shards);
  },
  async log({ store }: FuzzedRedis) {
    const change = {
      userId: 'u',
      kept: { status: 'SUSPECT', hasLeft: false },
      bytes: Buffer.from('c'),
    } as const;
    await store.shardStore.append(claim, { namespace: 'default', retentionMs: 86_400_000 }, [
      change,
      { ...change, userId: 'v', kept: undefined },
    ]);
    await store.shardStore.logEnd(3, 'default');
    for (let position = 'x.0.0', i = 0; i < 5; i++) {
      const part = await store.shardStore.readLog(3, 'default', position);
      ok(part.changes.every(Buffer.isBuffer), 'a change that is none');
      position = part.position;
    }
    await store.shardStore.logged(3, 'default', '');
  },
  async group({ store }: FuzzedRedis) {
    const added = await store.groupStore.add(group, ['alice', 'bob'], 10);
    ok(Number.isSafeInteger(added.version) && added.size >= 0, 'a group that is none');
    const page = await store.groupStore.page(group, '', 10);
    ok(Number.isSafeInteger(page.version), 'a version is a whole number');
    await store.groupStore.remove(group, ['bob']);
  },
  async users({ store }: FuzzedRedis) {
    const heartbeat = { userId: 'u', sessionId: 's', sequence: 0, declaredMs: 0, activity: 0, origin: '' };
    await store.record(namespace, store.laneOf('u'), [{ ...heartbeat, receivedMs: systemClock.nowMs() }]);
    const [reading] = await store.read(namespace, ['u']);
    ok(reading?.record, 'a heartbeat was recorded');
    await store.shardStore.knownUsers('');
  },
};
type CallName = keyof typeof calls;

/** Keys, and which calls may say of each that it cannot be read; all others must go on. */
const documents: readonly { readonly key: string; readonly calls: readonly CallName[] }[] = [
  { key: 'phid1:{p00}:b', calls: ['blind'] },
  { key: 'phid1:{p00}:h', calls: ['holds'] },
  { key: 'phid1:{p00}:l', calls: ['signs'] },
  { key: 'phid1:{p00}:o', calls: ['signs'] },
  { key: 'phid1:{p00}:v', calls: ['signs'] },
  { key: 'phid1:{p00}:t', calls: ['signs'] },
  { key: 'phid1:{p00}:c', calls: ['tunings'] },
  { key: 'phid1:{p00}:m', calls: ['nodes'] },
  { key: 'phid1:{p00}:n', calls: [] },
  { key: 'phid1:{p03}:w', calls: ['claims', 'log'] },
  { key: 'phid1:{p03}:j:default', calls: ['log'] },
  { key: 'phid1:{p03}:k:default', calls: ['log'] },
  { key: 'f', calls: ['learn'] },
  { key: 'g', calls: ['group'] },
  { key: 'phid1:{p03}:s', calls: ['log'] },
];

const field = fc.oneof(
  fc.nat(5),
  fc.constantFrom('other', ':v', 'silence:default:eu', 'n3', 'tdefault', 'log', ''),
);
const damage = fc.record({
  document: fc.constantFrom(...documents),
  how: fc.constantFrom('bytes', 'type', 'field', 'member'),
  field,
  bytes: mutatedBytes(
    fc
      .constantFrom('{"changes":[]}', '["a:b"]', '17-18', '5 6 7', 'inf', '-5', '1e400')
      .map((t) => Buffer.from(t)),
  ),
  score: fc.constantFrom('0', '-1', '1', 'inf', '-inf', '1e300', '-1.5'),
});
type Damage = typeof damage extends fc.Arbitrary<infer T> ? T : never;

/** Keys whose names depend on what they are of. */
async function keyOf({ admin }: FuzzedRedis, key: string): Promise<string> {
  if (key.length > 1) return key;
  return (await admin.keys(`phid1:{p??}:${key}:default*`))[0] as string;
}

async function inflict(redis: FuzzedRedis, { document, how, field, bytes, score }: Damage): Promise<void> {
  const { admin } = redis;
  const key = await keyOf(redis, document.key);
  const type = await admin.type(key);
  if (how === 'type') {
    await admin.del(key);
    await (type === 'list' ? admin.hset(key, 'a', '1') : admin.rpush(key, 'a'));
  } else if (type === 'string') await admin.set(key, bytes);
  else if (type === 'zset') await admin.zadd(key, score, how === 'field' ? '' : bytes);
  else if (type === 'stream') await admin.xadd(key, '*', String(field) || 'x', bytes);
  else if (type === 'hash') {
    const fields = await admin.hkeys(key);
    await admin.hset(
      key,
      typeof field === 'number' ? (fields[field % fields.length] as string) : field,
      bytes,
    );
  }
}

export const redisDocuments: Target = {
  name: 'redis-documents',
  what: 'damaged documents in a real Redis: what is about others goes on, what cannot be read is said to be that',
  cases: 6_000,
  quickCases: 30,
  async open() {
    const redis = await startFuzzedRedis();
    const property = fc.asyncProperty(fc.array(damage, { minLength: 1, maxLength: 3 }), async (damages) => {
      await redis.admin.flushall();
      for (const call of Object.values(calls)) await call(redis);
      for (const each of damages) await inflict(redis, each);
      const concerned = new Set(damages.flatMap(({ document }) => document.calls));
      for (const [name, call] of Object.entries(calls)) {
        await call(redis).catch((error: unknown) => {
          ok(error instanceof UnreadableError, error as Error);
          ok(concerned.has(name as CallName), new Error(`${name} is not about it`, { cause: error }));
        });
      }
      redis.log.lines.length = 0;
    });
    return { property, close: () => redis.stop() };
  },
};
