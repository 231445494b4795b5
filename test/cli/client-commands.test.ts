import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import { gzipSync } from 'node:zlib';
import { describe } from 'vitest';
import { temporaryFile } from '../config/config-fixture.js';
import { PROCESS_TEST, test } from './phid.js';

/** A port on which nobody listens. */
async function closedPort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

describe('heartbeat and suspicion', PROCESS_TEST, () => {
  test('one heartbeat, then the opinion about it', async ({ node, phid, expect }) => {
    const { addr } = await node();
    const sent = await phid(
      'heartbeat',
      '--addr',
      addr,
      '--user',
      'alice',
      '--session',
      'phone',
      '--origin',
      'eu',
      '--json',
    );
    expect(sent.err).toEqual([]);
    expect(sent.code).toBe(0);
    expect(sent.json).toMatchObject([
      { userId: 'alice', sessionId: 'phone', sequence: 0, suggestedIntervalMs: expect.any(Number) },
    ]);

    const asked = await phid('suspicion', 'nobody', 'alice', '--addr', addr, '--json');
    expect(asked.code).toBe(0);
    expect(asked.json).toMatchObject([
      { userId: 'nobody', status: 'UNKNOWN' },
      { userId: 'alice', status: 'ONLINE', sessions: [{ sessionId: 'phone', origin: 'eu', sequence: 0 }] },
    ]);
    expect(asked.json[0]).not.toHaveProperty('phi');
    expect(asked.json[1]?.phi).toBeLessThan(3);
    expect(asked.json[1]?.lastSeen).toMatch(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/);

    const table = await phid('suspicion', 'alice', '--sessions', '--addr', addr);
    expect(table.out).toHaveLength(3);
    expect(table.out[0]).toMatch(/^USER +STATUS +φ +THRESHOLDS +SILENCE/);
    expect(table.out[1]).toMatch(/^alice +ONLINE +0\.\d\d +3\.00, 5\.00 .*warming$/);
    expect(table.out[2]).toMatch(/^ {2}phone .*via eu$/);
    // Not a terminal: no colours.
    expect(table.out.join('')).not.toContain('\x1b');
  });

  test('why a user is what they are, in words, and what that is made of', async ({ node, phid, expect }) => {
    const { addr } = await node();
    expect((await phid('heartbeat', '--addr', addr, '--user', 'alice', '--session', 'phone')).code).toBe(0);
    const { code, out } = await phid('suspicion', 'alice', 'nobody', '--explain', '--addr', addr);
    expect([code, out.length]).toEqual([0, 2]);
    expect(out[0]).toMatch(/^alice is ONLINE: heard .* ago, .*; SUSPECT in .*; warming: /);
    expect(out[1]).toMatch(/^nobody is UNKNOWN: never heard of/);
    const { json } = await phid('suspicion', 'alice', '--explain', '--json', '--addr', addr);
    expect(json).toMatchObject([
      {
        why: expect.stringMatching(/^ONLINE: /),
        sessions: [{ sessionId: 'phone', curve: expect.any(Array) }],
      },
    ]);
    const both = await phid('suspicion', 'alice', '--explain', '--sessions', '--addr', addr);
    expect(both.code).not.toBe(0);
    expect(both.err[0]).toMatch(/'--explain' cannot be used with option '--sessions'/);
  });

  test('repeated ones are numbered, and the session can be left', async ({ node, phid, expect }) => {
    const { addr } = await node();
    const sent = await phid(
      ...['heartbeat', '--addr', addr, '--user', 'bob', '--every', '10ms', '--count', '3'],
      ...['--next-interval', '1m', '--leave', '--json'],
    );
    expect(sent.code).toBe(0);
    expect(sent.json.map(({ sequence }) => sequence)).toEqual([1, 2, 3]);
    const { json } = await phid('suspicion', 'bob', '--addr', addr, '--json');
    expect(json).toMatchObject([
      {
        status: 'OFFLINE',
        sessions: [{ left: true, sequence: 3, nextIntervalMs: 60_000, sessionId: 'cli' }],
      },
    ]);
  });

  test('what the server refuses is shown with code, field and value; exit code 1', async ({
    node,
    phid,
    expect,
  }) => {
    const { addr } = await node();
    const [long, unknown] = await Promise.all([
      phid('heartbeat', '--addr', addr, '--user', 'u'.repeat(257)),
      phid('suspicion', 'alice', '--addr', addr, '--namespace', 'nope'),
    ]);
    expect(long.code).toBe(1);
    expect(long.err).toEqual([expect.stringMatching(/^phid: INVALID_ARGUMENT: .*user_id.* 257 bytes/)]);
    expect(unknown.code).toBe(1);
    expect(unknown.err).toEqual([
      'phid: INVALID_ARGUMENT: namespace: "nope" is not configured (configured: default)',
    ]);
  });

  test('no server: the address and the way out in one line, for every command', async ({ phid, expect }) => {
    const addr = `127.0.0.1:${await closedPort()}`;
    const trace = temporaryFile('t.csv', 'user,session,sequence,sent_ms,received_ms\na,0,1,,0\n');
    const runs = await Promise.all([
      phid('suspicion', 'a', '--addr', addr),
      phid('watch', 'a', '--addr', addr),
      phid('heartbeat', '--user', 'a', '--every', '1s', '--addr', addr),
      phid('heartbeat', '--trace', trace, '--addr', addr),
    ]);
    for (const { code, err, out } of runs) {
      expect(out).toEqual([]);
      expect(err.join('\n')).toContain(
        `phid: nothing answers on ${addr} (connect ECONNREFUSED ${addr}); start a server`,
      );
      expect(code).toBe(1);
    }
  });
});

describe('changes', PROCESS_TEST, () => {
  test('of everybody, and from where one was', async ({ node, phid, start, expect }) => {
    const { addr } = await node();
    const changes = start(['changes', '--addr', addr, '--json']);
    await changes.until(() => expect(changes.json).toMatchObject([{ changes: [] }]));
    await phid('heartbeat', '--user', 'alice', '--addr', addr);
    await changes.until(() => expect(changes.json).toHaveLength(2));
    expect(changes.json[1]).toMatchObject({ changes: [{ userId: 'alice', cause: 'FIRST_SEEN' }] });
    changes.child.kill('SIGINT');
    expect(await changes.ended()).toBe(0);
    const [, token = ''] = /--resume (\S+)$/.exec(changes.err.at(-1) ?? '') ?? [];
    await phid('heartbeat', '--user', 'bob', '--addr', addr);
    const more = start(['changes', '--addr', addr, '--resume', token]);
    await more.until(() =>
      expect(more.out).toEqual([expect.stringMatching(/bob +UNKNOWN -> ONLINE .*FIRST_SEEN/)]),
    );
    const lost = start(['changes', '--addr', addr, '--resume', 'nonsense']);
    await lost.until(() =>
      expect(lost.out).toEqual([expect.stringContaining('RESYNC: changes were missed')]),
    );
  });
});

describe('watch', PROCESS_TEST, () => {
  test('events as JSON lines: snapshots, synced, changes', async ({ node, phid, start, expect }) => {
    const { addr, presence } = await node();
    const watch = start(['watch', 'alice', '--addr', addr, '--json', '--suspect', '2', '--offline', '8']);
    await watch.until(() => expect(watch.json.at(-1)).toEqual({ synced: {} }));
    await phid('heartbeat', '--user', 'alice', '--addr', addr);
    await watch.until(() => expect(watch.json).toHaveLength(3));
    await presence.ingest.leave(presence.namespaces.get(''), 'alice', '');
    await watch.until(() => expect(watch.json).toHaveLength(4));
    expect(watch.json).toMatchObject([
      { change: { userId: 'alice', previous: 'UNKNOWN', status: 'UNKNOWN', cause: 'SNAPSHOT' } },
      { synced: {} },
      {
        change: {
          previous: 'UNKNOWN',
          status: 'ONLINE',
          cause: 'FIRST_SEEN',
          suspicion: { phi: expect.any(Number) },
        },
      },
      { change: { previous: 'ONLINE', status: 'OFFLINE', cause: 'LEAVE', at: expect.stringMatching(/Z$/) } },
    ]);
    watch.child.kill('SIGINT');
    expect(await watch.ended()).toBe(0);
    expect(watch.err).toEqual([]);
  });

  test('a server that goes away and comes back is found again, and both are said', async ({
    node,
    start,
    expect,
  }) => {
    const first = await node();
    const watch = start(['watch', 'alice', '--addr', first.addr]);
    await watch.until(() => expect(watch.out.at(-1)).toContain('synced: the status of 1 user is known'));
    await first.stop();
    await watch.until(() =>
      expect(watch.err[0]).toMatch(/^phid: UNAVAILABLE: the server is shutting down; next attempt in /),
    );
    await node(first.addr);
    await watch.until(() => expect(watch.err.at(-1)).toBe(`phid: connected to ${first.addr} again`));
    await watch.until(() => expect(watch.out).toHaveLength(4));
    expect(watch.out[2]).toMatch(/^[\d:.]{12} {2}alice +UNKNOWN -> UNKNOWN +φ - +SNAPSHOT/);
    watch.child.kill('SIGTERM');
    expect(await watch.ended()).toBe(0);
  });

  test('thresholds that contradict each other are refused by the server, once', async ({
    node,
    phid,
    expect,
  }) => {
    const { addr } = await node();
    const { code, err } = await phid('watch', 'a', '--suspect', '8', '--offline', '2', '--addr', addr);
    expect(err).toEqual([expect.stringMatching(/^phid: INVALID_ARGUMENT: thresholds\.suspect: 8 /)]);
    expect(code).toBe(1);
  });
});

describe('heartbeat --trace', PROCESS_TEST, () => {
  const HEADER = 'user,session,sequence,sent_ms,received_ms';
  const csv = [
    HEADER,
    ...['a,0,1,0,100', 'a,0,2,1000,1150', 'a,0,4,3000,3100', 'a,1,0,,50', 'a,1,1,,1000', 'a,2,7,,10'],
    ...['b,x,1,,0', 'b,x,2,,2000'],
  ].join('\n');

  test('every user, sessions one after the other, with their numbers', async ({ node, phid, expect }) => {
    const { addr } = await node();
    const path = temporaryFile('trace.csv.gz', gzipSync(csv));
    const sent = await phid('heartbeat', '--trace', path, '--speed', '20', '--addr', addr, '--json');
    expect(sent.err).toEqual(['phid: 8 heartbeats of 2 users, for about 206ms']);
    expect(sent.code).toBe(0);
    expect(sent.json).toEqual([{ sent: 8, acknowledged: 8, rejected: 0, latenessMsMax: expect.any(Number) }]);

    const { json } = await phid('suspicion', 'a', 'b', '--addr', addr, '--json');
    const sessions = json.map(
      (user) => user.sessions as { sessionId: string; sequence: number; samples: number }[],
    );
    const of = (user: number, id: string) => sessions[user]?.find(({ sessionId }) => sessionId === id);
    expect(of(0, '0')).toMatchObject({ sequence: 4, samples: 2 });
    // Counted from 0 in the trace; on the wire 0 means "not numbered".
    expect(of(0, '1')).toMatchObject({ sequence: 2, samples: 1 });
    expect(of(0, '2')).toMatchObject({ sequence: 7, samples: 0 });
    expect(of(1, 'x')).toMatchObject({ sequence: 2, samples: 1 });
  });

  test('one user, some of the sessions, under another name', async ({ node, phid, expect }) => {
    const { addr } = await node();
    const path = temporaryFile('t.csv', csv);
    const sent = await phid(
      ...['heartbeat', '--trace', path, '--user', 'a', '--sessions', '2-3', '--as', 'ann', '--speed', '100'],
      ...['--addr', addr],
    );
    expect(sent.out).toEqual([
      expect.stringMatching(/^3 sent, 3 acknowledged, 0 rejected; the latest left \d+\.\dms after its time$/),
    ]);
    const { json } = await phid('suspicion', 'a', 'b', 'ann', '--addr', addr, '--json');
    expect(json).toMatchObject([
      { status: 'UNKNOWN' },
      { status: 'UNKNOWN' },
      { sessions: [{ sessionId: '2' }, { sessionId: '1' }] },
    ]);
  });

  test('rejected heartbeats are counted, a reason is shown, exit code 1', async ({ node, phid, expect }) => {
    const { addr } = await node();
    const path = temporaryFile('t.csv', `${HEADER}\na,0,1,,0\na,${'s'.repeat(300)},1,,0\n`);
    const { code, out, err } = await phid('heartbeat', '--trace', path, '--addr', addr);
    expect(out).toEqual([expect.stringMatching(/^2 sent, 1 acknowledged, 1 rejected;/)]);
    expect(err[1]).toMatch(/^phid: rejected: .*session_id.*300 bytes/);
    expect(code).toBe(1);
  });
});

describe('drain', PROCESS_TEST, () => {
  test('says how many users it holds, and when it is over', async ({ node, phid, expect }) => {
    const { addr } = await node();
    await phid('heartbeat', '--addr', addr, '--user', 'alice', '--origin', 'gw-7');
    const drained = await phid('drain', 'gw-7', '--grace', '5m', '--addr', addr);
    expect(drained.out).toEqual(['gw-7 is drained for 5m 0s: 1 users of it were heard by this node']);
    const json = await phid('drain', 'gw-7', '--grace', '0', '--addr', addr, '--json');
    expect(json.json).toEqual([{ origin: 'gw-7', users: 1, graceMs: 0 }]);
    expect((await phid('drain', 'gw-7', '--grace', '0', '--addr', addr)).out).toEqual([
      'gw-7 is drained no longer',
    ]);
    const wrong = await phid('drain', 'gw-7', '--grace', '25h', '--addr', addr);
    expect([wrong.code, wrong.err.join(' ')]).toEqual([2, expect.stringContaining('--grace')]);
  });
});
