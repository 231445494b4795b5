import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { SampleWindow } from '../../src/detector/window.js';
import { type Node, startNode } from '../support/node.js';
import { type RedisServer, startRedis } from '../support/redis-server.js';
import { namespaceSettings } from '../support/settings.js';
import { TuningClient } from '../support/tuning-client.js';

const stops: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const stop of stops.splice(0).reverse()) await stop();
});

interface Operated {
  readonly node: Node;
  readonly tuning: TuningClient;
}

async function operated(overrides: Parameters<typeof startNode>[0] = {}): Promise<Operated> {
  const node = await startNode(overrides);
  stops.push(() => node.stop());
  const tuning = new TuningClient(node);
  stops.push(() => tuning.close());
  return { node, tuning };
}

const ALL_NODES_MS = 2_000;
const configured = { suspect: { phi: 3 }, offline: { phi: 5 } };

/** A user of one node who beats twenty times every hundred seconds, and once more, now, when φ is this. */
async function beatsOnceAtPhi(phi: number, { node }: Operated, userId: string): Promise<void> {
  const { presence } = node.service;
  const namespace = presence.namespaces.get('');
  const window = new SampleWindow();
  for (let i = 0; i < 20; i++) window.push(100_000, 20);
  const { detector } = namespace;
  const silenceMs = detector.deadlineMs(phi, detector.estimate({ window, declaredMs: 0 }));
  await node.seed({ userId, intervalMs: 100_000, n: 21, agoMs: silenceMs });
  await node.seed({ userId, intervalMs: 0, n: 1, agoMs: 0 });
}

describe('two nodes on one Redis', () => {
  let redis: RedisServer;
  let one: Operated;
  let other: Operated;
  const namespaces = {
    // Who beats every hundred seconds is not suspected while a test lasts, but by what it sets.
    default: namespaceSettings({ expectedIntervalMs: 100_000, minStdDevMs: 20_000, maxSilenceMs: 1e6 }),
  };
  const start = () => operated({ redis: redis.url, namespaces, learning: { intervalMs: 50 } });
  beforeEach(async () => {
    redis = await startRedis();
    stops.push(() => redis.stop());
    [one, other] = await Promise.all([start(), start()]);
  });

  /** Who has been silent for long enough to be at φ 2, and not at 3. */
  async function aliceAtPhi2(): Promise<void> {
    const { detector } = one.node.service.presence.namespaces.get('');
    await one.node.seed({ intervalMs: 100_000, n: 30, agoMs: 0 });
    const [reading] = await one.node.service.presence.store.read(namespacesOf(one), ['alice']);
    const session = reading?.record?.sessions[0];
    if (!session) throw new Error('alice is not there');
    const agoMs = detector.deadlineMs(2, detector.estimate(session)) + 2_000;
    await one.node.seed({ userId: 'quiet', intervalMs: 100_000, n: 30, agoMs });
  }
  const namespacesOf = ({ node }: Operated) => node.service.presence.namespaces.get('');
  const phisOf = async ({ tuning }: Operated) => {
    const [namespace] = (await tuning.list()).namespaces;
    return [namespace?.suspectPhi, namespace?.offlinePhi, namespace?.source];
  };

  it('judge by what one was told within two seconds, and tell whoever watches what is another status by it', async () => {
    await aliceAtPhi2();
    const watches = [one, other].map(({ node }) => node.watch({ userIds: ['alice', 'quiet'] }));
    const own = other.node.watch({ userIds: ['quiet'], thresholds: { suspect: 3, offline: 5 } });
    for (const watch of [...watches, own]) await watch.synced();
    const startedMs = Date.now();
    const { tuning } = await one.tuning.set({ suspect: { phi: 2 } });
    expect(tuning).toMatchObject({
      source: 'THRESHOLD_SOURCE_RUNTIME',
      set: { suspect: { phi: 2 }, offline: { phi: 5 } },
      configured,
      suspectPhi: 2,
      offlinePhi: 5,
    });
    for (const watch of watches) await watch.until(['ONLINE>SUSPECT THRESHOLDS 2'], 'quiet');
    expect(Date.now() - startedMs).toBeLessThan(ALL_NODES_MS);
    expect(await phisOf(other)).toEqual([2, 5, 'THRESHOLD_SOURCE_RUNTIME']);

    const clearedMs = Date.now();
    await other.tuning.set({ clear: true, author: 'bob' });
    for (const watch of watches) {
      await watch.until(['ONLINE>SUSPECT THRESHOLDS 2', 'SUSPECT>ONLINE THRESHOLDS 3'], 'quiet');
    }
    expect(Date.now() - clearedMs).toBeLessThan(ALL_NODES_MS);
    expect(await phisOf(one)).toEqual([3, 5, 'THRESHOLD_SOURCE_CONFIGURATION']);
    // Nobody else was told anything: no one whose status is the same, none who watches by thresholds of its own.
    for (const watch of watches) {
      expect(watch.lines('alice')).toEqual([]);
      await watch.cancel();
    }
    expect(own.lines('quiet')).toEqual([]);
    await own.cancel();
    for (const { node } of [one, other]) {
      expect(node.log.text).toMatch(
        /thresholds of default were set to SUSPECT at φ 2, OFFLINE at φ 5: this wins over the configuration, SUSPECT at φ 3, OFFLINE at φ 5 \(alice\)/,
      );
      expect(node.log.text).toMatch(/thresholds of default are those of the configuration again, .* \(bob\)/);
    }
  });

  it('remember who changed what and when, also one that starts later', async () => {
    await one.tuning.set({ suspect: { falseAlarmsPerUserDay: 10 }, offline: { detectionTimeMs: 900_000 } });
    await other.tuning.set({ offline: { phi: 7 }, author: 'bob' });
    const late = await start();
    await vi.waitFor(async () => expect((await phisOf(late))[2]).toBe('THRESHOLD_SOURCE_RUNTIME'), 3_000);
    const [namespace] = (await late.tuning.list()).namespaces;
    expect(namespace?.changes).toMatchObject([
      { author: 'bob', set: { suspect: { falseAlarmsPerUserDay: 10 }, offline: { phi: 7 } }, dryRun: false },
      { author: 'alice', peer: expect.stringMatching(/^127\.0\.0\.1:\d+$/) },
    ]);
    const metrics = await (await fetch(late.node.httpUrl('/metrics'))).text();
    expect(metrics).toMatch(/^phid_thresholds_set\{namespace="default"\} 1$/m);
    expect(metrics).toMatch(/^phid_threshold_changes\{namespace="default"\} 2$/m);
    const [newest] = namespace?.changes ?? [];
    expect(Math.abs(Date.now() / 1000 - Number(newest?.at?.seconds))).toBeLessThan(30);
  });

  it('make all of the changes that are made on both at once', async () => {
    const changes = Array.from({ length: 10 }, (_, i) =>
      (i % 2 ? one : other).tuning.set({ suspect: { phi: 2 + i / 10 }, author: `author-${i}` }),
    );
    await Promise.all(changes);
    await vi.waitFor(async () => expect(await phisOf(one)).toEqual(await phisOf(other)));
    const [namespace] = (await one.tuning.list()).namespaces;
    expect(new Set(namespace?.changes.map(({ author }) => author)).size).toBe(10);
  });

  it('count a dry run together beside the real thresholds, which stay', async () => {
    await one.tuning.set({ suspect: { phi: 1 }, offline: { phi: 2 }, dryRun: true, dryRunMs: 3_600_000 });
    await vi.waitFor(() => expect(namespacesOf(other).dryRun).toBeDefined(), ALL_NODES_MS);
    expect(await phisOf(other)).toEqual([3, 5, 'THRESHOLD_SOURCE_CONFIGURATION']);
    const watches = [one, other].map(({ node }) => node.watch({ userIds: ['alice', 'bob'] }));
    for (const watch of watches) await watch.synced();
    // Each hears of one user: on time but for one heartbeat, which φ 1 and 2 would have called a mistake, 3 not.
    await Promise.all([beatsOnceAtPhi(2.5, one, 'alice'), beatsOnceAtPhi(2.5, other, 'bob')]);
    await vi.waitFor(async () => {
      const { dryRun } = await one.tuning.quality();
      expect(dryRun).toMatchObject({
        intents: { suspect: { phi: 1 }, offline: { phi: 2 } },
        author: 'alice',
        ended: false,
        suspectPhi: 1,
        offlinePhi: 2,
        suspect: { count: 2 },
        offline: { count: 2 },
        suspectInForce: { count: 0 },
        offlineInForce: { count: 0 },
      });
      expect(dryRun?.arrivals).toBeGreaterThan(0);
    }, 5_000);
    const { dryRun } = await other.tuning.quality();
    expect(dryRun?.offline?.meanDurationMs).toBeGreaterThan(0);
    expect(dryRun?.suspect?.perUserDay).toBeGreaterThan(0);

    await other.tuning.set({ clear: true, dryRun: true });
    const ended = await other.tuning.quality();
    expect(ended.dryRun).toMatchObject({ ended: true, suspect: { count: 2 } });
    expect(ended.tuning?.changes.map((change) => [change.dryRun, change.dryRunMs])).toEqual([
      [true, 0],
      [true, 3_600_000],
    ]);
    // Nothing of it was told to anybody.
    for (const watch of watches) {
      expect([...watch.lines('alice'), ...watch.lines('bob')]).toEqual([
        'UNKNOWN>ONLINE FIRST_SEEN -',
        'UNKNOWN>ONLINE FIRST_SEEN -',
      ]);
      await watch.cancel();
    }
  });

  it('say what every threshold costs by what both heard', async () => {
    await Promise.all([beatsOnceAtPhi(2.5, one, 'alice'), beatsOnceAtPhi(3.5, other, 'bob')]);
    await vi.waitFor(async () => {
      for (const { tuning } of [one, other]) {
        const { quality } = await tuning.quality();
        expect(quality?.arrivals).toBeCloseTo(42, 3);
        expect(quality?.suspectMistakes?.count).toBeCloseTo(1, 3);
        expect(quality?.offlineMistakes?.count).toBe(0);
        expect(quality?.whatIf).toHaveLength(57);
        expect(quality?.whatIf[0]).toMatchObject({ phi: 1, extrapolated: true });
        const at = (phi: number) => quality?.phiAtArrival.find((bucket) => bucket.phi === phi)?.arrivals;
        expect([at(2.5) ?? 0, at(3.5) ?? 0]).toEqual([expect.closeTo(1, 3), expect.closeTo(1, 3)]);
        expect(quality?.userDays).toBeCloseTo((40 * 100_000 + 2 * 147_000) / 86_400_000, 2);
      }
    }, 5_000);
  });
});

describe('the suspects of a node', () => {
  it('are those whom it counts or watches and who will be OFFLINE next, the most suspicious first', async () => {
    const namespaces = {
      default: namespaceSettings({ expectedIntervalMs: 100_000, minStdDevMs: 20_000, maxSilenceMs: 1e6 }),
    };
    const { node, tuning } = await operated({ namespaces });
    const { detector } = node.service.presence.namespaces.get('');
    const window = new SampleWindow();
    for (let i = 0; i < 20; i++) window.push(100_000, 20);
    const atPhi = (phi: number) => detector.deadlineMs(phi, detector.estimate({ window, declaredMs: 0 }));
    const phis = { calm: 0.5, worried: 3.4, worse: 4.6, gone: 7 };
    for (const [userId, phi] of Object.entries(phis))
      await node.seed({ userId, intervalMs: 100_000, n: 21, agoMs: atPhi(phi) });
    await vi.waitFor(async () => expect(await tuning.suspects()).toEqual(['worse', 'worried']));
    expect(await tuning.suspects(1)).toEqual(['worse']);
    await expect(tuning.suspects(101)).rejects.toThrow('3 INVALID_ARGUMENT: limit: 101 is more than 100');
  });
});

describe('what cannot be meant is refused, by field and value', () => {
  const cases: [text: string, request: Parameters<TuningClient['set']>[0], answer: string][] = [
    ['nothing', {}, 'suspect: is missing, and so is offline; give one of them, or clear'],
    ['no author', { suspect: { phi: 2 }, author: '' }, 'author: "" is empty; who changes it? 1 to 128 bytes'],
    [
      'an intent that says nothing',
      { suspect: {} },
      'suspect: says nothing; phi, false_alarms_per_user_day or detection_time_ms is needed',
    ],
    ['a φ below 1', { suspect: { phi: 0.5 } }, 'suspect.phi: 0.5 is outside 1 to 300'],
    ['a φ that is none', { offline: { phi: Number.NaN } }, 'offline.phi: NaN is outside 1 to 300'],
    [
      'no false alarms',
      { offline: { falseAlarmsPerUserDay: 0 } },
      'offline.false_alarms_per_user_day: 0 is outside 0.000001 to 100000',
    ],
    [
      'a detection time beyond max_silence',
      { offline: { detectionTimeMs: 90_001 } },
      'offline.detection_time_ms: 90001 is outside 1 to 90000',
    ],
    [
      'suspect above the offline that is in force',
      { suspect: { phi: 6 } },
      'suspect.phi: 6 is above offline.phi, 5',
    ],
    [
      'clear with a threshold',
      { clear: true, offline: { phi: 6 } },
      'clear: true cannot go together with offline',
    ],
    [
      'a dry run without an end',
      { suspect: { phi: 2 }, dryRun: true },
      'dry_run_ms: 0 is outside 1000 to 2592000000',
    ],
    [
      'a time for what is no dry run',
      { suspect: { phi: 2 }, dryRunMs: 5_000 },
      'dry_run_ms: 5000 has a meaning only where a dry run begins',
    ],
    [
      'a namespace that is not there',
      { namespace: 'web', suspect: { phi: 2 } },
      'namespace: "web" is not configured (configured: default)',
    ],
  ];

  it.each(cases)('%s', async (_text, request, expected) => {
    const { tuning } = await operated();
    expect(await tuning.outcome(request)).toBe(`3 INVALID_ARGUMENT: ${expected}`);
  });

  it('and while the store is away nothing is set', async () => {
    const redis = await startRedis();
    const { tuning, node } = await operated({ redis: redis.url });
    await redis.stop();
    await vi.waitFor(() => expect(node.service.presence.store.isReady()).toBe(false));
    expect(await tuning.outcome({ suspect: { phi: 2 } })).toMatch(/^14 UNAVAILABLE: /);
    expect((await tuning.list()).namespaces[0]).toMatchObject({ suspectPhi: 3, changes: [] });
  });
});
