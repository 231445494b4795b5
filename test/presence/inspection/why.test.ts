import { afterEach, describe, expect, it } from 'vitest';
import { newSession } from '../../../src/detector/session.js';
import { assess } from '../../../src/presence/assessment.js';
import { whyOf } from '../../../src/presence/inspection/why.js';
import { Namespace } from '../../../src/presence/namespace.js';
import type { ServiceSettings } from '../../../src/service.js';
import { ask } from '../../http/client.js';
import { received } from '../../support/heartbeat.js';
import { type ManualNode, startManualNode } from '../../support/manual-node.js';
import { namespaceSettings } from '../../support/settings.js';

const stops: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const stop of stops.splice(0).reverse()) await stop();
});

async function start(overrides: Partial<ServiceSettings> = {}): Promise<ManualNode> {
  const node = await startManualNode(overrides);
  stops.push(() => node.stop());
  return node;
}

const why = async (node: ManualNode, userId = 'alice') =>
  (await ask(node, `/namespaces/default/users/${userId}`)).json.why;

/** A node on which alice beat every second, the last time 500 ms ago. */
async function withAlice(overrides: Partial<ServiceSettings> = {}): Promise<ManualNode> {
  const node = await start(overrides);
  await node.seed({ intervalMs: 1_000, n: 30, agoMs: 490 });
  return node;
}

async function leave(node: ManualNode, sessionId: string): Promise<void> {
  const { presence } = node.service;
  const left = presence.ingest.leave(presence.namespaces.get(''), 'alice', sessionId);
  await node.clock.advance(10);
  await left;
}

const ONLINE =
  'ONLINE: heard 500 ms ago, which is not unusual: the next heartbeat is expected about 1 s after the last';

it('ONLINE, SUSPECT, OFFLINE by silence and by max_silence, and forgotten', async () => {
  const node = await withAlice();
  expect(await why(node)).toBe(`${ONLINE} (φ 0.00 < 3); SUSPECT in 809 ms`);
  await node.clock.advance(750);
  const isSilent = 'a live session of this user is silent that long';
  expect(await why(node)).toBe(
    `ONLINE: silent for 1.2 s; ${isSilent} once in 160 gaps (φ 2.21 < 3); SUSPECT in 59 ms`,
  );
  await node.clock.advance(70);
  expect(await why(node)).toBe(
    `SUSPECT: silent for 1.3 s; ${isSilent} once in 1,500 gaps (φ 3.16 >= 3); OFFLINE in 106 ms`,
  );
  await node.clock.advance(120);
  expect(await why(node)).toBe(`OFFLINE: silent for 1.4 s; ${isSilent} once in 180,000 gaps (φ 5.27 >= 5)`);
  await node.clock.advance(1_000);
  expect(await why(node)).toBe(
    `OFFLINE: silent for 2.4 s; ${isSilent} less than once in a billion gaps (φ 46.6 >= 5)`,
  );
  await node.clock.advance(120_000);
  expect(await why(node)).toBe(
    'OFFLINE: silent for 2 min 2 s; max_silence, 90 s, is over, and nobody may be silent for longer',
  );
  await node.clock.advance(86_400_000);
  const forgotten = 'UNKNOWN: never heard of, or not for as long as phid remembers (retention, 1 d)';
  expect(await why(node)).toBe(forgotten);
  expect(await why(node, 'nobody')).toBe(forgotten);
});

it('OFFLINE next, where both thresholds are the same', async () => {
  const settings = { ...namespaceSettings(), intents: { suspect: { phi: 3 }, offline: { phi: 3 } } };
  expect(await why(await withAlice({ namespaces: { default: settings } }))).toMatch(/; OFFLINE in 809 ms$/);
});

it('of several sessions, by the liveliest; and OFFLINE when all have left', async () => {
  const node = await withAlice();
  await node.seed({ sessionId: 'laptop', intervalMs: 1_000, n: 30, agoMs: 300 });
  expect(await why(node)).toMatch(/^ONLINE: heard 310 ms ago, .*; of 2 sessions the liveliest is "laptop"$/);
  await leave(node, 'laptop');
  expect(await why(node)).toMatch(/^ONLINE: heard 520 ms ago, .*; of 2 sessions the liveliest is "phone"$/);
  await leave(node, '');
  await node.clock.advance(250_000);
  expect(await why(node)).toBe('OFFLINE: every session left, the last one 4 min 10 s ago');
});

it('warming, while its rhythm is hardly known', async () => {
  const node = await start();
  await node.seed({ intervalMs: 1_000, n: 2, agoMs: 0 });
  expect(await why(node)).toMatch(
    /; warming: its rhythm is hardly known yet, so the expected interval of the namespace counts$/,
  );
  await leave(node, 'phone');
  expect(await why(node)).toBe('OFFLINE: left 10 ms ago');
});

it('how much of a silence does not count, because nobody could be heard', async () => {
  const node = await withAlice({ doubt: { stallMs: 1_000 } });
  await node.clock.advance(3_000);
  const nowMs = node.clock.nowMs();
  node.service.presence.doubt.blindTimes.note({ fromMs: nowMs - 2_000, toMs: nowMs, isOver: true });
  await node.clock.advance(10);
  const { json } = await ask(node, '/namespaces/default/users/alice');
  const [{ silenceMs, blindMs }] = json.sessions;
  expect(silenceMs + blindMs).toBeCloseTo(3_510, 3);
  expect(json.why).toContain('silent for 3.5 s (');
  expect(json.why).toMatch(/\([\d.]+ m?s of it do not count: nobody could be heard then\)/);
  expect(json.suspicion.phi).toBeCloseTo(json.sessions[0].phi, 9);
  const { presence } = node.service;
  const { detector } = presence.namespaces.get('');
  const record = (await presence.store.read(presence.namespaces.get(''), ['alice']))[0]?.record;
  const session = record?.sessions[0];
  if (!session) throw new Error('alice is not there');
  expect(json.sessions[0].phi).toBeCloseTo(detector.phi(silenceMs, detector.estimate(session)), 9);
});

describe('what is withheld, and for what reason:', () => {
  const USERS = Array.from({ length: 30 }, (_, i) => `user-${i}`);

  /** Thirty users of one gateway beat for half a minute, spread over each second; then nobody does. */
  async function withGateway(): Promise<ManualNode> {
    const node = await start();
    const { presence } = node.service;
    for (let beat = 0; beat < 30; beat++) {
      for (const [i, userId] of USERS.entries()) {
        const heartbeat = received({ userId, origin: 'gw-7', receivedMs: node.clock.nowMs() });
        void presence.ingest.record(presence.namespaces.get(''), [heartbeat]);
        await node.clock.advance(i === USERS.length - 1 ? 1_000 - 33 * i : 33);
      }
    }
    return node;
  }

  it('a drain', async () => {
    const node = await withGateway();
    node.service.presence.doubt.holds.drain('gw-7', 60_000);
    await node.clock.advance(5_000);
    expect(await why(node, 'user-3')).toMatch(
      /^ONLINE: silent for 5.9 s; .* \(φ \d+ >= 5\); SUSPECT is withheld for 55\.?\d* s more at most, because origin "gw-7" was drained$/,
    );
  });

  it('many who fell silent at once; first it is not known whether somebody is one of them', async () => {
    const node = await withGateway();
    await node.clock.advance(460);
    expect(await why(node, 'user-0')).toMatch(
      /^SUSPECT: .*; OFFLINE is withheld, because too few others of origin "gw-7" were heard since this user was due$/,
    );
    await node.clock.advance(5_000);
    expect(await why(node, 'user-0')).toMatch(
      /^SUSPECT: .*; OFFLINE is withheld for 11\d\.?\d* s more at most, because many users of origin "gw-7" fell silent at once$/,
    );
  });

  it('another node that hears the same origin', async () => {
    const node = await withAlice();
    await node.clock.advance(1_500);
    const { presence } = node.service;
    const { massSilence } = presence.namespaces.get('');
    const { nowUs } = presence.store.clocks() as { nowUs: number };
    massSilence.witnesses.hear(new Map([['', [nowUs - 1_000_000]]]));
    expect(await why(node)).toMatch(
      /^SUSPECT: .*; OFFLINE is withheld, because another node that hears users of no origin has not yet said that it recorded everything$/,
    );
  });
});

describe('what phid holds against itself:', () => {
  const namespace = new Namespace('default', namespaceSettings());
  const judge = { thresholds: namespace.thresholds, degraded: true };

  it('heartbeats that it may not have recorded', () => {
    const record = { sessions: [newSession(received(), 1e6, namespace.detector)] };
    const assessment = assess(namespace, 'alice', { record, nowUs: 2e6 }, judge);
    expect(whyOf(assessment, false)).toMatch(/; phid doubts itself: heartbeats may not be recorded yet$/);
  });

  it('a store that has lost its data', () => {
    const reading = { record: undefined, nowUs: 2e6 };
    expect(whyOf(assess(namespace, 'alice', reading, { ...judge, hasLostData: true }), false)).toBe(
      'UNKNOWN: the store has lost its data and this user was not heard since, but may be there',
    );
  });
});
