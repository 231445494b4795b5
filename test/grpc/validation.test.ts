import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { type Node, startNode } from '../support/node.js';

let node: Node;
beforeAll(async () => {
  node = await startNode();
});
afterAll(() => node.stop());

const heartbeat = { userId: 'alice', sessionId: 'phone' };
const long = 'x'.repeat(257);

describe('bad input is INVALID_ARGUMENT and names field and value', () => {
  it.each([
    ['empty user id', { ...heartbeat, userId: '' }, 'user_id: "" is empty'],
    ['empty session id', { ...heartbeat, sessionId: '' }, 'session_id: "" is empty'],
    ['user id of 257 bytes', { ...heartbeat, userId: long }, 'user_id: "xxx'],
    ['session id of 257 bytes', { ...heartbeat, sessionId: long }, 'has 257 bytes; at most 256'],
    ['user id of 86 characters and 258 bytes', { ...heartbeat, userId: '漢'.repeat(86) }, 'has 258 bytes'],
    [
      'interval over max_silence',
      { ...heartbeat, nextIntervalMs: 90_000 },
      'next_interval_ms: 90000 is not below',
    ],
    [
      'sequence over 2^53',
      { ...heartbeat, sequence: 2 ** 53 },
      'sequence: 9007199254740992 is not below 2^53',
    ],
  ])('Heartbeat: %s', async (_, bad, message) => {
    const outcome = await node.outcome('Heartbeat', { heartbeat: bad });
    expect(outcome).toMatch(/^3 INVALID_ARGUMENT: /);
    expect(outcome).toContain(message);
  });

  it('Heartbeat: no heartbeat, unknown namespace, long origin', async () => {
    expect(await node.outcome('Heartbeat', {})).toBe('3 INVALID_ARGUMENT: heartbeat: is missing');
    expect(await node.outcome('Heartbeat', { namespace: 'nope', heartbeat })).toBe(
      '3 INVALID_ARGUMENT: namespace: "nope" is not configured (configured: default)',
    );
    expect(await node.outcome('Heartbeat', { heartbeat, origin: 'o'.repeat(65) })).toContain('origin: "ooo');
  });

  it('Heartbeat: ids that are not UTF-8', async () => {
    const bad = await rawHeartbeat(Buffer.from([0xff, 0xfe, 0x61]));
    expect(bad).toMatch(/^3 INVALID_ARGUMENT: user_id: ".*" is not valid UTF-8/);
    expect(await rawHeartbeat(Buffer.from('ünï'))).toBe('OK');
  });

  it('ids of exactly 256 bytes are good', async () => {
    const id = 'x'.repeat(256);
    expect(await node.outcome('Heartbeat', { heartbeat: { userId: id, sessionId: id } })).toBe('OK');
    expect(await node.outcome('Suspicion', { userId: id })).toBe('OK');
  });

  it.each([
    [Number.NaN, 'threshold: NaN is not above 0'],
    [-1, 'threshold: -1 is not above 0'],
    [0, 'threshold: 0 is not above 0'],
    [Number.POSITIVE_INFINITY, 'threshold: Infinity is not above 0 and at most 1000'],
    [1_001, 'threshold: 1001 is not above 0 and at most 1000'],
  ])('IsOnline: threshold %d', async (threshold, message) => {
    expect(await node.outcome('IsOnline', { userId: 'alice', threshold })).toContain(
      `INVALID_ARGUMENT: ${message}`,
    );
  });

  it('queries: empty and long ids, unknown namespaces, more than 1,000 users', async () => {
    for (const method of ['IsOnline', 'Suspicion', 'Leave'] as const) {
      expect(await node.outcome(method, { userId: '' })).toContain('INVALID_ARGUMENT: user_id: "" is empty');
      expect(await node.outcome(method, { userId: 'a', namespace: 'nope' })).toContain('namespace: "nope"');
    }
    expect(await node.outcome('Leave', { userId: 'a', sessionId: long })).toContain('session_id: "xxx');
    const userIds = Array.from({ length: 1_001 }, (_, i) => `u${i}`);
    expect(await node.outcome('BatchSuspicion', { userIds })).toBe(
      '3 INVALID_ARGUMENT: user_ids: 1001 users are more than 1000 in one request',
    );
    expect(await node.outcome('BatchSuspicion', { userIds: userIds.slice(1) })).toBe('OK');
    expect(await node.outcome('BatchSuspicion', { userIds: ['a', ''] })).toContain(
      'user_ids[1]: "" is empty',
    );
  });

  it('groups: empty and long ids, unknown namespaces, more than 1,000 users, pages', async () => {
    for (const method of ['AddToGroup', 'RemoveFromGroup'] as const) {
      expect(await node.outcome(method, { userIds: ['a'] })).toContain(
        'INVALID_ARGUMENT: group_id: "" is empty',
      );
      expect(await node.outcome(method, { groupId: long })).toContain('group_id: "xxx');
      expect(await node.outcome(method, { groupId: 'g', userIds: ['a', ''] })).toContain(
        'user_ids[1]: "" is empty',
      );
      const userIds = Array.from({ length: 1_001 }, (_, i) => `u${i}`);
      expect(await node.outcome(method, { groupId: 'g', userIds })).toContain(
        'user_ids: 1001 users are more than 1000 in one request',
      );
      expect(await node.outcome(method, { namespace: 'nope', groupId: 'g' })).toContain('namespace: "nope"');
      expect(await node.outcome(method, { groupId: 'x'.repeat(256) })).toBe('OK');
    }
    expect(await node.outcome('ListGroup', { groupId: '' })).toContain('group_id: "" is empty');
    expect(await node.outcome('ListGroup', { groupId: 'g', pageSize: 1_001 })).toBe(
      '3 INVALID_ARGUMENT: page_size: 1001 is more than 1000',
    );
    expect(await node.outcome('ListGroup', { groupId: 'g', pageToken: 'a b' })).toBe(
      '3 INVALID_ARGUMENT: page_token: "a b" is no token of a page before',
    );
  });

  it.each([
    ['NaN', { suspect: Number.NaN, offline: 5 }, 'thresholds.suspect: NaN is outside 1 to 300'],
    ['negative', { suspect: -3, offline: 5 }, 'thresholds.suspect: -3 is outside 1 to 300'],
    ['too low', { suspect: 0.5, offline: 5 }, 'thresholds.suspect: 0.5 is outside 1 to 300'],
    [
      'infinite',
      { suspect: 3, offline: Number.POSITIVE_INFINITY },
      'thresholds.offline: Infinity is outside 1 to 300',
    ],
    ['crossed', { suspect: 6, offline: 5 }, 'thresholds.suspect: 6 is above thresholds.offline, 5'],
    ['crossed with the namespace', { suspect: 6 }, 'thresholds.suspect: 6 is above thresholds.offline, 5'],
  ])('Watch: thresholds %s', async (_, thresholds, message) => {
    const events = node.watch({ userIds: ['alice'], thresholds });
    await vi.waitFor(() => expect(events.error?.message).toBe(`3 INVALID_ARGUMENT: ${message}`));
    expect(events.all).toEqual([]);
  });

  it.each([
    [
      'no users and no groups',
      { userIds: [] },
      'user_ids: is empty, and group_ids too; name at least one user or group',
    ],
    [
      'a long group',
      { groupIds: ['a', long] },
      `group_ids[1]: "${'x'.repeat(64)}..." has 257 bytes; at most 256 are allowed`,
    ],
    ['an empty user', { userIds: ['a', ''] }, 'user_ids[1]: "" is empty; 1 to 256 bytes of UTF-8 are needed'],
    [
      'unknown namespace',
      { namespace: 'x', userIds: ['a'] },
      'namespace: "x" is not configured (configured: default)',
    ],
  ])('Watch: %s', async (_, request, message) => {
    const events = node.watch(request);
    await vi.waitFor(() => expect(events.error?.message).toBe(`3 INVALID_ARGUMENT: ${message}`));
  });

  it.each([
    ['another namespace later', { namespace: 'other', add: ['b'] }, 'namespace: "other" is not "default"'],
    ['thresholds later', { thresholds: { suspect: 1, offline: 2 } }, 'thresholds: only the first message'],
    ['an empty user', { add: [''] }, 'add[0]: "" is empty'],
    ['an empty group', { addGroups: ['a', ''] }, 'add_groups[1]: "" is empty'],
    ['a long group to be removed', { removeGroups: [long] }, 'remove_groups[0]: "xxx'],
  ])('Track: %s', async (_, second, message) => {
    const stream = node.client.Track();
    const errors: string[] = [];
    let synced = false;
    stream.on('data', (event: { synced?: unknown }) => {
      synced ||= Boolean(event.synced);
    });
    stream.on('error', (error) => errors.push(error.message));
    stream.write({ namespace: 'default', add: ['a'] });
    await vi.waitFor(() => expect(synced).toBe(true));
    stream.write(second);
    await vi.waitFor(() => expect(errors[0]).toContain(`3 INVALID_ARGUMENT: ${message}`));
    await vi.waitFor(() => expect(node.service.presence.tracker.subscriptions).toBe(0));
  });
});

/** A Heartbeat whose user_id is these bytes, put on the wire by hand; a client's encoder would not send bad UTF-8. */
function rawHeartbeat(userId: Buffer): Promise<string> {
  const session = Buffer.from([0x12, 1, 0x73]);
  const inner = Buffer.concat([Buffer.from([0x0a, userId.length]), userId, session]);
  const request = Buffer.concat([Buffer.from([0x12, inner.length]), inner]);
  return new Promise((resolve) => {
    node.client.makeUnaryRequest(
      '/phid.v1.PresenceService/Heartbeat',
      (bytes: Buffer) => bytes,
      (bytes: Buffer) => bytes,
      request,
      (error) => resolve(error ? error.message : 'OK'),
    );
  });
}
