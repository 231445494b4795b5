import { describe } from 'vitest';
import { PROCESS_TEST, test } from './phid.js';

describe('group', PROCESS_TEST, () => {
  test('members are added, listed with how they are, and removed', async ({ node, phid, expect }) => {
    const { addr } = await node();
    const added = await phid('group', 'add', 'room-7', 'bob', 'alice', '--addr', addr);
    expect([added.out, added.err, added.code]).toEqual([['room-7 has 2 members'], [], 0]);
    await phid('heartbeat', '--user', 'alice', '--addr', addr);
    const table = await phid('group', 'list', 'room-7', '--addr', addr);
    expect(table.out[0]).toBe('room-7 has 2 members');
    expect(table.out[1]).toMatch(/^USER +STATUS/);
    expect(table.out.slice(2).map((line) => line.split(/ +/).slice(0, 2))).toEqual([
      ['alice', 'ONLINE'],
      ['bob', 'UNKNOWN'],
    ]);
    const first = await phid('group', 'list', 'room-7', '--limit', '1', '--json', '--addr', addr);
    expect(first.json).toMatchObject([{ userId: 'alice', status: 'ONLINE' }]);
    const removed = await phid('group', 'remove', 'room-7', 'alice', 'nobody', '--json', '--addr', addr);
    expect(removed.json).toEqual([{ groupId: 'room-7', size: 1, version: expect.any(Number) }]);
    const nobody = await phid('group', 'list', 'lobby', '--addr', addr);
    expect(nobody.out).toEqual(['lobby has 0 members']);
  });

  test('are watched, whoever comes and goes', async ({ node, phid, start, expect }) => {
    const { addr } = await node();
    await phid('group', 'add', 'room', 'alice', '--addr', addr);
    const watch = start(['watch', '--group', 'room', '-g', 'lobby', '--addr', addr]);
    await watch.until(() => expect(watch.out.at(-1)).toContain('synced: the status of 1 user is known'));
    await phid('group', 'add', 'lobby', 'bob', '--addr', addr);
    await watch.until(() => expect(watch.out.at(-1)).toMatch(/ {2}bob +UNKNOWN -> UNKNOWN +φ - +SNAPSHOT/));
    await phid('group', 'remove', 'room', 'alice', '--addr', addr);
    await watch.until(() => expect(watch.out.at(-1)).toMatch(/ {2}alice +UNKNOWN -> UNKNOWN +φ - +REMOVED/));
    watch.child.kill('SIGINT');
    expect(await watch.ended()).toBe(0);
    expect(watch.err).toEqual([]);
  });
});
