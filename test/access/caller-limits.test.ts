import { writeFileSync } from 'node:fs';
import { Metadata, type ServiceError } from '@grpc/grpc-js';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { stringify } from 'yaml';
import type { HeartbeatStreamResponse__Output } from '../../src/gen/phid/v1/HeartbeatStreamResponse.js';
import type { ServiceSettings } from '../../src/service.js';
import { temporaryFile } from '../config/config-fixture.js';
import { type ManualNode, startManualNode } from '../support/manual-node.js';
import { tokenPair } from '../support/secure-node.js';
import { callerLimits, openStreamSettings } from '../support/settings.js';

const ROLES = ['ingest', 'query', 'watch', 'metrics', 'tune'];
const greedy = tokenPair();
const modest = tokenPair();

const nodes: ManualNode[] = [];
afterEach(async () => {
  await Promise.all(nodes.splice(0).map((node) => node.stop()));
});

function callersOf(limits: Readonly<Record<string, number>>): string {
  const entry = { roles: ROLES, namespaces: '*' };
  return stringify({
    callers: {
      greedy: { ...entry, tokens: [greedy.hash], limits },
      modest: { ...entry, tokens: [modest.hash] },
    },
  });
}

/** A node with two callers; `limits` are those of the file for the greedy one. */
async function start(limits: Readonly<Record<string, number>>, overrides: Partial<ServiceSettings> = {}) {
  const callers = temporaryFile('callers.yml', callersOf(limits));
  const node = await startManualNode({
    access: {
      callers,
      jwt: undefined,
      isMetricsOpen: true,
      hasReflection: false,
      limits: callerLimits,
    },
    ...overrides,
  });
  nodes.push(node);
  return { node, callers };
}

function as({ token }: { token: string }): Metadata {
  const metadata = new Metadata();
  metadata.set('authorization', `Bearer ${token}`);
  return metadata;
}

const isOnline = (node: ManualNode, who: { token: string }) =>
  new Promise<ServiceError | 'OK'>((resolve) =>
    node.client.IsOnline({ userId: 'alice' }, as(who), (error) => resolve(error ?? 'OK')),
  );

const get = (node: ManualNode, path: string, { token }: { token: string }) =>
  fetch(node.httpUrl(path), { headers: { authorization: `Bearer ${token}` } });

const metric = async (node: ManualNode, name: string) => {
  const page = await node.service.registry.metrics();
  return Number(
    page
      .split('\n')
      .find((line) => line.startsWith(`${name} `))
      ?.slice(name.length + 1),
  );
};

/** Until the file of callers was taken over so many times. */
async function reloaded(node: ManualNode, times: number): Promise<void> {
  await vi.waitFor(async () => {
    await node.clock.advance(1_000);
    expect(await metric(node, 'phid_file_reloads_total{what="callers"}')).toBe(times);
  });
  await node.clock.advance(1_000);
}

/** A gateway's stream, with what it was answered. */
function gateway(node: ManualNode, who: { token: string }) {
  const stream = node.client.HeartbeatStream(as(who));
  const answers: HeartbeatStreamResponse__Output[] = [];
  const end: { error?: string; ended?: boolean } = {};
  stream.on('data', (answer: HeartbeatStreamResponse__Output) => answers.push(answer));
  stream.on('error', (error) => {
    end.error = error.message;
  });
  stream.on('end', () => {
    end.ended = true;
  });
  const send = (batchId: number, count: number) =>
    stream.write({
      batchId,
      heartbeats: Array.from({ length: count }, (_, i) => ({ userId: `u-${i}`, sessionId: 'phone' })),
    });
  return { stream, answers, end, send };
}

/** Time passes, in steps that let what comes by the network be taken in. */
async function pass(node: ManualNode, ms: number): Promise<void> {
  for (let passedMs = 0; passedMs < ms; passedMs += 10) {
    await node.clock.advance(10);
    await new Promise((resolve) => setImmediate(resolve));
  }
}

describe('calls', () => {
  it('beyond the rate of their caller are refused on both wires, by its name and when to come again; others are answered', async () => {
    const { node } = await start({ calls_per_second: 2 });
    for (let i = 0; i < 2; i++) expect(await isOnline(node, greedy)).toBe('OK');
    for (let i = 0; i < 2; i++)
      expect((await get(node, '/api/v1/namespaces/default/users/alice', greedy)).status).toBe(200);
    const message = 'calls a second of greedy (limits.caller_calls_per_second): the limit of 2 is reached';
    const refused = (await isOnline(node, greedy)) as ServiceError;
    expect(refused.message).toBe(`8 RESOURCE_EXHAUSTED: ${message}`);
    expect(refused.metadata.get('grpc-retry-pushback-ms')).toEqual(['500']);
    const answer = await get(node, '/api/v1/namespaces/default/users/alice', greedy);
    expect([answer.status, answer.headers.get('retry-after')]).toEqual([429, '1']);
    expect(((await answer.json()) as { error: object }).error).toEqual({
      code: 'RESOURCE_EXHAUSTED',
      message,
    });
    expect(await isOnline(node, modest)).toBe('OK');
    expect(await metric(node, 'phid_caller_refused_total{caller="greedy",limit="calls_per_second"}')).toBe(2);
    expect(await metric(node, 'phid_caller_refused_total{caller="modest",limit="calls_per_second"}')).toBe(0);
    await node.clock.advance(500);
    expect(await isOnline(node, greedy)).toBe('OK');
    expect(await isOnline(node, greedy)).not.toBe('OK');
  });

  it('that answer two rpcs, or fail, count as one', async () => {
    const { node } = await start({ calls_per_second: 1 });
    const path = '/api/v1/namespaces/default/users/alice/events';
    const head = await fetch(node.httpUrl(path), {
      method: 'HEAD',
      headers: { authorization: `Bearer ${greedy.token}` },
    });
    expect(head.status).toBe(200);
    const leave = () =>
      new Promise((resolve) =>
        node.client.Leave({ userId: '' }, as(greedy), (error) => resolve(error?.message)),
      );
    expect(await leave()).toMatch(/^3 INVALID_ARGUMENT/);
    expect(await leave()).toMatch(/^8 RESOURCE_EXHAUSTED/);
  });

  it('are judged by other limits as soon as the file says so, and who is taken out leaves nothing', async () => {
    const { node, callers } = await start({ calls_per_second: 1 });
    for (let i = 0; i < 2; i++) expect(await isOnline(node, greedy)).toBe('OK');
    expect(await isOnline(node, greedy)).not.toBe('OK');
    writeFileSync(callers, callersOf({ calls_per_second: 1_000 }));
    await reloaded(node, 1);
    for (let i = 0; i < 50; i++) expect(await isOnline(node, greedy)).toBe('OK');
    writeFileSync(callers, 'callers: {}');
    await reloaded(node, 2);
    expect(await isOnline(node, greedy)).toMatchObject({ code: 16 });
    expect(await node.service.registry.metrics()).not.toContain('caller="greedy"');
  });
});

describe('a HeartbeatStream', () => {
  it('of a caller ahead of its rate is read no further for as long, loses nothing, and holds up nobody else', async () => {
    const { node } = await start({ heartbeats_per_second: 100 });
    const fast = gateway(node, greedy);
    // A hundred heartbeats each: two seconds' worth at once, one that is lent, and then one message a second.
    for (let batchId = 1; batchId <= 20; batchId++) fast.send(batchId, 100);
    fast.stream.end();
    await vi.waitFor(async () => {
      await node.clock.advance(5);
      expect(fast.answers).toHaveLength(3);
    });
    const other = gateway(node, modest);
    other.send(1, 1_000);
    await vi.waitFor(async () => {
      await node.clock.advance(5);
      expect(other.answers[0]?.accepted).toBe(1_000);
    });
    other.stream.cancel();
    expect(fast.answers).toHaveLength(3);
    const beganMs = node.clock.nowMs();
    await pass(node, 5_000);
    const passedSeconds = (node.clock.nowMs() - beganMs) / 1000;
    expect(fast.answers.length).toBeGreaterThanOrEqual(3 + Math.floor(passedSeconds) - 1);
    expect(fast.answers.length).toBeLessThanOrEqual(3 + Math.ceil(passedSeconds));
    await pass(node, 15_000);
    await vi.waitFor(() => expect(fast.end).toEqual({ ended: true }));
    expect(fast.answers.map(({ batchId }) => batchId)).toEqual(Array.from({ length: 20 }, (_, i) => i + 1));
    expect(fast.answers.every(({ accepted }) => accepted === 100)).toBe(true);
    expect(await metric(node, 'phid_caller_held_total{caller="greedy"}')).toBeGreaterThan(10);
    expect(await metric(node, 'phid_grpc_streams_ended_total{reason="idle"}')).toBe(0);
  });

  it('gets its caller nothing by being opened anew', async () => {
    // Waiting for what it owes is no idleness.
    const openStreams = { ...openStreamSettings, idleMs: 2_000 };
    const { node } = await start({ heartbeats_per_second: 100 }, { openStreams });
    const first = gateway(node, greedy);
    first.send(1, 1_000);
    await vi.waitFor(async () => {
      await node.clock.advance(5);
      expect(first.answers).toHaveLength(1);
    });
    first.stream.cancel();
    const second = gateway(node, greedy);
    second.send(1, 1);
    await pass(node, 5_000);
    expect(second.answers).toHaveLength(0);
    await pass(node, 5_000);
    await vi.waitFor(() => expect(second.answers).toHaveLength(1));
    second.stream.cancel();
  });

  it('of empty messages is held back as well', async () => {
    const { node } = await start({ heartbeats_per_second: 1 });
    const idle = gateway(node, greedy);
    for (let batchId = 1; batchId <= 5; batchId++) idle.send(batchId, 0);
    await vi.waitFor(() => expect(idle.answers).toHaveLength(2));
    await pass(node, 1_100);
    expect(idle.answers).toHaveLength(3);
    idle.stream.cancel();
  });
});

describe('streams', () => {
  it('beyond those of their caller are refused, of whatever kind they are, and there is room again when one ends', async () => {
    const { node } = await start({ streams_max: 3 });
    const opened = gateway(node, greedy);
    opened.send(1, 1);
    await vi.waitFor(async () => {
      await node.clock.advance(5);
      expect(opened.answers).toHaveLength(1);
    });
    const watch = node.client.Watch({ userIds: ['alice'] }, as(greedy));
    watch.on('error', () => {});
    const controller = new AbortController();
    const events = await fetch(node.httpUrl('/api/v1/namespaces/default/users/alice/events'), {
      headers: { authorization: `Bearer ${greedy.token}` },
      signal: controller.signal,
    });
    expect(events.status).toBe(200);
    const streams = () => metric(node, 'phid_caller_streams{caller="greedy"}');
    await vi.waitFor(async () => expect(await streams()).toBe(3));
    const problem = 'streams of greedy (limits.caller_streams_max): the limit of 3 is reached';
    for (const rpc of ['HeartbeatStream', 'Track'] as const) {
      const call = node.client[rpc](as(greedy));
      const error = await new Promise<ServiceError>((resolve) => call.on('error', resolve));
      expect(error.message).toBe(`8 RESOURCE_EXHAUSTED: ${problem}`);
    }
    const more = await get(node, '/api/v1/fleet/events', greedy);
    expect([more.status, ((await more.json()) as { error: Error }).error.message]).toEqual([429, problem]);
    expect(await metric(node, 'phid_caller_refused_total{caller="greedy",limit="streams_max"}')).toBe(3);
    expect(await metric(node, 'phid_caller_streams_limit{caller="greedy"}')).toBe(3);
    const { presence } = node.service;
    expect([presence.tracker.subscriptions, await metric(node, 'phid_heartbeat_streams')]).toEqual([2, 1]);
    for (const close of [() => watch.cancel(), () => controller.abort(), () => opened.stream.cancel()])
      close();
    await vi.waitFor(async () => expect(await streams()).toBe(0));
    const again = gateway(node, greedy);
    again.send(1, 1);
    await vi.waitFor(async () => {
      await node.clock.advance(5);
      expect(again.answers).toHaveLength(1);
    });
    again.stream.cancel();
  });

  it('of Track whose caller sends too many messages are read no further for a while', async () => {
    const { node } = await start({ calls_per_second: 1 });
    const stream = node.client.Track(as(greedy));
    let snapshots = 0;
    stream.on('data', ({ change }) => {
      if (change) snapshots += 1;
    });
    stream.on('error', () => {});
    for (let i = 0; i < 4; i++) stream.write({ add: [`user-${i}`] });
    await vi.waitFor(() => expect(snapshots).toBe(1));
    await pass(node, 1_000);
    await vi.waitFor(() => expect(snapshots).toBe(2));
    await pass(node, 2_000);
    await vi.waitFor(() => expect(snapshots).toBe(4));
    stream.cancel();
  });

  it('that find no room on the node count for nobody', async () => {
    const { node } = await start({ streams_max: 5 });
    const { heartbeatStreamsMax } = openStreamSettings;
    const opened = Array.from({ length: heartbeatStreamsMax }, () => gateway(node, modest));
    await vi.waitFor(async () =>
      expect(await metric(node, 'phid_heartbeat_streams')).toBe(heartbeatStreamsMax),
    );
    const refused = gateway(node, greedy);
    await vi.waitFor(() =>
      expect(refused.end.error).toBe(
        `8 RESOURCE_EXHAUSTED: HeartbeatStream streams on this node: the limit of ${heartbeatStreamsMax} is reached`,
      ),
    );
    expect(await metric(node, 'phid_grpc_streams_refused_total')).toBe(1);
    expect(await metric(node, 'phid_caller_streams{caller="greedy"}')).toBe(0);
    for (const { stream } of opened) stream.cancel();
  });
});
