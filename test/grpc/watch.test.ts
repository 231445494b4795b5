import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import type { TrackResponse__Output } from '../../src/gen/phid/v1/TrackResponse.js';
import { type Node, startNode, timestampMs } from '../support/node.js';
import { type RedisServer, startRedis } from '../support/redis-server.js';
import { namespaceSettings, trackerSettings } from '../support/settings.js';

let redis: RedisServer;
beforeAll(async () => {
  redis = await startRedis();
});
afterAll(() => redis.stop());

/** Heartbeats every 100 ms, deviation 20 ms: φ crosses 1 at 126 ms, 8 at 212 ms. */
const brisk = namespaceSettings({ expectedIntervalMs: 100, minStdDevMs: 20 });

describe.each(['embedded', 'redis'] as const)('Watch and Track on the %s store', (store) => {
  let node: Node;
  beforeEach(async () => {
    const url = store === 'redis' ? redis.url : undefined;
    node = await startNode({ redis: url, namespaces: { default: brisk } });
  });
  afterEach(() => node.stop());
  let users = 0;
  const nextUser = () => `${store}-${users++}`;
  const heartbeat = (userId: string) => node.call('Heartbeat', { heartbeat: { userId, sessionId: 'phone' } });

  it('shows each stream the crossings of its own thresholds, in order, never early', async () => {
    const userId = nextUser();
    await node.seed({ userId, intervalMs: 100, n: 20, agoMs: 0 });
    const low = node.watch({ userIds: [userId], thresholds: { suspect: 1, offline: 3 } });
    const high = node.watch({ userIds: [userId], thresholds: { suspect: 2, offline: 8 } });
    await Promise.all([low.synced(), high.synced()]);
    await low.until(['ONLINE>SUSPECT SUSPICION 1', 'SUSPECT>OFFLINE SUSPICION 3'], userId);
    await high.until(['ONLINE>SUSPECT SUSPICION 2', 'SUSPECT>OFFLINE SUSPICION 8'], userId);
    for (const { threshold, suspicion, at, cause } of [...low.changes, ...high.changes]) {
      if (cause !== 'SUSPICION') continue;
      // φ was judged at the store's clock, at or after the crossing that is stated.
      expect(suspicion?.phi).toBeGreaterThanOrEqual(threshold as number);
      const judgedMs = timestampMs(suspicion?.lastSeen ?? null) + (suspicion?.elapsedMs ?? 0);
      expect(timestampMs(at)).toBeLessThanOrEqual(judgedMs + 0.001);
    }
    expect(high.changes.at(-1)?.suspicion).toMatchObject({ suspectPhi: 2, offlinePhi: 8 });
    const versions = low.changes.map((change) => Number(change.version));
    expect(versions).toEqual([...versions].sort((a, b) => a - b));
    expect(new Set(versions).size).toBe(versions.length);

    await heartbeat(userId);
    await vi.waitFor(() => expect(low.lines(userId)[2]).toBe('OFFLINE>ONLINE HEARTBEAT 1'));
    await vi.waitFor(() => expect(high.lines(userId)[2]).toBe('OFFLINE>ONLINE HEARTBEAT 2'));
    await Promise.all([low.cancel(), high.cancel()]);
  });

  it('sends a snapshot of every user, then synced, then changes', async () => {
    const known = nextUser();
    const unknown = nextUser();
    await node.seed({ userId: known, intervalMs: 100, n: 20, agoMs: 10_000 });
    const events = node.watch({ userIds: [known, unknown, known] });
    await events.synced();
    expect(events.all.map((event) => event.event)).toEqual(['change', 'change', 'synced']);
    expect(events.changes.map((c) => [c.userId, c.status, c.cause])).toEqual([
      [known, 'OFFLINE', 'SNAPSHOT'],
      [unknown, 'UNKNOWN', 'SNAPSHOT'],
    ]);
    await heartbeat(unknown);
    await vi.waitFor(() => expect(events.lines(unknown)[0]).toBe('UNKNOWN>ONLINE FIRST_SEEN -'));
    await events.cancel();
  });

  it('follows whoever is added to a Track, and no longer who is removed', async () => {
    const [a, b] = [nextUser(), nextUser()];
    const stream = node.client.Track();
    const events: TrackResponse__Output[] = [];
    stream.on('data', (event: TrackResponse__Output) => events.push(event));
    stream.on('error', () => {});
    const changesOf = (userId: string) =>
      events.flatMap((e) => (e.change?.userId === userId ? [e.change] : []));
    const synced = () => events.filter((e) => e.synced).length;
    stream.write({ thresholds: { suspect: 1, offline: 3 }, add: [a] });
    await vi.waitFor(() => expect(synced()).toBe(1));
    stream.write({ add: [b], remove: [a] });
    await vi.waitFor(() => expect(synced()).toBe(2));
    await heartbeat(a);
    await heartbeat(b);
    await vi.waitFor(
      () => expect(changesOf(b).map((c) => c.status)).toEqual(['UNKNOWN', 'ONLINE', 'SUSPECT', 'OFFLINE']),
      3_000,
    );
    expect(changesOf(a).map((c) => c.cause)).toEqual(['SNAPSHOT']);
    expect(node.service.presence.tracker.calledUsers).toBe(1);
    stream.cancel();
    await vi.waitFor(() => expect(node.service.presence.tracker.calledUsers).toBe(0));
  });

  it('does not call a client that declared a longer interval suspect by that', async () => {
    const userId = nextUser();
    await node.seed({ userId, intervalMs: 100, n: 20, agoMs: 0 });
    await node.call('Heartbeat', { heartbeat: { userId, sessionId: 'phone', nextIntervalMs: 500 } });
    const events = node.watch({ userIds: [userId], thresholds: { suspect: 1, offline: 3 } });
    await events.until(['ONLINE>SUSPECT SUSPICION 1', 'SUSPECT>OFFLINE SUSPICION 3'], userId);
    const crossing = events.changes.find((change) => change.cause === 'SUSPICION');
    expect(crossing?.suspicion?.elapsedMs).toBeGreaterThan(500);
    await events.cancel();
  });

  it('gives a reader that was too slow the latest status of each user, and says how many changes were merged', async () => {
    const userIds = Array.from({ length: 200 }, () => nextUser());
    const events = node.watch({ userIds });
    await events.synced();
    events.pause();
    // Every round is a change for every user, until the transport is full and changes are merged.
    for (let round = 0; node.service.presence.tracker.counts.coalesced < 200; round++) {
      expect(round).toBeLessThan(500);
      await Promise.all(userIds.map((userId) => heartbeat(userId)));
      await Promise.all(userIds.map((userId) => node.call('Leave', { userId })));
    }
    events.resume();
    // On a busy machine a round takes so long that the silence of many is noticed as well.
    const kinds = () => events.all.flatMap(({ notice }) => (notice ? [notice.kind] : []));
    await vi.waitFor(() => expect(kinds()).toContain('LAGGED'), 5_000);
    await vi.waitFor(() => {
      for (const userId of userIds) {
        const changes = events.changes.filter((change) => change.userId === userId);
        expect(changes.at(-1)?.status).toBe('OFFLINE');
        // No gap in what the reader was told: each change starts where the last one ended.
        changes.forEach((change, i) => {
          if (i > 0) expect(change.previous).toBe(changes[i - 1]?.status);
        });
      }
    }, 5_000);
    const merged = events.all.reduce((sum, { notice }) => sum + Number(notice?.coalesced ?? 0), 0);
    expect(merged).toBe(node.service.presence.tracker.counts.coalesced);
    await events.cancel();
  }, 60_000);
});

describe('limits of watching', () => {
  it.each([
    [
      'users of one stream',
      { subscriptionUsersMax: 2 },
      'users watched by one stream: the limit of 2 is reached',
    ],
    ['users of the node', { trackedUsersMax: 2 }, 'users watched on this node: the limit of 2 is reached'],
    ['streams of the node', { subscriptionsMax: 0 }, 'watch streams on this node: the limit of 0 is reached'],
  ])('refuses %s beyond the limit and counts it', async (_, limit, message) => {
    const node = await startNode({ tracker: { ...trackerSettings, ...limit } });
    const events = node.watch({ userIds: ['a', 'b', 'c'] });
    await vi.waitFor(() => expect(events.error?.message).toBe(`8 RESOURCE_EXHAUSTED: ${message}`));
    expect(node.service.presence.tracker.calledUsers).toBe(0);
    expect(await (await fetch(node.httpUrl('/metrics'))).text()).toMatch(/^phid_watch_refused_total 1$/m);
    await node.stop();
  });
});
