import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Clock } from '../../src/clock.js';
import { ArrivalFlag } from '../../src/detector/arrival.js';
import { SESSIONS_MAX, suspicionOf, type UserRecord } from '../../src/detector/user.js';
import {
  BLIND_INTERVALS_MAX,
  HOLDS_MAX,
  type Hold,
  type ReceivedHeartbeat,
  type Store,
  type StoreListener,
  type StoreNamespace,
} from '../../src/store/store.js';
import { received } from '../support/heartbeat.js';
import { storeNamespace } from '../support/settings.js';

/**
 * What every store must do. `create` gives an empty one. Time passes by ages: a heartbeat may say that it was received
 * a while ago, so that minutes of history need no waiting.
 */
export function storeContract(name: string, create: () => Promise<{ store: Store; clock: Clock }>): void {
  describe(`store contract: ${name}`, () => {
    let store: Store;
    let clock: Clock;
    const namespace = storeNamespace();

    beforeEach(async () => {
      ({ store, clock } = await create());
    });
    afterEach(() => store.close());

    /** Records heartbeats of one user, each as old as said. */
    async function record(
      heartbeats: (Partial<ReceivedHeartbeat> & { agoMs: number })[],
      into: StoreNamespace = namespace,
    ) {
      const nowMs = clock.nowMs();
      const list = heartbeats.map(({ agoMs, ...rest }) => received({ ...rest, receivedMs: nowMs - agoMs }));
      return store.record(into, store.laneOf((list[0] as ReceivedHeartbeat).userId), list);
    }
    async function read(userId = 'alice', from: StoreNamespace = namespace) {
      const [reading] = await store.read(from, [userId]);
      if (!reading) throw new Error('no reading');
      return reading;
    }
    async function session(sessionId = 'phone') {
      const { record: user } = await read();
      const found = (user as UserRecord).sessions.find((s) => s.sessionId === sessionId);
      if (!found) throw new Error(`no session ${sessionId}`);
      return found;
    }
    const every = (intervalMs: number, n: number, rest: Partial<ReceivedHeartbeat> = {}) =>
      Array.from({ length: n }, (_, i) => ({ ...rest, agoMs: (n - 1 - i) * intervalMs }));

    describe('blind intervals', () => {
      it('are those of all calls, each once', async () => {
        const a = { fromUs: 1_700_000_000_000_001, toUs: 1_700_000_000_500_001 };
        const b = { fromUs: 1_700_000_000_200_000, toUs: 1_700_000_009_000_000 };
        expect(await store.blind([])).toEqual([]);
        await store.blind([a]);
        await store.blind([a, b]);
        expect(new Set(await store.blind([]))).toEqual(new Set([a, b]));
      });

      it('are the last ones when there are too many', async () => {
        const many = Array.from({ length: BLIND_INTERVALS_MAX + 5 }, (_, i) => ({ fromUs: i, toUs: i + 10 }));
        await store.blind(many.slice(0, 3));
        await store.blind(many.slice(3));
        const kept = await store.blind([]);
        expect(kept).toHaveLength(BLIND_INTERVALS_MAX);
        expect(Math.min(...kept.map(({ fromUs }) => fromUs))).toBe(5);
      });
    });

    describe('holds', () => {
      const hold = (origin: string, endsInMs: number, rest: Partial<Hold> = {}): Hold => {
        const nowUs = clock.epochUs();
        const untilUs = nowUs + endsInMs * 1000 - 5;
        return { namespace: 'web', origin, cause: 'drain', fromUs: nowUs, untilUs, releaseUs: 5, ...rest };
      };

      it('are those of all calls, the last one of each namespace, origin and cause', async () => {
        const first = hold('gw:1', 10_000);
        const others = [hold('', 10_000), hold('gw:1', 5_000, { cause: 'silence' })];
        const last = hold('gw:1', 3_000);
        expect(await store.holds([])).toEqual([]);
        await store.holds([first, ...others]);
        expect(new Set(await store.holds([last]))).toEqual(new Set([last, ...others]));
      });

      it('are kept until a minute after their end', async () => {
        const [ended, over] = [hold('ended', -50_000), hold('over', -70_000)];
        expect(await store.holds([ended, over])).toEqual([ended]);
        expect(await store.holds([])).toEqual([ended]);
      });

      it('are those that end last when there are too many', async () => {
        const many = Array.from({ length: HOLDS_MAX + 3 }, (_, i) => hold(`gw-${i}`, 10_000 + i));
        // A call has room for some thousands of arguments.
        for (let i = 0; i < many.length; i += 1_000) await store.holds(many.slice(i, i + 1_000));
        const kept = new Set((await store.holds([])).map(({ origin }) => origin));
        expect(kept.size).toBe(HOLDS_MAX);
        expect(['gw-0', 'gw-2', 'gw-3'].map((origin) => kept.has(origin))).toEqual([false, false, true]);
      });
    });

    describe('signs of life of nodes', () => {
      const sign = (id: string, agoMs: number, carries: string[]) => ({
        id,
        completeUs: clock.epochUs() - agoMs * 1000,
        carries,
      });

      it('are those of the others, with what they said last', async () => {
        const [a, b] = [sign('a', 0, ['web:gw-1']), sign('b', 50, ['web:gw-1', 'web:'])];
        expect((await store.signs(a)).others).toEqual([]);
        expect((await store.signs(b)).others).toEqual([a]);
        expect((await store.signs(a)).others).toEqual([b]);
        const later = sign('b', 0, ['web:gw:2']);
        await store.signs(later);
        expect((await store.signs(a)).others).toEqual([later]);
        expect((await store.signs(a)).others).toEqual([later]);
      });

      it('say when any node gave the one before', async () => {
        expect((await store.signs(sign('a', 0, []))).previousUs).toBeUndefined();
        const beforeUs = clock.epochUs();
        await store.signs(sign('a', 0, []));
        const { previousUs } = await store.signs(sign('b', 0, []));
        expect(Math.abs((previousUs ?? 0) - beforeUs)).toBeLessThan(1_000_000);
      });

      it('are forgotten after ten minutes', async () => {
        await store.signs(sign('old', 601_000, []));
        await store.signs(sign('silent', 590_000, []));
        const { others } = await store.signs(sign('a', 0, []));
        expect(others.map(({ id }) => id)).toEqual(['silent']);
      });
    });

    it('knows both clocks once it was asked anything', async () => {
      const { nowUs } = await read();
      const clocks = store.clocks();
      expect(Math.abs((clocks?.nowUs ?? 0) - nowUs)).toBeLessThan(1_000_000);
      expect(clocks?.nowMs).toBeCloseTo(clock.nowMs(), -3);
    });

    it('knows nothing of a user it never saw', async () => {
      expect((await read()).record).toBeUndefined();
    });

    it('keeps the last W samples of a session, oldest first', async () => {
      const gaps = Array.from({ length: 30 }, (_, i) => 900 + 10 * i);
      const agesMs = gaps.map((_, i) => gaps.slice(i).reduce((a, b) => a + b, 0));
      await record([...agesMs, 0].map((agoMs) => ({ agoMs })));
      const { window } = await session();
      expect(window.count).toBe(20);
      expect(window.samplesMs()).toEqual(gaps.slice(-20));
      expect(window.meanMs).toBe(gaps.slice(-20).reduce((a, b) => a + b) / 20);
    });

    it('records at the time of arrival, not of recording', async () => {
      const { nowUs } = await record([{ agoMs: 5_000 }]);
      const { lastUs } = await session();
      expect(lastUs).toBeLessThanOrEqual(nowUs - 5_000_000);
      expect(lastUs).toBeGreaterThan(nowUs - 6_000_000);
    });

    it('answers each heartbeat: first seen, then its silence and how unusual it was', async () => {
      const { arrivals } = await record([
        ...every(1_000, 7, {}).map((h) => ({ agoMs: h.agoMs + 4_000 })),
        { agoMs: 0 },
      ]);
      expect(arrivals[0]?.flags).toBe(ArrivalFlag.FIRST_SEEN);
      expect(arrivals[1]).toMatchObject({ flags: ArrivalFlag.LATE, silenceMs: 1_000, z: 0 });
      expect(arrivals.at(-1)?.silenceMs).toBe(4_000);
      expect((arrivals.at(-1)?.flags ?? 0) & ArrivalFlag.LATE).toBe(ArrivalFlag.LATE);
    });

    it('takes duplicates and reordered heartbeats for life and not for samples', async () => {
      const { arrivals } = await record([
        { agoMs: 3_000, sequence: 1 },
        { agoMs: 2_000, sequence: 2 },
        { agoMs: 1_500, sequence: 2 },
        { agoMs: 1_400, sequence: 1 },
        { agoMs: 1_000, sequence: 3 },
      ]);
      expect(arrivals[2]?.flags).toBe(ArrivalFlag.DUPLICATE | ArrivalFlag.LATE);
      // 1 begins anew: no sample either, but the count restarts.
      expect((await session()).sequence).toBe(3);
      expect((await session()).window.samplesMs()).toEqual([1_000, 400]);
    });

    it('counts the heartbeats lost before one', async () => {
      const { arrivals } = await record([
        { agoMs: 5_000, sequence: 7 },
        { agoMs: 1_000, sequence: 11 },
      ]);
      expect(arrivals[1]?.lost).toBe(3);
    });

    it('ignores what is older than what it knows', async () => {
      await record([{ agoMs: 1_000 }]);
      const before = await session();
      const { arrivals } = await record([{ agoMs: 2_000 }]);
      expect(arrivals[0]?.flags).toBe(ArrivalFlag.STALE);
      expect(await session()).toEqual(before);
    });

    it('measures a declaring client by what it was late', async () => {
      await record([
        { agoMs: 130_100, declaredMs: 60_000 },
        { agoMs: 70_000, declaredMs: 60_000 },
        { agoMs: 9_800, declaredMs: 10_000 },
        { agoMs: 0, declaredMs: 10_000 },
      ]);
      expect((await session()).window.samplesMs()).toEqual([100, 200, -200]);
      expect((await session()).declaredMs).toBe(10_000);
    });

    it('keeps sessions apart and merges them in the answer', async () => {
      const { nowUs } = await record([
        { agoMs: 9_000, sessionId: 'laptop', origin: 'eu-1', activity: 2 },
        { agoMs: 1_000, origin: 'us-1', activity: 1, sequence: 5 },
      ]);
      const { record: user } = await read();
      expect(user?.sessions.map((s) => s.sessionId)).toEqual(['laptop', 'phone']);
      expect(user?.sessions[0]).toMatchObject({ origin: 'eu-1', activity: 2, sequence: 0 });
      expect(user?.sessions[1]).toMatchObject({ origin: 'us-1', activity: 1, sequence: 5 });
      expect(suspicionOf(user, nowUs, namespace.detector)?.liveliest.session.sessionId).toBe('phone');
    });

    it(`keeps at most ${SESSIONS_MAX} sessions, the most suspicious goes`, async () => {
      const sessions = Array.from({ length: SESSIONS_MAX + 1 }, (_, i) => `s${i}`);
      await record(sessions.map((sessionId, i) => ({ sessionId, agoMs: i === 3 ? 20_000 : 10_000 })));
      const { record: user } = await read();
      expect(user?.sessions.map((s) => s.sessionId)).toEqual(sessions.filter((s) => s !== 's3'));
    });

    it('ends one session, then all', async () => {
      await record([{ agoMs: 10, sessionId: 'laptop' }, { agoMs: 5 }]);
      await store.leave(namespace, { userId: 'alice', sessionId: 'laptop', receivedMs: clock.nowMs() });
      expect((await session('laptop')).left).toBe(true);
      expect((await session('phone')).left).toBe(false);
      await store.leave(namespace, { userId: 'alice', sessionId: '', receivedMs: clock.nowMs() });
      expect((await session('phone')).left).toBe(true);
    });

    it('takes a leave of somebody unknown for done', async () => {
      await store.leave(namespace, { userId: 'nobody', sessionId: '', receivedMs: clock.nowMs() });
      await record([{ agoMs: 10 }]);
      await store.leave(namespace, {
        userId: 'alice',
        sessionId: 'no such session',
        receivedMs: clock.nowMs(),
      });
      expect((await session()).left).toBe(false);
    });

    it('brings a session back after a leave, and counts no gap for it', async () => {
      await record(every(1_000, 4));
      await store.leave(namespace, { userId: 'alice', sessionId: '', receivedMs: clock.nowMs() });
      const samples = (await session()).window.samplesMs();
      const { arrivals } = await record([{ agoMs: 0 }]);
      expect(arrivals[0]?.flags).toBe(ArrivalFlag.FIRST_SEEN);
      expect(await session()).toMatchObject({ left: false });
      expect((await session()).window.samplesMs()).toEqual(samples);
    });

    it('does not let a heartbeat that arrived before a leave undo it', async () => {
      await record([{ agoMs: 2_000 }]);
      await store.leave(namespace, { userId: 'alice', sessionId: '', receivedMs: clock.nowMs() });
      const { arrivals } = await record([{ agoMs: 1_000 }]);
      expect(arrivals[0]?.flags).toBe(ArrivalFlag.STALE);
      expect((await session()).left).toBe(true);
    });

    it('ends a session when the leave was received, and not one that was heard later', async () => {
      const nowMs = clock.nowMs();
      await record([{ agoMs: 9_000 }, { agoMs: 1_000, sessionId: 'laptop' }]);
      await store.leave(namespace, { userId: 'alice', sessionId: '', receivedMs: nowMs - 5_000 });
      expect((await session('laptop')).left).toBe(false);
      const { left, baseUs, lastUs } = await session('phone');
      expect([left, Math.round((baseUs - lastUs) / 1e5)]).toEqual([true, 40]);
      const { arrivals } = await record([{ agoMs: 4_000 }]);
      expect(arrivals[0]?.flags).toBe(ArrivalFlag.FIRST_SEEN);
    });

    describe('of a user who is invisible', () => {
      const say = (visible: boolean, { agoMs = 0, userId = 'alice', of = namespace } = {}) =>
        store.setVisibility(of, { userId, visible, receivedMs: clock.nowMs() - agoMs });
      const facts = (user: UserRecord | undefined) =>
        user?.sessions.map(({ window, ...rest }) => ({ ...rest, samples: window.samplesMs() }));

      it('shows what a leave would have left, and goes on behind it', async () => {
        await record(every(1_000, 6).map(({ agoMs }) => ({ agoMs: agoMs + 500 })));
        await say(false);
        const { record: shown } = await read();
        expect(shown?.sessions).toMatchObject([{ sessionId: 'phone', left: true }]);
        expect(shown?.sessions[0]?.window.samplesMs()).toEqual([1_000, 1_000, 1_000, 1_000, 1_000]);
        const { arrivals } = await record([{ agoMs: 0 }, { agoMs: 0, sessionId: 'laptop' }]);
        expect(arrivals.map(({ flags }) => flags & ArrivalFlag.INVISIBLE)).not.toContain(0);
        const after = await read();
        expect(facts(after.record)).toEqual(facts(shown));
        expect(after.unseen?.sessions.map(({ left, sessionId }) => [sessionId, left])).toEqual([
          ['phone', false],
          ['laptop', false],
        ]);
        await say(true);
        const visible = await read();
        expect([facts(visible.record), visible.unseen]).toEqual([facts(after.unseen), undefined]);
      });

      it('shows nothing where nothing was known', async () => {
        await say(false);
        await record(every(1_000, 3));
        expect(await read()).toMatchObject({
          record: undefined,
          unseen: { sessions: [{ sessionId: 'phone' }] },
        });
        await say(true);
        expect((await session()).left).toBe(false);
      });

      it('keeps what a leave ends, and tells nobody of it', async () => {
        await record([{ agoMs: 3_000 }, { agoMs: 2_000, sessionId: 'laptop' }]);
        await say(false);
        const { record: shown } = await read();
        const departure = await store.leave(namespace, {
          userId: 'alice',
          sessionId: 'laptop',
          receivedMs: clock.nowMs(),
        });
        expect(departure).toBeDefined();
        const { record: after, unseen } = await read();
        expect(facts(after)).toEqual(facts(shown));
        expect(unseen?.sessions.map(({ left }) => left)).toEqual([false, true]);
      });

      it('goes by the last word, whichever comes last', async () => {
        await record([{ agoMs: 20_000 }]);
        await say(true, { agoMs: 5_000 });
        await say(false, { agoMs: 10_000 });
        expect((await read()).unseen).toBeUndefined();
        await say(false);
        await say(true, { agoMs: 4_000 });
        expect((await read()).unseen).toBeDefined();
      });

      it('remembers it when the sessions are forgotten', async () => {
        const of = storeNamespace({}, { name: 'brief', retentionMs: 20 });
        await record([{ agoMs: 0 }], of);
        await say(false, { of });
        await vi.waitFor(async () =>
          expect(await read('alice', of)).toMatchObject({ record: undefined, unseen: { sessions: [] } }),
        );
        await record([{ agoMs: 0 }], of);
        const { record: shown, unseen } = await read('alice', of);
        expect([shown, unseen?.sessions.length]).toEqual([undefined, 1]);
      });

      it('tells followers when it begins and when it ends, and of nothing between', async () => {
        const heard: string[] = [];
        const unfollow = store.follow({
          changed: (_, userId) => heard.push(userId),
          doubted: () => {},
          lost: () => {},
          resync: () => {},
        });
        await vi.waitFor(async () => {
          await record([{ userId: 'probe', sessionId: String(Math.random()), agoMs: 0 }]);
          expect(heard).toContain('probe');
        });
        await record([{ agoMs: 60_000 }]);
        await vi.waitFor(() => expect(heard).toContain('alice'));
        heard.length = 0;
        // Users of several shards are told in any order, and the last probe perhaps only now.
        const told = () => heard.filter((userId) => userId !== 'probe').sort();
        await say(false);
        // First ones, late ones, and a leave.
        await record([{ agoMs: 30_000 }, { agoMs: 0 }, { agoMs: 0, sessionId: 'laptop' }]);
        await store.leave(namespace, { userId: 'alice', sessionId: '', receivedMs: clock.nowMs() });
        await record([{ userId: 'bob', agoMs: 0 }]);
        await vi.waitFor(() => expect(told()).toEqual(['alice', 'bob']));
        await say(true);
        await vi.waitFor(() => expect(told()).toEqual(['alice', 'alice', 'bob']));
        unfollow();
      });
    });

    it('keeps namespaces apart', async () => {
      const other = storeNamespace({}, { name: 'other' });
      await record([{ agoMs: 0 }], other);
      expect((await read('alice', other)).record).toBeDefined();
      expect((await read('alice')).record).toBeUndefined();
    });

    it('forgets a user after the retention', async () => {
      const brief = storeNamespace({}, { name: 'brief', retentionMs: 20 });
      await record([{ agoMs: 0 }], brief);
      await vi.waitFor(async () => expect((await read('alice', brief)).record).toBeUndefined());
    });

    it('that takes no more users refuses who is not known, keeps nothing of them, and goes on with who is', async () => {
      const full: StoreNamespace = { ...namespace, isFull: true };
      await record([{ agoMs: 1_000 }]);
      const batch = ['alice', 'bob', 'bob', 'alice'].map((userId) =>
        received({ userId, receivedMs: clock.nowMs() }),
      );
      // In one call with those who are known, where they are of one lane.
      const lanes = new Map(batch.map(({ userId }) => [store.laneOf(userId), [] as ReceivedHeartbeat[]]));
      for (const heartbeat of batch) lanes.get(store.laneOf(heartbeat.userId))?.push(heartbeat);
      const flags = new Map<string, number[]>([
        ['alice', []],
        ['bob', []],
      ]);
      for (const [lane, heartbeats] of lanes) {
        const { arrivals } = await store.record(full, lane, heartbeats);
        arrivals.forEach((arrival, i) => {
          flags.get((heartbeats[i] as ReceivedHeartbeat).userId)?.push(arrival.flags & ArrivalFlag.REFUSED);
        });
      }
      expect(flags.get('bob')).toEqual([ArrivalFlag.REFUSED, ArrivalFlag.REFUSED]);
      expect(flags.get('alice')).toEqual([0, 0]);
      expect((await read('bob')).record).toBeUndefined();
      await record([{ agoMs: 0, sessionId: 'laptop' }], full);
      expect((await read()).record?.sessions).toHaveLength(2);
      await record([{ userId: 'bob', agoMs: 0 }]);
      expect((await read('bob')).record).toBeDefined();
    });

    it('refuses who was forgotten as it does who was never known', async () => {
      const brief = { ...storeNamespace({}, { name: 'brief', retentionMs: 20 }), isFull: false };
      await record([{ agoMs: 0 }], brief);
      await vi.waitFor(async () => expect((await read('alice', brief)).record).toBeUndefined());
      const { arrivals } = await record([{ agoMs: 0 }], { ...brief, isFull: true });
      expect(arrivals.map(({ flags }) => flags)).toEqual([ArrivalFlag.REFUSED]);
    });

    it('reads many users in the order asked for, twice where asked twice', async () => {
      const userIds = Array.from({ length: 300 }, (_, i) => `user-${i}`);
      for (const userId of userIds)
        if (!userId.endsWith('7')) await record([{ userId, agoMs: 0, sessionId: userId }]);
      const readings = await store.read(namespace, [...userIds, 'user-0']);
      expect(readings).toHaveLength(301);
      expect(readings.map((r) => r.record?.sessions[0]?.sessionId)).toEqual(
        [...userIds, 'user-0'].map((userId) => (userId.endsWith('7') ? undefined : userId)),
      );
    });

    it('takes ids of any UTF-8, with colons and braces, of the longest length', async () => {
      const userId = `{p00}:u:ü:${'漢'.repeat(70)}`;
      const sessionId = 'é'.repeat(128);
      const origin = 'o'.repeat(64);
      await record([{ userId, sessionId, origin, agoMs: 0 }]);
      expect((await read(userId)).record?.sessions[0]).toMatchObject({ sessionId, origin });
    });

    describe('what nodes learn of a fleet', () => {
      const counts = (...values: number[]) => Float64Array.from(values);
      /** The half-life is a day: what a test takes costs nothing that shows. */
      const learned = async (values: number[], of: StoreNamespace = namespace) =>
        Array.from(await store.learn(of, counts(...values)), (value) => Number(value.toFixed(3)));

      it('adds up over calls and callers', async () => {
        expect(await learned([1, 0, 2.5])).toEqual([1, 0, 2.5]);
        expect(await learned([0, 0, 0])).toEqual([1, 0, 2.5]);
        expect(await learned([10, 1e9, 0.125])).toEqual([11, 1e9, 2.625]);
        const both = await Promise.all([learned([1, 0, 0]), learned([1, 0, 0])]);
        expect(both.map(([first]) => first).sort()).toEqual([12, 13]);
      });

      it('is kept apart by namespace', async () => {
        await learned([1]);
        expect(await learned([5], storeNamespace({}, { name: 'other' }))).toEqual([5]);
        expect(await learned([0])).toEqual([1]);
      });

      it('is dropped where it has another length, as another version has written it', async () => {
        await learned([1, 2, 3]);
        expect(await learned([4, 5])).toEqual([4, 5]);
        expect(await learned([1, 1])).toEqual([5, 6]);
      });

      it('is given away: the caller may change it, and what it was called with', async () => {
        const sent = counts(1);
        const sums = await store.learn(namespace, sent);
        sums[0] = 100;
        sent[0] = 100;
        expect(await learned([0])).toEqual([1]);
      });
    });

    it('tells followers who was first seen, late or left, and nobody else', async () => {
      const heard: string[] = [];
      let started: () => void = () => {};
      const following = new Promise<void>((resolve) => {
        started = resolve;
      });
      const listener: StoreListener = {
        changed: (ns, userId, onlyLate) => void heard.push(`${ns}/${userId}${onlyLate ? ' late' : ''}`),
        doubted: () => {},
        lost: () => {},
        resync: () => started(),
      };
      const unfollow = store.follow(listener);
      if (store.name === 'redis') await following;
      await record(every(10_000, 10).map((h) => ({ agoMs: h.agoMs + 5_000 })));
      await record(every(1_000, 10).map((h) => ({ userId: 'late', agoMs: h.agoMs + 20_000 })));
      // While a session is learned its crossings move earlier: that is told too.
      await vi.waitFor(() => expect(heard[0]).toBe('default/alice'));
      await record([{ userId: 'b', agoMs: 0 }]);
      await vi.waitFor(() => expect(heard).toContain('default/b'));
      heard.length = 0;
      await record([{ agoMs: 0 }]);
      await record([{ userId: 'a:b', agoMs: 0 }]);
      await vi.waitFor(() => expect(heard).toEqual(['default/a:b']));
      // On time, and recorded when its absence had long been seen.
      await record([{ userId: 'late', agoMs: 19_000 }]);
      await vi.waitFor(() => expect(heard).toEqual(['default/a:b', 'default/late late']));
      await record([{ userId: 'late', agoMs: 0 }]);
      await vi.waitFor(() => expect(heard.slice(2)).toEqual(['default/late late']));
      await store.leave(namespace, { userId: 'a:b', sessionId: '', receivedMs: clock.nowMs() });
      await vi.waitFor(() => expect(heard.slice(3)).toEqual(['default/a:b']));
      unfollow();
    });
  });
}
