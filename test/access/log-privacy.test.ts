import { type Client, credentials, Metadata, type ServiceError } from '@grpc/grpc-js';
import { Redis } from 'ioredis';
import { afterEach, expect, it, vi } from 'vitest';
import { stringify } from 'yaml';
import { PresenceService, TuningService } from '../../src/grpc/definition.js';
import type { ServiceSettings } from '../../src/service.js';
import { groupKey, userKey as keyOf, shardOf } from '../../src/store/redis/keys.js';
import { temporaryFile } from '../config/config-fixture.js';
import { EventClient } from '../http/client.js';
import { type Node, startNode } from '../support/node.js';
import { type RedisServer, startRedis } from '../support/redis-server.js';
import { tokenPair } from '../support/secure-node.js';
import { callerLimits, namespaceSettings } from '../support/settings.js';

/** What no line may hold: in every id of a user or session, in every group and token of this test. */
const USER = 'private-user';
const SESSION = 'private-session';
const GROUP = 'private-group';
const operator = tokenPair();
const gateway = tokenPair();
const WRONG_TOKEN = 'phid_private-and-wrong';

let redis: RedisServer;
let node: Node;
afterEach(async () => {
  await node.stop();
  await redis.stop();
});

async function start(overrides: Partial<ServiceSettings> = {}): Promise<void> {
  redis = await startRedis();
  const callers = {
    operator: { roles: ['admin'], namespaces: '*', tokens: [operator.hash] },
    gateway: {
      roles: ['ingest', 'query', 'watch'],
      namespaces: ['default'],
      tokens: [gateway.hash],
      limits: { calls_per_second: 20 },
    },
  };
  node = await startNode({
    redis: redis.url,
    namespaces: { default: { ...namespaceSettings(), usersMax: 3 } },
    access: {
      callers: temporaryFile('callers.yml', stringify({ callers })),
      jwt: undefined,
      isMetricsOpen: false,
      hasReflection: false,
      limits: callerLimits,
    },
    ...overrides,
  });
}

const as = (token: string) => {
  const metadata = new Metadata();
  metadata.set('authorization', `Bearer ${token}`);
  return metadata;
};

/** How a call ends: OK, or its error. */
function outcome(rpc: string, request: object, token = gateway.token): Promise<string> {
  const Service = rpc in PresenceService.service ? PresenceService : TuningService;
  const client = new Service(`127.0.0.1:${node.service.grpcPort}`, credentials.createInsecure());
  return new Promise((resolve) => {
    const done = (error: ServiceError | null) => {
      (client as Client).close();
      resolve(error?.message ?? 'OK');
    };
    (client as unknown as Record<string, (...args: unknown[]) => void>)[rpc]?.(request, as(token), done);
  });
}

const http = async (path: string, token: string, init: RequestInit = {}) =>
  (
    await fetch(node.httpUrl(path), {
      ...init,
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json', ...init.headers },
    })
  ).status;

const beat = (userId: string, rest: object = {}) => ({
  heartbeat: { userId, sessionId: SESSION, ...rest },
});
const userKey = (userId: string) => keyOf(shardOf(userId), 'default', userId);

/** Heartbeats and questions, good ones and bad. */
async function useIt(): Promise<void> {
  for (const userId of [`${USER}-1`, `${USER}-2`])
    expect(await outcome('Heartbeat', beat(userId))).toBe('OK');
  const bad = [beat(`${USER}${'x'.repeat(300)}`), beat(`${USER}\uFFFD`), beat(USER, { nextIntervalMs: 1e9 })];
  for (const request of bad) expect(await outcome('Heartbeat', request)).toMatch(/INVALID_ARGUMENT/);
  expect(await outcome('Heartbeat', { namespace: USER, ...beat(USER) })).toMatch(/PERMISSION_DENIED/);
  expect(await outcome('Suspicion', { userId: `${USER}-1` })).toBe('OK');
  expect(await outcome('AddToGroup', { groupId: GROUP, userIds: [`${USER}-1`] })).toBe('OK');
  const stream = node.client.HeartbeatStream(as(gateway.token));
  const answer = new Promise((resolve) => stream.once('data', resolve));
  stream.on('error', () => {});
  stream.write({ heartbeats: [beat(`${USER}-3`).heartbeat, { userId: `${USER}-4`, sessionId: '' }] });
  await answer;
  stream.write({ namespace: 'nowhere', heartbeats: [beat(USER).heartbeat] });
  const watch = node.client.Watch({ userIds: [`${USER}-1`], groupIds: [GROUP] }, as(gateway.token));
  watch.on('error', () => {});
  await new Promise((resolve) => watch.once('data', resolve));
  await vi.waitFor(async () => expect(await outcome('Leave', { userId: `${USER}-2` })).toBe('OK'), 5_000);
}

/** Who has no business here, or too much of it. */
async function abuseIt(): Promise<void> {
  for (const token of [WRONG_TOKEN, `${WRONG_TOKEN}.b.c`, ''])
    expect(await outcome('Suspicion', { userId: USER }, token)).toMatch(/UNAUTHENTICATED/);
  expect(await outcome('SetThresholds', { clear: true }, gateway.token)).toMatch(/PERMISSION_DENIED/);
  const path = `/api/v1/namespaces/default/users/${USER}-1`;
  expect(await http(path, WRONG_TOKEN)).toBe(401);
  expect(
    await http('/api/v1/session', '', { method: 'POST', body: JSON.stringify({ token: WRONG_TOKEN }) }),
  ).toBe(401);
  expect(await http(`/api/v1/namespaces/${USER}/users/${USER}`, gateway.token)).toBe(403);
  expect(await http(`${path}/events/${SESSION}?token=${WRONG_TOKEN}`, operator.token)).toBe(404);
  const calls = Array.from({ length: 100 }, () => outcome('IsOnline', { userId: `${USER}-1` }));
  expect((await Promise.all(calls)).some((text) => text.includes('caller_calls_per_second'))).toBe(true);
  // More users than the namespace may have.
  await vi.waitFor(async () => {
    expect(node.service.presence.namespaces.get('').isFull).toBe(true);
  }, 10_000);
  expect(await outcome('Heartbeat', beat(`${USER}-5`), operator.token)).toMatch(/users_max/);
}

/** What Redis has cannot be read, or Redis cannot be reached. */
async function breakIt(): Promise<void> {
  const admin = new Redis(redis.url);
  await admin.set(userKey(`${USER}-1`), Buffer.from([9, 1, 2, 3]));
  expect(await outcome('Suspicion', { userId: `${USER}-1` }, operator.token)).toBe('OK');
  expect(await outcome('Heartbeat', beat(`${USER}-1`), operator.token)).toMatch(/FAILED_PRECONDITION/);
  const group = groupKey(shardOf(GROUP), 'default', GROUP);
  await admin.del(group);
  await admin.set(group, 'x');
  const add = { groupId: GROUP, userIds: [`${USER}-1`] };
  expect(await outcome('AddToGroup', add, operator.token)).toMatch(/FAILED_PRECONDITION/);
  admin.disconnect();
  await redis.kill();
  expect(await outcome('Suspicion', { userId: `${USER}-3` }, operator.token)).toMatch(/UNAVAILABLE/);
  const waiting = outcome('Heartbeat', beat(`${USER}-3`), operator.token);
  await redis.restart();
  await vi.waitFor(() => expect(node.service.presence.store.isReady()).toBe(true), 10_000);
  expect(await waiting).toBe('OK');
}

it('the log has no id of a user, session or group, and no token, whatever is done and whatever fails', async () => {
  await start();
  const events = new EventClient(node, `/namespaces/default/users/${USER}-1/events`, {
    authorization: `Bearer ${operator.token}`,
  });
  await events.until('user');
  await useIt();
  await abuseIt();
  const thresholds = { suspect: { phi: 2 }, author: 'for the night' };
  expect(await outcome('SetThresholds', thresholds, operator.token)).toBe('OK');
  const dryRun = JSON.stringify({ dryRun: true, dryRunMs: '60000', offline: { phi: 9 } });
  expect(
    await http('/api/v1/namespaces/default/thresholds', operator.token, { method: 'POST', body: dryRun }),
  ).toBe(200);
  expect(await outcome('Drain', { origin: 'gateway-7', graceMs: 1_000 }, operator.token)).toBe('OK');
  await breakIt();
  events.close();
  const { text, lines } = node.log;
  for (const id of [USER, SESSION, GROUP]) expect(text).not.toContain(id);
  for (const token of [operator, gateway]) {
    expect(text).not.toContain(token.token);
    expect(text).not.toContain(token.hash);
  }
  expect(text).not.toContain(WRONG_TOKEN);
  // All of that was exercised: it is in the log, without ids.
  for (const said of [
    'was denied (unknown_token)',
    'was denied (namespace)',
    'the record of this user cannot be read',
    'cannot be reached',
    'users_max',
  ]) {
    expect(text).toContain(said);
  }
  const audited = lines.flatMap(({ level, fields }) => ('audit' in fields ? [{ level, ...fields }] : []));
  const by = { level: 'info', caller: 'operator', peer: expect.stringMatching(/^127\.0\.0\.1:\d+$/) };
  expect(audited).toEqual([
    expect.objectContaining({
      ...by,
      audit: 'SetThresholds',
      namespace: 'default',
      dryRun: false,
      suspect: { phi: 2 },
      remark: 'for the night',
    }),
    expect.objectContaining({
      ...by,
      audit: 'SetThresholds',
      namespace: 'default',
      dryRun: true,
      offline: { phi: 9 },
    }),
    expect.objectContaining({ ...by, audit: 'Drain', origin: 'gateway-7', graceMs: 1_000 }),
  ]);
}, 60_000);

it('names a user whose record cannot be read where that is asked for', async () => {
  await start({ logsUsers: true });
  const admin = new Redis(redis.url);
  await admin.set(userKey(`${USER}-1`), Buffer.from([9, 1, 2, 3]));
  admin.disconnect();
  expect(await outcome('Suspicion', { userId: `${USER}-1` }, operator.token)).toBe('OK');
  expect(node.log.text).toContain(userKey(`${USER}-1`));
});
