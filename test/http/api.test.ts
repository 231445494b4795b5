import { afterEach, describe, expect, it, vi } from 'vitest';
import type { ServiceSettings } from '../../src/service.js';
import { type ManualNode, startManualNode } from '../support/manual-node.js';
import { startNode } from '../support/node.js';
import { startRedis } from '../support/redis-server.js';
import { namespaceSettings } from '../support/settings.js';
import { TuningClient } from '../support/tuning-client.js';
import { canonicalJson } from './canonical-json.js';
import { ask, failure, post } from './client.js';

const stops: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const stop of stops.splice(0).reverse()) await stop();
});

async function start(overrides: Partial<ServiceSettings> = {}): Promise<ManualNode> {
  const node = await startManualNode(overrides);
  stops.push(() => node.stop());
  return node;
}

function tuningOf(node: ManualNode): TuningClient {
  const tuning = new TuningClient(node);
  stops.push(() => tuning.close());
  return tuning;
}

const namespaces = { default: namespaceSettings(), web: namespaceSettings({ model: 'adaptive' }) };
const DEFAULT = '/namespaces/default';

describe('says what gRPC says, in the JSON of protobuf, default values written out', () => {
  it('of namespaces', async () => {
    const node = await start({ namespaces });
    const { status, json, headers } = await ask(node, '/namespaces');
    expect(status).toBe(200);
    expect(headers.get('content-type')).toBe('application/json; charset=utf-8');
    expect(headers.get('cache-control')).toBe('no-store');
    expect(json).toEqual(canonicalJson(await tuningOf(node).list()));
    expect(json.namespaces[0]).toMatchObject({ namespace: 'default', suspectPhi: 3, changes: [] });
    expect(json.namespaces[0]).not.toHaveProperty('set');
  });

  it('of the fleet', async () => {
    const node = await start({ namespaces });
    await node.seed({ intervalMs: 1_000, n: 30, agoMs: 0 });
    node.service.presence.doubt.holds.drain('gw', 60_000);
    const { json } = await vi.waitFor(async () => {
      await node.clock.advance(600);
      const answer = await ask(node, '/fleet');
      expect(answer.json.namespaces[0]).toMatchObject({ complete: true, online: '1' });
      return answer;
    });
    expect(json).toEqual(canonicalJson(await tuningOf(node).fleet()));
    expect(json).toMatchObject({
      namespaces: [
        { namespace: 'default', suspect: '0' },
        { namespace: 'web', online: '0' },
      ],
      nodes: [{ status: 'ONLINE', answering: true, version: expect.stringMatching(/^\d+\./) }],
      holds: [{ namespace: 'default', origin: 'gw', cause: 'CAUSE_DRAIN' }, { namespace: 'web' }],
      degraded: false,
    });
    // A node is a user of phid's own namespace.
    const own = await ask(node, `/namespaces/phid.nodes/users/${encodeURIComponent(json.nodes[0].id)}`);
    expect(own.json.suspicion.status).toBe('ONLINE');
  });

  it('of the quality of a namespace, with its dry run', async () => {
    const node = await start({ namespaces });
    const tuning = tuningOf(node);
    await tuning.set({ offline: { phi: 6 }, dryRun: true, dryRunMs: 60_000 });
    await node.seed({ intervalMs: 1_000, n: 30, agoMs: 0 });
    const { json } = await ask(node, `${DEFAULT}/quality`);
    expect(json).toEqual(canonicalJson(await tuning.quality()));
    expect(json.dryRun).toMatchObject({ author: 'alice', ended: false, offlinePhi: 6 });
    expect((await ask(node, '/namespaces/web/quality')).json.tuning.model).toBe('adaptive');
  });

  it('of a user', async () => {
    const node = await start({ namespaces });
    await node.seed({ intervalMs: 1_000, n: 30, agoMs: 0 });
    await node.seed({ sessionId: 'laptop', intervalMs: 500, n: 3, agoMs: 0 });
    await node.clock.advance(1_200);
    const { json } = await ask(node, `${DEFAULT}/users/alice`);
    expect(json).toEqual(canonicalJson(await tuningOf(node).inspect('alice')));
    expect(json.suspicion.sessions[0]).toMatchObject({
      sequence: '0',
      activity: 'ACTIVITY_UNSPECIFIED',
      left: false,
    });
    const { suspicion } = await node.call('Suspicion', { userId: 'alice' });
    expect(json.suspicion).toEqual(canonicalJson(suspicion));
    const unknown = (await ask(node, `${DEFAULT}/users/nobody`)).json;
    expect(unknown).toEqual(canonicalJson(await tuningOf(node).inspect('nobody')));
    expect(unknown).toMatchObject({
      suspicion: { status: 'UNKNOWN', warming: false, elapsedMs: 0 },
      sessions: [],
    });
    expect(unknown.suspicion).not.toHaveProperty('phi');
  });

  it('of suspects, as many as are asked for', async () => {
    const node = await start();
    const userIds = ['alice', 'bob', 'carol'];
    for (const [i, userId] of userIds.entries())
      await node.seed({ userId, intervalMs: 1_000, n: 30, agoMs: 15 * i });
    await node.clock.advance(1_370);
    const { json } = await ask(node, `${DEFAULT}/suspects`);
    expect(json.suspicions.map(({ userId }: { userId: string }) => userId)).toEqual([
      'carol',
      'bob',
      'alice',
    ]);
    expect(json.suspicions[0].sessions).toHaveLength(1);
    const { json: two } = await ask(node, `${DEFAULT}/suspects?limit=2`);
    expect(two.suspicions.map(({ userId }: { userId: string }) => userId)).toEqual(
      await tuningOf(node).suspects(2),
    );
  });

  it('of thresholds that are set, which are in force then', async () => {
    const node = await start();
    const body = { suspect: { phi: 2 }, author: 'alice' };
    const { status, json } = await post(node, `${DEFAULT}/thresholds`, body).answer();
    expect(status).toBe(200);
    const [tuning] = (await tuningOf(node).list()).namespaces;
    expect(json).toEqual({ tuning: canonicalJson(tuning) });
    expect(json.tuning).toMatchObject({
      suspectPhi: 2,
      source: 'THRESHOLD_SOURCE_RUNTIME',
      changes: [
        { author: 'alice', peer: expect.stringMatching(/^127\.0\.0\.1:\d+$/), dryRun: false, dryRunMs: 0 },
      ],
    });
  });
});

it('on Redis as on the embedded store', async () => {
  const redis = await startRedis();
  stops.push(() => redis.stop());
  const node = await startNode({ redis: redis.url });
  stops.push(() => node.stop());
  await node.seed({ intervalMs: 1_000, n: 30, agoMs: 0 });
  const { json } = await ask(node, `${DEFAULT}/users/alice`);
  expect(json).toMatchObject({
    suspicion: { status: 'ONLINE' },
    sessions: [{ sessionId: 'phone', samples: 20 }],
  });
  expect(json.sessions[0].intervalsMs).toEqual(Array(20).fill(1_000));
  const set = await post(node, `${DEFAULT}/thresholds`, { clear: true, author: 'alice' }).answer();
  expect(set.status).toBe(200);
  await redis.kill();
  expect(await failure(node, `${DEFAULT}/users/alice`)).toMatch(/^503 UNAVAILABLE: /);
  expect(await post(node, `${DEFAULT}/thresholds`, { clear: true, author: 'a' }).failure()).toMatch(/^503 /);
});

it('a user may hold any text that is an id, percent-encoded', async () => {
  const node = await start();
  for (const userId of ['a/b', 'ü?#%', '日本語', 'a b+c', '..a', '{userId}', "'<>&"]) {
    const { json } = await ask(node, `${DEFAULT}/users/${encodeURIComponent(userId)}`);
    expect(json.suspicion.userId).toBe(userId);
  }
});

describe('refuses, as gRPC does with the same words,', () => {
  it('what is no namespace, user, limit or parameter', async () => {
    const node = await start();
    const expected = {
      '/namespaces/nope/quality': 'namespace: "nope" is not configured (configured: default)',
      '/namespaces//quality': 'namespace: "" is empty',
      [`${DEFAULT}/users/`]: 'user_id: "" is empty; 1 to 256 bytes of UTF-8 are needed',
      [`${DEFAULT}/users/${'x'.repeat(257)}`]: `user_id: "${'x'.repeat(64)}..." has 257 bytes; at most 256 are allowed`,
      [`${DEFAULT}/users/%ff`]: 'user_id: "%ff" is not percent-encoded UTF-8',
      [`${DEFAULT}/users/%ff/events`]: 'user_id: "%ff" is not percent-encoded UTF-8',
      [`${DEFAULT}/users//events`]: 'user_id: "" is empty; 1 to 256 bytes of UTF-8 are needed',
      '/namespaces/nope/users/alice/events': 'namespace: "nope" is not configured (configured: default)',
      [`${DEFAULT}/suspects?limit=101`]: 'limit: 101 is more than 100',
      [`${DEFAULT}/suspects?limit=-1`]: 'limit: "-1" is no whole number',
      [`${DEFAULT}/suspects?limit=`]: 'limit: "" is no whole number',
      [`${DEFAULT}/suspects?max=1`]: 'max: is no parameter of this (allowed: limit)',
      '/namespaces?x=1': 'x: is no parameter of this (allowed: none)',
    };
    for (const [path, message] of Object.entries(expected)) {
      expect(await failure(node, path)).toBe(`400 INVALID_ARGUMENT: ${message}`);
    }
    expect(await node.outcome('Suspicion', { userId: 'alice', namespace: 'nope' })).toBe(
      `3 INVALID_ARGUMENT: ${expected['/namespaces/nope/quality']}`,
    );
  });

  it('thresholds that mean nothing', async () => {
    const node = await start();
    const tuning = tuningOf(node);
    for (const request of [
      { suspect: { phi: 0.5 } },
      { suspect: { phi: 4 }, offline: { phi: 3 } },
      { suspect: {} },
      { clear: true, suspect: { phi: 2 } },
      { dryRunMs: 5, suspect: { phi: 2 } },
      { dryRun: true, dryRunMs: 5, suspect: { phi: 2 } },
      { suspect: { phi: 2 }, author: '' },
      {},
    ]) {
      const body = { author: 'alice', ...request };
      const said = await tuning.outcome(body);
      expect(said).toMatch(/^3 INVALID_ARGUMENT/);
      expect(await post(node, `${DEFAULT}/thresholds`, body).failure()).toBe(said.replace(/^3 /, '400 '));
    }
    expect((await tuning.list()).namespaces[0]?.changes).toEqual([]);
  });

  it('bodies that are no such message, naming what is wrong', async () => {
    const node = await start();
    const expected: [body: string, problem: RegExp][] = [
      ['', /^is no SetThresholdsRequest in JSON: Unexpected end of JSON input$/],
      ['{', /JSON: Expected property name/],
      ['[]', /cannot decode message SetThresholdsRequest/],
      ['{"suspekt":{}}', /key "suspekt" is unknown/],
      ['{"suspect":{"phi":"high"}}', /field Intent.phi .* got "high"/],
      ['{"suspect":{"phi":1,"detectionTimeMs":2}}', /oneof set multiple times/],
      ['{"dryRunMs":-1}', /dry_run_ms .* -1 out of range/],
      ['{"author":7}', /field SetThresholdsRequest.author .* expected string, got 7/],
    ];
    for (const [body, problem] of expected) {
      const said = await post(node, `${DEFAULT}/thresholds`, body).failure();
      expect(said).toMatch(/^400 INVALID_ARGUMENT: body: is no SetThresholdsRequest in JSON: /);
      expect(said.slice('400 INVALID_ARGUMENT: body: '.length)).toMatch(problem);
    }
    const elsewhere = { namespace: 'web', clear: true, author: 'alice' };
    expect(await post(node, `${DEFAULT}/thresholds`, elsewhere).failure()).toBe(
      '400 INVALID_ARGUMENT: namespace: is part of the path, and not of the body',
    );
  });
});
