import { beforeEach, describe, expect, it } from 'vitest';
import { StoreUnavailableError } from '../../../src/store/store.js';
import { received } from '../../support/heartbeat.js';
import { TrackerBench, type Watch } from '../watching/tracker-bench.js';

const HOLD_MS = 120_000;
const USERS = ['alice', 'bob', 'carol'];

/** Two nodes: users beat through one, and are watched through the other. */
let gateway: TrackerBench;
let observer: TrackerBench;
let watch: Watch;
beforeEach(async () => {
  gateway = new TrackerBench();
  observer = new TrackerBench({ peer: gateway });
  await live(12_000);
  watch = await observer.watch(USERS);
  watch.takeLines();
});

/** Heartbeats once a second, for so long, of users and through a node. */
async function live(
  ms: number,
  { userIds = USERS, through = gateway, ownOrigin = 'gw' } = {},
): Promise<void> {
  for (let passedMs = 0; passedMs < ms; passedMs += 1_000) {
    await gateway.clock.advance(1_000);
    const receivedMs = gateway.clock.nowMs();
    const heartbeats = userIds.map((userId) => received({ userId, origin: ownOrigin, receivedMs }));
    void through.presence.ingest.record(through.namespace, heartbeats).catch(() => {});
  }
}

/** The node that users beat through cannot reach the store, until the returned function is called. */
function cutGateway(): () => void {
  const gone = async () => {
    throw new StoreUnavailableError('gone');
  };
  const { store } = gateway;
  store.beforeRecord = store.beforeRead = store.beforeBlind = store.beforeLearn = gone;
  return () => {
    store.beforeRecord = store.beforeRead = store.beforeBlind = store.beforeLearn = undefined;
  };
}

const offline = () => watch.lines.filter((line) => line.includes('>OFFLINE'));

describe('users who are heard by another node', () => {
  it('are OFFLINE when it has said that it heard nothing: a quarter of a second later at most', async () => {
    await live(4_000, { userIds: ['alice', 'bob'] });
    expect(offline()).toEqual(['carol SUSPECT>OFFLINE SUSPICION']);
    const change = watch.changes.find(({ assessment }) => assessment.status === 'OFFLINE');
    const lateMs = (change?.seenMs ?? 0) - ((change?.atUs ?? 0) - 1_700_000_000_000_000) / 1000;
    expect(lateMs).toBeGreaterThanOrEqual(0);
    expect(lateMs).toBeLessThan(500);
  });

  it('are not OFFLINE while it cannot say, nor when it can again', async () => {
    const heal = cutGateway();
    await live(60_000);
    expect(offline()).toEqual([]);
    const [assessment] = await observer.presence.reads.assessAll(observer.namespace, ['alice']);
    expect(assessment).toMatchObject({ status: 'SUSPECT', degraded: true });
    expect(observer.presence.doubt.peers.counts).toEqual({ peers: 1, silent: 1 });
    heal();
    await live(10_000);
    expect(offline()).toEqual([]);
    expect(watch.statusOf('alice')).toBe('ONLINE');
    expect(observer.presence.doubt.peers.counts).toEqual({ peers: 1, silent: 0 });
  });

  it('nor while it stands still and they move', async () => {
    gateway.presence.doubt.peers.close();
    await live(5_000, { userIds: [] });
    await live(10_000, { through: observer });
    expect(offline()).toEqual([]);
    expect(watch.statusOf('alice')).toBe('ONLINE');
  });

  it('are OFFLINE when it has been silent for as long as a hold', async () => {
    gateway.presence.doubt.peers.close();
    await live(HOLD_MS - 2_000, { userIds: [] });
    expect(offline()).toEqual([]);
    await live(5_000, { userIds: [] });
    expect(offline()).toHaveLength(3);
  });

  it('while others of origins that it does not carry are OFFLINE on time', async () => {
    await live(12_000, { userIds: ['dave'], through: observer, ownOrigin: 'gw-2' });
    watch = await observer.watch(['dave']);
    gateway.presence.doubt.peers.close();
    await live(3_000, { userIds: [] });
    expect(offline()).toEqual(['dave SUSPECT>OFFLINE SUSPICION']);
  });
});

it('a node that starts after all of them were away suspects nobody for that time', async () => {
  for (const node of [gateway, observer]) node.presence.doubt.peers.close();
  await live(60_000, { userIds: [] });
  const next = new TrackerBench({ peer: gateway });
  await next.clock.advance(10);
  const [assessment] = await next.presence.reads.assessAll(next.namespace, ['alice']);
  expect(assessment?.status).toBe('ONLINE');
  const seen = await next.watch(USERS);
  await live(20_000, { through: next });
  expect(seen.lines.filter((line) => line.includes('ONLINE>'))).toEqual([]);
});

it('a node that died long ago does not keep another one from being waited for', async () => {
  const dead = new TrackerBench({ peer: gateway });
  await live(5_000, { through: dead });
  dead.presence.doubt.close();
  await live(HOLD_MS + 10_000);
  watch.takeLines();
  const heal = cutGateway();
  await live(20_000);
  expect(offline()).toEqual([]);
  heal();
  await live(10_000);
  expect(offline()).toEqual([]);
});

it('all origins of a user are waited for', async () => {
  await live(12_000, { userIds: ['erin'], ownOrigin: 'gw-1' });
  const laptop = received({
    userId: 'erin',
    sessionId: 'laptop',
    origin: 'gw-2',
    receivedMs: gateway.clock.nowMs(),
  });
  void observer.presence.ingest.record(observer.namespace, [laptop]);
  await live(1_000, { userIds: ['erin'], ownOrigin: 'gw-1' });
  watch = await observer.watch(['erin']);
  cutGateway();
  await live(20_000, { userIds: ['erin'], ownOrigin: 'gw-1' });
  expect(offline()).toEqual([]);
});
