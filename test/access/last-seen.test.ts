import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { LAST_SEEN } from '../../src/access/last-seen.js';
import { received } from '../support/heartbeat.js';
import { type ManualNode, startManualNode } from '../support/manual-node.js';
import { type CallerFileEntry, NodeFiles, tokenPair } from '../support/secure-node.js';
import { CallerClient, type Said } from './caller-client.js';

const pairs = Object.fromEntries([...LAST_SEEN, 'admin'].map((name) => [name, tokenPair()]));

/** Both are there and then gone; all that differs is how often, and when, they were heard. */
const [OFTEN, RARELY] = ['often', 'rarely'];
const PAIR = [OFTEN, RARELY] as const;

let node: ManualNode;
let files: NodeFiles;
const clients = new Map<string, CallerClient>();
const as = (name: string) => clients.get(name) as CallerClient;

function write(overrides: Readonly<Record<string, Partial<CallerFileEntry>>> = {}): void {
  const entries = LAST_SEEN.map((last_seen): [string, CallerFileEntry] => {
    const tokens = [pairs[last_seen]?.hash as string];
    return [last_seen, { roles: ['query', 'watch'], last_seen, tokens, ...overrides[last_seen] }];
  });
  files.writeCallers({
    ...Object.fromEntries(entries),
    admin: { roles: ['admin'], tokens: [pairs.admin?.hash as string] },
  });
}

beforeEach(async () => {
  files = await NodeFiles.create();
  write();
  node = await startManualNode({ access: files.access });
  for (const [name, { token }] of Object.entries(pairs)) clients.set(name, new CallerClient(node, token));
  await as('admin').call('AddToGroup', { groupId: 'pair', userIds: PAIR });
  await turn(2_000);
});
afterEach(async () => {
  for (const client of clients.values()) client.close();
  await node.stop();
});

async function turn(ms: number): Promise<void> {
  for (let passedMs = 0; passedMs < ms; passedMs += 250) {
    await node.clock.advance(250);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

/** The file is looked at once a second; reading it takes no time of this clock. */
async function untilTaken(check: () => void): Promise<void> {
  await vi.waitFor(async () => {
    await turn(1_000);
    check();
  }, 10_000);
}

/** One beats every 0.5 s, the other every 2 s, each from two devices; the last of either was at another time. */
async function live(): Promise<void> {
  const { presence } = node.service;
  const nowMs = node.clock.nowMs();
  const beats = PAIR.flatMap((userId, i) => {
    const [n, intervalMs, agoMs] = i === 0 ? [40, 500, 100] : [10, 2_000, 500];
    return Array.from({ length: n }, (_, beat) =>
      ['phone', 'laptop'].map((sessionId, device) =>
        received({
          ...{ userId, sessionId, sequence: beat + 1, origin: 'gw', activity: 1 },
          // Of either another device was heard last.
          receivedMs: nowMs - agoMs - (i === device ? 50 : 0) - (n - 1 - beat) * intervalMs,
        }),
      ),
    ).flat();
  });
  const recorded = presence.ingest.record(presence.namespaces.get(''), beats);
  await node.clock.advance(10);
  await recorded;
}

const of = (messages: Said['messages'], userId: string) =>
  messages
    .flatMap(({ change, changes = [] }) => (change ? [change] : changes))
    .filter((change: { userId: string }) => change.userId === userId);

/** As text, but for the id and for versions, which only count. */
const alike = (told: unknown, userId: string) =>
  JSON.stringify(told, undefined, 1)
    .replaceAll(userId, 'X')
    .replaceAll(/"version": "?\d+"?/g, '"version"');

const TELLS: Readonly<Record<string, (client: CallerClient, userId: string) => Promise<unknown>>> = {
  IsOnline: (client, userId) => client.call('IsOnline', { userId }),
  Suspicion: (client, userId) => client.call('Suspicion', { userId }),
  BatchSuspicion: (client, userId) => client.call('BatchSuspicion', { userIds: [userId] }),
  ListGroup: async (client, userId) => {
    const { suspicions } = await client.call('ListGroup', { groupId: 'pair' });
    return suspicions.filter((suspicion: { userId: string }) => suspicion.userId === userId);
  },
  Watch: (client, userId) => client.snapshots('Watch', { userIds: [userId] }),
  Track: (client, userId) => client.snapshots('Track', { add: [userId] }),
  'Watch of a group': async (client, userId) =>
    of(
      (await client.snapshots('Watch', { groupIds: ['pair'] })).map((change) => ({ change })),
      userId,
    ),
};

describe.each(['hour', 'day', 'hidden'] as const)('a caller who may know the %s', (lastSeen) => {
  it('is told nothing by which users differ who were heard at other times', async () => {
    const open = (name: string): Said[] => [
      as(name).stream('Watch', { userIds: PAIR }),
      as(name).stream('WatchNamespace', {}),
    ];
    const [coarse, exact] = [open(lastSeen), open('exact')];
    const events = as(lastSeen).events('/namespaces/default/changes');
    await turn(500);
    await live();
    for (const status of ['ONLINE', 'OFFLINE']) {
      if (status === 'OFFLINE') await turn(30_000);
      for (const [name, tell] of Object.entries(TELLS)) {
        const texts = async (client: CallerClient) =>
          Promise.all(PAIR.map(async (userId) => alike(await tell(client, userId), userId)));
        const [often, rarely] = await texts(as(lastSeen));
        expect([name, often]).toEqual([name, rarely]);
        expect(often).toContain(`"${status}"`);
        // Where it may be known, it is.
        const known = await texts(as('exact'));
        expect([name, known[0]]).not.toEqual([name, known[1]]);
      }
    }
    await vi.waitFor(() => {
      for (const [i, said] of coarse.entries()) {
        const told = PAIR.map((userId) => of(said.messages, userId));
        expect(told[0]?.length).toBe(of(exact[i]?.messages as never, OFTEN).length);
        expect(told[0]?.at(-1)).toMatchObject({ status: 'OFFLINE', cause: 'SUSPICION' });
        expect(alike(told[0], OFTEN)).toBe(alike(told[1], RARELY));
      }
    });
    await vi.waitFor(() => {
      const heard = events.of('changes');
      expect(of(heard, OFTEN).at(-1)).toMatchObject({ status: 'OFFLINE' });
      expect(alike(of(heard, OFTEN), OFTEN)).toBe(alike(of(heard, RARELY), RARELY));
    });
    const versions = coarse.flatMap(({ messages }) =>
      of(messages, OFTEN).map(({ version }) => Number(version)),
    );
    expect(Math.min(...versions)).toBeGreaterThan(1_700_000_000_000_000);
  });

  it('is told that and no more', async () => {
    await live();
    const { suspicion } = await as(lastSeen).call('Suspicion', { userId: OFTEN });
    const { suspicion: exact } = await as('exact').call('Suspicion', { userId: OFTEN });
    const unitSeconds = { hour: 3_600, day: 86_400, hidden: undefined }[lastSeen];
    const seconds = Number(exact.lastSeen.seconds);
    const floor = unitSeconds && { seconds: seconds - (seconds % unitSeconds), nanos: 0 };
    expect(suspicion.lastSeen).toEqual(floor ?? null);
    expect(suspicion).toMatchObject({ userId: OFTEN, status: 'ONLINE', elapsedMs: 0, meanMs: 0, samples: 0 });
    expect(suspicion.phi).toBeUndefined();
    // The other one was heard last.
    expect(exact.sessions[0].sessionId).toBe('laptop');
    expect(suspicion.sessions[0].sessionId).toBe('phone');
  });

  it('may not ask by thresholds of its own, nor for what is made of the silence', async () => {
    const denied = /^PERMISSION_DENIED: .* it is not told exactly when users were seen last \(last_seen: /;
    const client = as(lastSeen);
    expect(await client.outcome('IsOnline', { userId: OFTEN, threshold: 1 })).toMatch(denied);
    expect(await client.outcome('InspectUser', { userId: OFTEN })).toMatch(denied);
    expect(await client.outcome('ListSuspects', {})).toMatch(denied);
    for (const rpc of ['Watch', 'Track'] as const) {
      const said = client.stream(rpc, { userIds: [OFTEN], add: [OFTEN], thresholds: { suspect: 1 } });
      await vi.waitFor(() => expect(said.end).toMatch(denied));
      expect(said.messages).toEqual([]);
    }
    for (const path of ['users/often', 'users/often/events', 'suspects']) {
      expect((await client.http(`/namespaces/default/${path}`)).status).toBe(403);
    }
    expect(await node.service.registry.metrics()).toContain('phid_denied_total{reason="last_seen"} 8');
  });

  it('is given no token to go on by, which would say when changes were, and may not try one', async () => {
    const exact = as('exact').stream('WatchNamespace', {});
    const said = as(lastSeen).stream('WatchNamespace', {});
    const events = as(lastSeen).events('/namespaces/default/changes');
    await events.until('changes');
    await vi.waitFor(() => expect([exact, said].map(({ messages }) => messages.length)).toEqual([1, 1]));
    const { resumeToken } = exact.messages[0];
    expect(resumeToken).not.toBe('');
    expect(said.messages[0].resumeToken).toBe('');
    expect(events.events[0]?.id).toBe('');
    await live();
    await turn(500);
    const resumed = as(lastSeen).stream('WatchNamespace', { resumeToken });
    const resumedEvents = as(lastSeen).events('/namespaces/default/changes', {
      'last-event-id': resumeToken,
    });
    await vi.waitFor(() => expect(resumed.messages).toMatchObject([{ resync: {}, changes: [] }]));
    await resumedEvents.until('resync');
    expect(resumedEvents.names).toEqual(['resync']);
  });
});

it('who is made to know less while streams are open is told less from then on, or nothing', async () => {
  const exact = as('exact');
  const plain = exact.stream('Watch', { userIds: PAIR });
  const own = exact.stream('Watch', { userIds: PAIR, thresholds: { suspect: 1, offline: 2 } });
  const user = exact.events('/namespaces/default/users/often/events');
  await user.until('user');
  await live();
  await vi.waitFor(() => expect(of(plain.messages, OFTEN).at(-1)).toMatchObject({ status: 'ONLINE' }));
  expect(of(plain.messages, OFTEN).at(-1).suspicion.phi).toBeGreaterThanOrEqual(0);
  write({ exact: { last_seen: 'hidden' } });
  await untilTaken(() =>
    expect([own.end?.split(':')[0], user.hasEnded]).toEqual(['PERMISSION_DENIED', true]),
  );
  // It has seen the user go, while it might, and sees them come back.
  expect(of(plain.messages, OFTEN).at(-1).suspicion.phi).toBeGreaterThanOrEqual(5);
  await live();
  await vi.waitFor(() => expect(of(plain.messages, OFTEN).at(-1)).toMatchObject({ status: 'ONLINE' }));
  const told = of(plain.messages, OFTEN).at(-1);
  expect(told).toMatchObject({ previous: 'OFFLINE', at: null, suspicion: { lastSeen: null } });
  expect(told.suspicion.phi).toBeUndefined();
  expect(plain.end).toBeUndefined();
});

it('a browser is told how much its caller may know, and a file that says something else is refused', async () => {
  expect((await as('day').http('/session')).json).toMatchObject({ caller: 'day', lastSeen: 'day' });
  expect((await as('admin').http('/session')).json).toMatchObject({ caller: 'admin', lastSeen: 'exact' });
  write({ day: { last_seen: 'week' } });
  await untilTaken(() => expect(node.log.text).toMatch(/callers\.day\.last_seen/));
  expect((await as('day').http('/session')).json).toMatchObject({ lastSeen: 'day' });
});
