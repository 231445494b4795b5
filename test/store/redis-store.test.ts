import { Redis } from 'ioredis';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { systemClock } from '../../src/clock.js';
import { ArrivalFlag } from '../../src/detector/arrival.js';
import { decodeUser, encodeUser } from '../../src/store/record/codec.js';
import { fleetKey, SHARDS, shardOf, streamKey, userKey } from '../../src/store/redis/keys.js';
import { RedisStore } from '../../src/store/redis/redis-store.js';
import { redactUrl } from '../../src/store/redis/url.js';
import { INVISIBLE_RETENTION_MS, type StoreListener, StoreUnavailableError } from '../../src/store/store.js';
import { received } from '../support/heartbeat.js';
import { MemoryLog } from '../support/log.js';
import { type RedisServer, startRedis } from '../support/redis-server.js';
import { storeNamespace } from '../support/settings.js';
import { storeContract } from './contract.js';

let server: RedisServer;
let admin: Redis;
const opened: RedisStore[] = [];

beforeAll(async () => {
  server = await startRedis();
  admin = new Redis(server.url);
});
afterAll(async () => {
  admin.disconnect();
  await server.stop();
});
afterEach(async () => {
  for (const store of opened.splice(0)) await store.close();
});

async function open(url = server.url, log = new MemoryLog(), cachedUsersMax = 1_000): Promise<RedisStore> {
  const store = new RedisStore({ url, clock: systemClock, log, cachedUsersMax });
  opened.push(store);
  await vi.waitFor(() => expect(store.isReady()).toBe(true));
  return store;
}

storeContract('redis', async () => {
  await admin.flushall();
  return { store: await open(), clock: systemClock };
});

describe('redis store', () => {
  const namespace = storeNamespace();
  const now = () => received({ receivedMs: systemClock.nowMs() });

  it('spreads users evenly over the shards', () => {
    const counts = new Array<number>(SHARDS).fill(0);
    for (let i = 0; i < 16_000; i++) counts[shardOf(`user-${i}`)] = (counts[shardOf(`user-${i}`)] ?? 0) + 1;
    expect(Math.min(...counts)).toBeGreaterThan(900);
    expect(Math.max(...counts)).toBeLessThan(1_100);
  });

  it('keeps one key a user, in the slot of its shard, that expires', async () => {
    await admin.flushall();
    const store = await open();
    await store.record(namespace, store.laneOf('alice'), [now(), now()]);
    const tag = `{p${String(shardOf('alice')).padStart(2, '0')}}`;
    const ofUsers = (await admin.keys('*')).filter((key) => key !== 'phid1:{p00}:n');
    expect(ofUsers.sort()).toEqual([`phid1:${tag}:s`, `phid1:${tag}:u:default:alice`]);
    expect(await admin.pttl(`phid1:${tag}:u:default:alice`)).toBeGreaterThan(86_390_000);
  });

  it('loads its scripts again where the server lost them', async () => {
    const store = await open();
    await store.record(namespace, store.laneOf('alice'), [now()]);
    await admin.script('FLUSH');
    const results = await Promise.all(
      Array.from({ length: 20 }, () => store.record(namespace, store.laneOf('alice'), [now()])),
    );
    expect(results.every(({ arrivals }) => arrivals.length === 1)).toBe(true);
  });

  it('bounds the shard streams', async () => {
    const store = await open();
    const shard = 5;
    const strangers = Array.from({ length: 100_000 }, (_, i) => `stranger-${i}`).filter(
      (u) => shardOf(u) === shard,
    );
    expect(strangers.length).toBeGreaterThan(6_000);
    await Promise.all(
      strangers.map((userId) => store.record(namespace, store.laneOf(userId), [{ ...now(), userId }])),
    );
    const length = await admin.xlen(streamKey(shard));
    expect(length).toBeGreaterThanOrEqual(4_000);
    expect(length).toBeLessThan(4_200);
  });

  it('asks for everything to be read again when it fell behind a trimmed stream', async () => {
    const store = await open();
    let resyncs = 0;
    let heard = 0;
    let blocked = true;
    const listener: StoreListener = {
      changed: () => {
        heard += 1;
      },
      doubted: () => {},
      lost: () => {},
      resync: () => {
        resyncs += 1;
        // The first call comes before the first XREAD: let the stream run full under its feet.
        while (blocked) blocked = false;
      },
    };
    store.follow(listener);
    await vi.waitFor(() => expect(resyncs).toBe(1));
    // One script call is atomic: the feed sees nothing of it before all 30,000 entries are there and the oldest gone.
    await admin.eval(
      "for i = 1, 30000 do redis.call('XADD', KEYS[1], 'MAXLEN', 10000, '*', 'u', 'default:u' .. i) end",
      1,
      streamKey(3),
    );
    await vi.waitFor(() => expect(resyncs).toBe(2));
    expect(heard).toBeGreaterThan(0);
  });

  it('says that the feed is lost when the server goes, and asks for a resync when it is back', async () => {
    const mortal = await startRedis();
    try {
      const log = new MemoryLog();
      const store = await open(mortal.url, log);
      const heard: string[] = [];
      store.follow({
        changed: (_, userId) => void heard.push(userId),
        doubted: () => {},
        lost: () => void heard.push('lost'),
        resync: () => void heard.push('resync'),
      });
      await vi.waitFor(() => expect(heard).toEqual(['resync']));
      await mortal.kill();
      await vi.waitFor(() => expect(heard).toEqual(['resync', 'lost']));
      await expect(store.read(namespace, ['alice'])).rejects.toThrow(StoreUnavailableError);
      await mortal.restart();
      await vi.waitFor(() => expect(heard).toEqual(['resync', 'lost', 'resync']), 10_000);
      await vi.waitFor(() => expect(store.isReady()).toBe(true), 10_000);
      await store.record(namespace, store.laneOf('alice'), [now()]);
      await vi.waitFor(() => expect(heard.at(-1)).toBe('alice'));
      expect(log.text).toContain(`Redis at ${mortal.url}`);
    } finally {
      await mortal.stop();
    }
  });

  it('leaves a record of a format it does not know alone, and takes everybody else', async () => {
    const log = new MemoryLog();
    const store = await open(server.url, log);
    const shard = 2;
    const userIds = Array.from({ length: 200 }, (_, i) => `reader-${i}`)
      .filter((userId) => shardOf(userId) === shard)
      .slice(0, 5);
    const future = userIds[2] as string;
    const key = `phid1:{p02}:u:default:${future}`;
    await admin.set(key, Buffer.from([9, 1, 2, 3]));
    const batch = userIds.map((userId) => ({ ...now(), userId }));
    const { arrivals } = await store.record(namespace, store.laneOf(future), batch);
    expect(arrivals.map(({ flags }) => flags)).toEqual([1, 1, ArrivalFlag.UNREADABLE, 1, 1]);
    expect(await admin.getBuffer(key)).toEqual(Buffer.from([9, 1, 2, 3]));
    const readings = await store.read(namespace, userIds);
    expect(readings.map(({ record }) => record !== undefined)).toEqual([true, true, false, true, true]);
    expect(log.text).toContain('the record of this user cannot be read: it has format 9');
    expect(log.text).not.toContain(future);
    await expect(
      store.leave(namespace, { userId: future, sessionId: '', receivedMs: systemClock.nowMs() }),
    ).rejects.toThrow('format 9');
  });

  it('misses nothing that is recorded in the very millisecond in which it begins to follow', async () => {
    const store = await open();
    for (let i = 0; i < 25; i++) {
      const userId = `instant-${i}`;
      const heard: string[] = [];
      let recorded: Promise<unknown> | undefined;
      const unfollow = store.follow({
        changed: (_, changed) => void heard.push(changed),
        doubted: () => {},
        lost: () => {},
        resync: () => {
          recorded = store.record(namespace, store.laneOf(userId), [{ ...now(), userId }]);
        },
      });
      await vi.waitFor(() => expect(heard).toContain(userId), { interval: 2 });
      await recorded;
      unfollow();
    }
  });

  it('is lost, and says so, when it cannot begin to follow', async () => {
    const full = await startRedis({ args: ['--maxclients', '1'] });
    const store = await open(full.url);
    const heard: string[] = [];
    store.follow({
      changed: () => {},
      doubted: () => {},
      lost: () => void heard.push('lost'),
      resync: () => void heard.push('resync'),
    });
    await vi.waitFor(() => expect(heard).toEqual(['lost']));
    await full.stop();
  });

  it('does not let a heartbeat that had to load its script first undo the leave behind it', async () => {
    const store = await open();
    const lane = store.laneOf('leaver');
    // Ages, because a heartbeat counts as later by what it takes to reach the server.
    const aged = (ms: number) => ({ ...now(), userId: 'leaver', receivedMs: now().receivedMs - ms });
    await store.record(namespace, lane, [aged(2_000)]);
    await store.leave(namespace, { userId: 'nobody', sessionId: '', receivedMs: systemClock.nowMs() });
    await admin.script('FLUSH');
    await store.leave(namespace, { userId: 'nobody', sessionId: '', receivedMs: systemClock.nowMs() });
    await Promise.all([
      store.record(namespace, lane, [aged(500)]),
      store.leave(namespace, { userId: 'leaver', sessionId: '', receivedMs: systemClock.nowMs() }),
    ]);
    const [reading] = await store.read(namespace, ['leaver']);
    expect(reading?.record?.sessions[0]?.left).toBe(true);
  });

  it('loses no heartbeat when several nodes record the same user at once', async () => {
    await admin.flushall();
    const nodes = await Promise.all(Array.from({ length: 4 }, () => open()));
    const beats = 25;
    await Promise.all(
      nodes.map(async (node, i) => {
        for (let beat = 1; beat <= beats; beat++) {
          const heartbeat = { ...now(), userId: 'busy', sessionId: `device-${i}`, sequence: beat };
          const { arrivals } = await node.record(namespace, node.laneOf('busy'), [heartbeat]);
          expect((arrivals[0]?.flags ?? 0) & (ArrivalFlag.STALE | ArrivalFlag.DUPLICATE)).toBe(0);
        }
      }),
    );
    const [reading] = await (nodes[0] as RedisStore).read(namespace, ['busy']);
    const sessions = reading?.record?.sessions.map(({ sessionId, sequence }) => [sessionId, sequence]);
    expect(sessions?.sort()).toEqual(nodes.map((_, i) => [`device-${i}`, beats]));
  });

  it('reads a user once who beats through one node only, and every time one who beats through several', async () => {
    await admin.flushall();
    const [here, there] = [await open(), await open()];
    const beat = async (node: RedisStore, userId: string) => {
      const before = { ...node.counts };
      await node.record(namespace, node.laneOf(userId), [{ ...now(), userId }]);
      const { recordsRead, conflicts } = node.counts;
      return { read: recordsRead - before.recordsRead, conflicts: conflicts - before.conflicts };
    };
    expect(await beat(here, 'alice')).toEqual({ read: 1, conflicts: 0 });
    expect(await beat(here, 'alice')).toEqual({ read: 0, conflicts: 0 });
    expect(await beat(there, 'alice')).toEqual({ read: 1, conflicts: 0 });
    // Who moves is read once and known again.
    expect(await beat(there, 'alice')).toEqual({ read: 0, conflicts: 0 });
    expect(await beat(here, 'alice')).toEqual({ read: 1, conflicts: 1 });
    expect(await beat(here, 'alice')).toEqual({ read: 0, conflicts: 0 });
    // Whose changes collide twice in a row is shared.
    for (let i = 0; i < 2; i++) {
      expect(await beat(there, 'alice')).toEqual({ read: 1, conflicts: 1 });
      expect(await beat(here, 'alice')).toEqual({ read: 1, conflicts: 1 });
    }
    for (let i = 0; i < 2; i++) {
      expect(await beat(there, 'alice')).toEqual({ read: 1, conflicts: 0 });
      expect(await beat(here, 'alice')).toEqual({ read: 1, conflicts: 0 });
    }
  });

  it('keeps records of as many users as it may, and records everybody', async () => {
    await admin.flushall();
    const store = await open(server.url, new MemoryLog(), 20);
    const userIds = Array.from({ length: 40 }, (_, i) => `crowd-${i}`).filter((u) => store.laneOf(u) === 0);
    const beat = () =>
      store.record(
        namespace,
        0,
        userIds.map((userId) => ({ ...now(), userId })),
      );
    for (let round = 1; round <= 3; round++) {
      await beat();
      expect(store.cachedUsers).toBe(10);
      expect(store.counts.recordsRead).toBe(round * userIds.length - (round - 1) * 10);
    }
    const readings = await store.read(namespace, userIds);
    expect(readings.every(({ record }) => record?.sessions[0]?.window.count === 2)).toBe(true);
  });

  it('takes the largest batch that can be set, although all are new and of one shard', async () => {
    await admin.flushall();
    const store = await open();
    const userIds = Array.from({ length: 100_000 }, (_, i) => `mass-${i}`)
      .filter((userId) => shardOf(userId) === 7)
      .slice(0, 2_000);
    const batch = userIds.map((userId) => ({ ...now(), userId }));
    const { arrivals } = await store.record(namespace, store.laneOf(userIds[0] as string), batch);
    expect(arrivals.every(({ flags }) => flags === ArrivalFlag.FIRST_SEEN)).toBe(true);
    const [entry] = await admin.xrange(streamKey(7), '-', '+');
    expect(entry?.[1]).toHaveLength(2 * userIds.length);
  });

  it('renews the expiry of a record when an eighth of the retention has passed, and keeps it otherwise', async () => {
    const store = await open();
    // So long that no eighth begins while the test runs.
    const retentionMs = 80e9;
    const yearly = storeNamespace({}, { name: 'yearly', retentionMs });
    const key = userKey(shardOf('alice'), 'yearly', 'alice');
    const beat = () => store.record(yearly, store.laneOf('alice'), [now()]);
    await beat();
    expect(await admin.pttl(key)).toBeGreaterThan(retentionMs);
    await admin.pexpire(key, retentionMs - 1);
    await beat();
    expect(await admin.pttl(key)).toBeLessThan(retentionMs);
    const record = decodeUser((await admin.getBuffer(key)) as Buffer);
    for (const session of record.sessions) {
      session.lastUs -= 10e12;
      session.baseUs -= 10e12;
    }
    await admin.set(key, encodeUser(record, 1), 'PX', retentionMs - 1);
    await beat();
    expect(await admin.pttl(key)).toBeGreaterThan(retentionMs);
  });

  it('keeps the record of who is invisible for a year, whatever the retention, and for that again afterwards', async () => {
    const brief = storeNamespace({}, { name: 'brief', retentionMs: 60_000 });
    const key = userKey(shardOf('alice'), 'brief', 'alice');
    const [store, other] = [await open(), await open()];
    const beat = (at = store) => at.record(brief, at.laneOf('alice'), [now()]);
    const say = (visible: boolean) =>
      other.setVisibility(brief, { userId: 'alice', visible, receivedMs: systemClock.nowMs() });
    await beat();
    expect(await admin.pttl(key)).toBeLessThanOrEqual(67_500);
    await say(false);
    expect(await admin.pttl(key)).toBeGreaterThan(INVISIBLE_RETENTION_MS - 60_000);
    await admin.pexpire(key, 60_000);
    // By the node that remembers the record as it was before.
    await beat();
    expect(await admin.pttl(key)).toBeGreaterThan(INVISIBLE_RETENTION_MS - 60_000);
    await say(true);
    expect(await admin.pttl(key)).toBeLessThanOrEqual(67_500);
  });

  it('finds who is invisible after a restart, and gives it back to a server that has lost its data', async () => {
    const store = await open();
    const beat = (at: RedisStore) =>
      at.record(namespace, at.laneOf('unseen'), [{ ...now(), userId: 'unseen' }]);
    await beat(store);
    await store.setVisibility(namespace, {
      userId: 'unseen',
      visible: false,
      receivedMs: systemClock.nowMs(),
    });
    const restarted = await open();
    await beat(restarted);
    await admin.flushall();
    await beat(restarted);
    const [reading] = await (await open()).read(namespace, ['unseen']);
    expect(reading?.record?.sessions[0]?.left).toBe(true);
    expect(reading?.unseen?.sessions[0]?.left).toBe(false);
  });

  it('is unavailable while the server is a replica, and looks for the master again', async () => {
    const demoted = await startRedis();
    const other = new Redis(demoted.url);
    const store = await open(demoted.url);
    await other.replicaof('127.0.0.1', '1');
    await expect(store.record(namespace, 0, [now()])).rejects.toThrow(StoreUnavailableError);
    await vi.waitFor(() => expect(store.isReady()).toBe(false), { interval: 1 });
    await other.replicaof('NO', 'ONE');
    await vi.waitFor(() => store.record(namespace, 0, [now()]), 5_000);
    other.disconnect();
    await demoted.stop();
  });

  it('gives up a connection on which nothing is answered any more', async () => {
    const mortal = await startRedis();
    const store = await open(mortal.url);
    await mortal.kill('SIGSTOP');
    const outcome = store.record(namespace, 0, [now()]).catch((error: Error) => error);
    expect(await outcome).toBeInstanceOf(StoreUnavailableError);
    await vi.waitFor(() => expect(store.isReady()).toBe(false), 10_000);
    await mortal.kill('SIGCONT');
    await vi.waitFor(() => store.record(namespace, 0, [now()]), 10_000);
    await mortal.stop();
  });

  it('counts half of what was learned after the half-life, and nothing more when the clock was set back', async () => {
    const store = await open();
    const fleet = storeNamespace({}, { name: 'fleet', halfLifeMs: 60_000 });
    const key = fleetKey('fleet', 2);
    const learn = async (...values: number[]) =>
      Array.from(await store.learn(fleet, Float64Array.from(values)), (value) => Number(value.toFixed(1)));
    /** Makes the last call one of `ms` before it was, as learn.lua draws the document. */
    const age = async (ms: number) => {
      const bytes = (await admin.getBuffer(key)) as Buffer;
      bytes.writeDoubleLE(bytes.readDoubleLE(0) - ms * 1000);
      await admin.set(key, bytes);
    };
    await learn(8, 0);
    await age(60_000);
    expect(await learn(1, 1)).toEqual([5, 1]);
    await age(-3_600_000);
    expect(await learn(0, 0)).toEqual([5, 1]);
    await age(600_000_000);
    expect(await learn(2, 0)).toEqual([2, 0]);
    expect(await admin.pttl(key)).toBeGreaterThan(29 * 86_400_000);
    expect(await admin.strlen(key)).toBe(24);
  });

  it('cannot learn while the server cannot be reached, or cannot write', async () => {
    const demoted = await startRedis();
    const other = new Redis(demoted.url);
    const store = await open(demoted.url);
    await other.replicaof('127.0.0.1', '1');
    const counts = Float64Array.of(1);
    await expect(store.learn(namespace, counts)).rejects.toThrow(StoreUnavailableError);
    other.disconnect();
    await demoted.stop();
    await vi.waitFor(() => expect(store.isReady()).toBe(false));
    await expect(store.learn(namespace, counts)).rejects.toThrow(StoreUnavailableError);
  });

  it('records again, with the right time, when the clock it reckoned with was wrong', async () => {
    let jumpMs = 0;
    const clock = { ...systemClock, nowMs: () => systemClock.nowMs() + jumpMs };
    const store = new RedisStore({ url: server.url, clock, log: new MemoryLog(), cachedUsersMax: 10 });
    opened.push(store);
    await vi.waitFor(() => expect(store.isReady()).toBe(true));
    const beat = () =>
      store.record(namespace, store.laneOf('jumper'), [
        { ...now(), userId: 'jumper', receivedMs: clock.nowMs() },
      ]);
    await beat();
    for (const ms of [5_000, 0]) {
      jumpMs = ms;
      const conflicts = store.counts.conflicts;
      const { nowUs, arrivals } = await beat();
      const [seconds, us] = await admin.time();
      expect(Math.abs(nowUs - (Number(seconds) * 1e6 + Number(us)))).toBeLessThan(1e6);
      expect((arrivals[0]?.flags ?? 0) & ArrivalFlag.FIRST_SEEN).toBe(0);
      expect(store.counts.conflicts).toBe(conflicts + 1);
    }
  });

  it('notices that a server has lost its data: before anything is asked of it, or when it is asked again', async () => {
    const store = await open();
    expect(store.lostDataUs).toBe(Number.NEGATIVE_INFINITY);
    await admin.flushall();
    await admin.call('CLIENT', 'KILL', 'TYPE', 'NORMAL', 'SKIPME', 'YES');
    await vi.waitFor(() => expect(store.isReady()).toBe(false));
    await vi.waitFor(() => expect(store.isReady()).toBe(true), 5_000);
    const lostUs = store.lostDataUs;
    const { nowUs } = (await store.read(namespace, ['anybody']))[0] as { nowUs: number };
    expect(nowUs - lostUs).toBeGreaterThanOrEqual(0);
    expect(nowUs - lostUs).toBeLessThan(5_000_000);
    await admin.flushall();
    await store.read(namespace, ['anybody']);
    expect(store.lostDataUs).toBeGreaterThan(lostUs);
  });

  it('tells the other nodes when there is something to doubt', async () => {
    const [one, other] = [await open(), await open()];
    let doubts = 0;
    await new Promise<void>((resolve) => {
      const doubted = () => {
        doubts += 1;
      };
      other.follow({ changed: () => {}, doubted, lost: () => {}, resync: resolve });
    });
    await one.blind([]);
    await one.holds([]);
    await one.blind([{ fromUs: 1, toUs: 2 }]);
    await vi.waitFor(() => expect(doubts).toBe(1));
    const untilUs = 1_000 * Date.now() + 60_000_000;
    await one.holds([{ namespace: 'n', origin: 'o', cause: 'drain', fromUs: 1, untilUs, releaseUs: 0 }]);
    await vi.waitFor(() => expect(doubts).toBe(2));
  });

  it('says what a node carries when that has changed, when the server lost it, and that the node has left', async () => {
    await admin.flushall();
    const [one, other] = [await open(), await open()];
    const sign = (id: string, carries: string[]) => ({ id, completeUs: 1_000 * Date.now(), carries });
    await one.signs(sign('one', ['web:gw']));
    expect((await other.signs(sign('other', []))).others[0]?.carries).toEqual(['web:gw']);
    await admin.flushall();
    await one.signs(sign('one', ['web:gw']));
    // It has learned only now that it is not known any more.
    await one.signs(sign('one', ['web:gw']));
    expect((await other.signs(sign('other', []))).others[0]?.carries).toEqual(['web:gw']);
    await one.close();
    expect((await other.signs(sign('other', []))).others).toEqual([]);
  });

  it('says when a user was due as it knew it, although another node has changed the record since', async () => {
    const [one, other] = [await open(), await open()];
    const beat = async (store: RedisStore, sequence: number) => {
      const heartbeat = { ...now(), userId: 'mover', sequence };
      return (await store.record(namespace, store.laneOf('mover'), [heartbeat])).arrivals[0];
    };
    await beat(one, 1);
    const known = await beat(one, 2);
    expect((await beat(other, 3))?.flags).toSatisfy((flags: number) => (flags & ArrivalFlag.FOREIGN) !== 0);
    const back = await beat(one, 4);
    expect(back?.was).toEqual(known?.is);
    expect((back?.flags ?? 0) & ArrivalFlag.FOREIGN).toBe(0);
  });

  it('gives back what it remembers to a server that has lost its data, and tells trackers', async () => {
    const store = await open();
    const heard: string[] = [];
    const beat = async (agoMs: number) => {
      const receivedMs = systemClock.nowMs() - agoMs;
      const heartbeat = { ...now(), userId: 'survivor', receivedMs };
      return (await store.record(namespace, store.laneOf('survivor'), [heartbeat])).arrivals[0]?.flags ?? 0;
    };
    for (const agoMs of [5_000, 4_000, 3_000, 2_000]) await beat(agoMs);
    await new Promise<void>((resolve) => {
      store.follow({
        changed: (_, userId) => heard.push(userId),
        doubted: () => {},
        lost: () => {},
        resync: resolve,
      });
    });
    await admin.flushall();
    expect((await beat(1_000)) & ArrivalFlag.FIRST_SEEN).toBe(0);
    const [reading] = await store.read(namespace, ['survivor']);
    expect(reading?.record?.sessions[0]?.window.count).toBe(4);
    await vi.waitFor(() => expect(heard).toContain('survivor'));
  });

  it('begins anew with a server that has lost its data where nothing is remembered', async () => {
    const store = await open(server.url, new MemoryLog(), 0);
    const beat = () => store.record(namespace, store.laneOf('newcomer'), [{ ...now(), userId: 'newcomer' }]);
    await beat();
    await admin.flushall();
    expect((await beat()).arrivals[0]?.flags).toBe(ArrivalFlag.FIRST_SEEN);
  });

  it('begins a session anew whose record lies in the future, because the clock was set back', async () => {
    const store = await open();
    const ahead = { ...now(), userId: 'ahead' };
    const lane = store.laneOf('ahead');
    await store.record(namespace, lane, [ahead]);
    const key = userKey(shardOf('ahead'), 'default', 'ahead');
    const record = decodeUser((await admin.getBuffer(key)) as Buffer);
    for (const session of record.sessions) {
      session.lastUs += 3_600e6;
      session.baseUs += 3_600e6;
    }
    await admin.set(key, encodeUser(record, 1));
    const { nowUs, arrivals } = await store.record(namespace, lane, [ahead]);
    expect(arrivals[0]?.flags).toBe(ArrivalFlag.FIRST_SEEN);
    const [reading] = await store.read(namespace, ['ahead']);
    expect(reading?.record?.sessions[0]?.lastUs).toBeLessThanOrEqual(nowUs);
  });

  it('hides the password wherever the URL is shown', async () => {
    expect(redactUrl('redis://user:secret@10.0.0.1:6379/2')).toBe('redis://user:***@10.0.0.1:6379/2');
    const store = new RedisStore({
      url: 'redis://:secret@127.0.0.1:1',
      clock: systemClock,
      log: new MemoryLog(),
      cachedUsersMax: 0,
    });
    opened.push(store);
    const error = await store.read(namespace, ['alice']).then(String, String);
    expect(error).toContain('redis://:***@127.0.0.1:1');
    expect(error).not.toContain('secret');
  });
});
