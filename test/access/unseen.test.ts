import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { rules } from '../../src/access/roles.js';
import { type ManualNode, startManualNode } from '../support/manual-node.js';
import { NodeFiles, tokenPair } from '../support/secure-node.js';
import { CallerClient, type Said } from './caller-client.js';

const reader = tokenPair();
const admin = tokenPair();

/** They live alike, until one becomes invisible and the other leaves, at the same moment. */
const [HIDDEN, GONE] = ['hidden', 'gone'];
const PAIR = [HIDDEN, GONE] as const;

let node: ManualNode;
let anybody: CallerClient;
let operator: CallerClient;
/** What was open all the time. */
let watch: Said;
let changes: Said;
const eventsOf = new Map<string, ReturnType<CallerClient['events']>>();

beforeAll(async () => {
  const files = await NodeFiles.create();
  files.writeCallers({
    reader: { roles: ['query', 'watch'], tokens: [reader.hash] },
    admin: { roles: ['admin'], tokens: [admin.hash] },
  });
  node = await startManualNode({ access: files.access });
  anybody = new CallerClient(node, reader.token);
  operator = new CallerClient(node, admin.token);
  changes = anybody.stream('WatchNamespace', {});
  watch = anybody.stream('Watch', { userIds: PAIR, groupIds: PAIR });
  for (const userId of PAIR) {
    await operator.call('AddToGroup', { groupId: userId, userIds: [userId] });
    eventsOf.set(userId, anybody.events(`/namespaces/default/users/${userId}/events`));
  }
  await turn(3_000);
  await live(PAIR, 12);
  await Promise.all([
    operator.call('SetVisibility', { userId: HIDDEN, visible: false }),
    operator.call('Leave', { userId: GONE }),
  ]);
  await turn(3_000);
  // Again and again, also of a new device; and another user, so that the node hears somebody.
  await live([HIDDEN, 'another'], 15);
  await node.seed({ userId: HIDDEN, sessionId: 'new', intervalMs: 1_000, n: 2, agoMs: 0 });
});
afterAll(async () => {
  anybody.close();
  operator.close();
  await node.stop();
});

/** Time passes, in steps in which what is sent can arrive. */
async function turn(ms: number): Promise<void> {
  for (let passedMs = 0; passedMs < ms; passedMs += 250) {
    await node.clock.advance(250);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

async function live(userIds: readonly string[], seconds: number): Promise<void> {
  for (let i = 0; i < seconds; i++) {
    await turn(1_000);
    const beats = userIds.map((userId) => node.seed({ userId, intervalMs: 1_000, n: 1, agoMs: 0 }));
    await Promise.all(beats);
  }
}

type Tells = (client: CallerClient, userId: string) => Promise<unknown>;

/** How each rpc and route tells of a user who is asked for now, or tells that there is no such one. */
const TELLS: Readonly<Record<string, Tells>> = {
  IsOnline: (client, userId) => client.call('IsOnline', { userId, threshold: 900 }),
  Suspicion: (client, userId) => client.call('Suspicion', { userId }),
  BatchSuspicion: (client, userId) => client.call('BatchSuspicion', { userIds: [userId, 'nobody'] }),
  ListGroup: (client, groupId) => client.call('ListGroup', { groupId }),
  Watch: (client, userId) =>
    client.snapshots('Watch', { userIds: [userId], thresholds: { suspect: 1, offline: 300 } }),
  'Watch of a group': (client, groupId) => client.snapshots('Watch', { groupIds: [groupId] }),
  Track: (client, userId) => client.snapshots('Track', { add: [userId] }),
  ListSuspects: async (client, userId) => {
    const { suspicions } = await client.call('ListSuspects', { limit: 100 });
    return suspicions.filter((suspicion: { userId: string }) => suspicion.userId === userId);
  },
  InspectUser: (client, userId) => client.call('InspectUser', { userId }),
  'GET users/{user_id}': async (client, userId) =>
    (await client.http(`/namespaces/default/users/${userId}`)).json,
  'GET suspects': async (client, userId) => {
    const { json } = await client.http('/namespaces/default/suspects');
    return json.suspicions.filter((suspicion: { userId: string }) => suspicion.userId === userId);
  },
};

/** As text, so that nothing is overlooked; the id is what tells them apart anyway. */
const alike = (told: unknown, userId: string) => JSON.stringify(told, undefined, 1).replaceAll(userId, 'X');

describe('nothing tells a user who is invisible from one who left at that moment:', () => {
  it('every rpc that tells of users is here', () => {
    const streamed = ['Watch', 'Track', 'WatchNamespace'];
    const counted = ['GetFleet', 'ListNamespaces', 'GetQuality'];
    const reading = Object.entries(rules).filter(([, { role }]) => role === 'query' || role === 'watch');
    expect([...new Set([...Object.keys(TELLS), ...streamed, ...counted])]).toEqual(
      expect.arrayContaining(reading.map(([rpc]) => rpc)),
    );
  });

  it.each(Object.keys(TELLS))('%s', async (name) => {
    const [hidden, gone] = await Promise.all(
      PAIR.map(async (userId) => alike(await TELLS[name]?.(anybody, userId), userId)),
    );
    expect(hidden).toBe(gone);
    if (!name.includes('uspects')) expect(gone).toContain('OFFLINE');
  });

  it('streams that were open', async () => {
    const of = (said: Said, userId: string) =>
      said.messages
        .flatMap(({ change, changes = [] }) => (change ? [change] : changes))
        .filter((change: { userId: string }) => change.userId === userId);
    for (const said of [watch, changes]) {
      await vi.waitFor(() => expect(of(said, GONE).at(-1)).toMatchObject({ cause: 'LEAVE' }));
      expect(alike(of(said, HIDDEN), HIDDEN)).toBe(alike(of(said, GONE), GONE));
    }
    const events = (userId: string) => {
      const heard = eventsOf.get(userId);
      // The first is as of when it was opened.
      return alike([heard?.of('change').slice(1), heard?.of('user').at(-1)], userId);
    };
    expect(events(HIDDEN)).toBe(events(GONE));
    expect(events(GONE)).toContain('LEAVE');
  });

  it('counts of the fleet', async () => {
    const { namespaces } = await operator.call('GetFleet', {});
    expect(namespaces[0]).toMatchObject({ online: 1, suspect: 0, offline: 2, complete: true });
  });
});

it('an operator is told how the user is behind it', async () => {
  const inspected = await operator.call('InspectUser', { userId: HIDDEN });
  expect(inspected).toMatchObject({ invisible: true, suspicion: { status: 'ONLINE' } });
  expect(inspected.why).toMatch(/; invisible: others see no sign of this user$/);
  expect(inspected.sessions).toHaveLength(2);
  const { json } = await operator.http(`/namespaces/default/users/${HIDDEN}`);
  expect(json).toMatchObject({ invisible: true, suspicion: { status: 'ONLINE' } });
  const live = operator.events(`/namespaces/default/users/${HIDDEN}/events`);
  await live.until('user');
  expect(live.of('user')[0]).toMatchObject({ invisible: true, suspicion: { status: 'ONLINE' } });
  // What is watched is what everybody sees.
  await live.until('change');
  expect(live.of('change')[0]).toMatchObject({ status: 'OFFLINE' });
  expect(await operator.call('InspectUser', { userId: GONE })).toMatchObject({ invisible: false });
  expect(await operator.call('Suspicion', { userId: HIDDEN })).toMatchObject({
    suspicion: { status: 'OFFLINE' },
  });
});

it('who becomes visible is told of at once', async () => {
  await operator.call('SetVisibility', { userId: HIDDEN, visible: true });
  const isTold = (said: Said) =>
    expect(
      said.messages.flatMap(({ change, changes = [] }) => (change ? [change] : changes)).at(-1),
    ).toMatchObject({ userId: HIDDEN, previous: 'OFFLINE', status: 'ONLINE', cause: 'HEARTBEAT' });
  await vi.waitFor(() => isTold(watch));
  expect(await anybody.call('IsOnline', { userId: HIDDEN })).toMatchObject({ online: true });
  await turn(500);
  await vi.waitFor(() => isTold(changes));
});
