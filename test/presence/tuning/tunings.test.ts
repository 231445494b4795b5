import { beforeEach, describe, expect, it } from 'vitest';
import type { Intents } from '../../../src/detector/intent.js';
import { type Namespace, Namespaces } from '../../../src/presence/namespace.js';
import { Presence } from '../../../src/presence/presence.js';
import { Tunings } from '../../../src/presence/tuning/tunings.js';
import { MemoryStore } from '../../../src/store/memory/memory-store.js';
import { type Store, StoreUnavailableError } from '../../../src/store/store.js';
import { CHANGES_MAX } from '../../../src/store/tuning-store.js';
import { FaultyStore } from '../../support/faulty-store.js';
import { MemoryLog } from '../../support/log.js';
import { ManualClock, settle } from '../../support/manual-clock.js';
import {
  doubtSettings,
  groupSettings,
  ingestSettings,
  learningSettings,
  namespaceSettings,
  trackerSettings,
} from '../../support/settings.js';

const alice = { author: 'alice', peer: '127.0.0.1:5' };
const intentsOf = (suspect: number, offline: number): Intents => ({
  suspect: { phi: suspect },
  offline: { phi: offline },
});

class TuningNode {
  readonly log = new MemoryLog();
  readonly presence: Presence;
  readonly tunings: Tunings;
  readonly namespace: Namespace;

  /** `seen`: the store as the rest of the node sees it. */
  constructor(store: MemoryStore, clock: ManualClock, seen: Store = store) {
    const namespaces = new Namespaces({ default: namespaceSettings() });
    const { log } = this;
    this.presence = new Presence({
      namespaces,
      store: seen,
      clock,
      log,
      ingest: ingestSettings,
      groupStore: store.groupStore,
      groups: groupSettings,
      tracker: trackerSettings,
      learning: learningSettings,
      doubt: doubtSettings,
    });
    this.namespace = namespaces.get('default');
    this.tunings = new Tunings({ store, presence: this.presence, clock, log });
  }
}

let clock: ManualClock;
let store: MemoryStore;
let node: TuningNode;
beforeEach(async () => {
  clock = new ManualClock();
  store = new MemoryStore(clock);
  node = new TuningNode(store, clock);
  await settle();
});

describe('thresholds that were set', () => {
  it('win over the configuration, also over one that is read later, until they are cleared', async () => {
    const { namespace, presence, tunings } = node;
    await tunings.set(namespace, () => intentsOf(2, 4), alice);
    expect(namespace.thresholds).toEqual({ suspect: 2, offline: 4 });
    const next = { default: { ...namespaceSettings(), intents: intentsOf(6, 7) } };
    expect(presence.reloadThresholds(next)).toEqual(['default']);
    expect(namespace.thresholds).toEqual({ suspect: 2, offline: 4 });
    await tunings.set(namespace, undefined, alice);
    expect(namespace.thresholds).toEqual({ suspect: 6, offline: 7 });
    expect(namespace.tuning.set).toBeUndefined();
  });

  it('are heard of by other nodes without a feed as well, within a second', async () => {
    const behind = new FaultyStore(store);
    behind.follow = () => () => {};
    const other = new TuningNode(store, clock, behind);
    await settle();
    await node.tunings.set(node.namespace, () => intentsOf(2, 4), alice);
    await clock.advance(1_000);
    expect(other.namespace.thresholds).toEqual({ suspect: 2, offline: 4 });
  });

  it('leave the dry run alone, and a dry run leaves them', async () => {
    const { namespace, tunings } = node;
    await tunings.set(namespace, () => intentsOf(2, 4), alice);
    await tunings.beginDryRun(namespace, { intents: () => intentsOf(1, 3), durationMs: 60_000 }, alice);
    expect(namespace.thresholds).toEqual({ suspect: 2, offline: 4 });
    const { dryRun } = namespace;
    await tunings.set(namespace, undefined, alice);
    expect(namespace.dryRun).toBe(dryRun);
    await tunings.endDryRun(namespace, alice);
    expect(namespace.dryRun?.plan.untilUs).toBe(clock.epochUs());
  });

  it('are given back to a store that has lost its data, also by who changes them then', async () => {
    const other = new TuningNode(store, clock);
    await node.tunings.set(node.namespace, () => intentsOf(2, 4), alice);
    await clock.advance(1_000);
    const { thresholds } = node.namespace;
    // It holds nothing any more, as a Redis that was started again without its file.
    await store.close();
    await clock.advance(1_000);
    for (const { namespace } of [node, other])
      expect(namespace.thresholds).toEqual({ suspect: 2, offline: 4 });
    expect(node.namespace.thresholds).toBe(thresholds);
    expect(node.log.text + other.log.text).toMatch(/has lost what was set of thresholds: given back/);
    await store.close();
    await other.tunings.beginDryRun(
      other.namespace,
      { intents: () => intentsOf(1, 2), durationMs: 1_000 },
      alice,
    );
    await clock.advance(1_000);
    for (const { namespace } of [node, other]) {
      expect(namespace.thresholds).toEqual({ suspect: 2, offline: 4 });
      expect(namespace.dryRun?.plan.intents).toEqual(intentsOf(1, 2));
    }
  });

  it(`are remembered up to ${CHANGES_MAX} changes, the newest first`, async () => {
    for (let i = 0; i <= CHANGES_MAX; i++) {
      await node.tunings.set(node.namespace, () => intentsOf(2, 4 + i), { ...alice, author: `author-${i}` });
    }
    const { changes } = node.namespace.tuning;
    expect(changes).toHaveLength(CHANGES_MAX);
    expect(changes[0]).toEqual({
      atUs: clock.epochUs(),
      author: `author-${CHANGES_MAX}`,
      peer: alice.peer,
      set: intentsOf(2, 4 + CHANGES_MAX),
    });
    expect(changes.at(-1)?.author).toBe('author-1');
  });

  it('are not set where other nodes are always quicker', async () => {
    let tries = 0;
    const { tunings } = store;
    store.tunings = async (known, changed) => {
      if (!changed) return tunings.call(store, known);
      tries += 1;
      return { version: `${tries}`, documents: new Map(), isChanged: false };
    };
    await expect(node.tunings.set(node.namespace, () => intentsOf(2, 4), alice)).rejects.toThrow(
      StoreUnavailableError,
    );
    expect(tries).toBe(20);
    expect(node.namespace.thresholds).toEqual({ suspect: 3, offline: 5 });
  });
});

describe('a dry run', () => {
  it('counts within its time only, by what its intents come to', async () => {
    const { namespace, presence, tunings } = node;
    const beat = (agoMs: number) => ({
      userId: 'alice',
      sessionId: 'phone',
      sequence: 0,
      declaredMs: 0,
      activity: 0,
      origin: '',
      receivedMs: clock.nowMs() - agoMs,
    });
    const regular = Array.from({ length: 20 }, (_, i) => beat((19 - i) * 1_000 + 1));
    const recorded = presence.ingest.record(namespace, regular);
    await clock.advance(10);
    await recorded;
    await tunings.beginDryRun(
      namespace,
      { intents: () => ({ suspect: { phi: 1 }, offline: { detectionTimeMs: 1_400 } }), durationMs: 2_500 },
      alice,
    );
    const { suspect, offline } = namespace.dryRun?.thresholds(namespace.fleet) ?? { suspect: 0, offline: 0 };
    expect(suspect).toBe(1);
    expect(offline).toBeGreaterThan(1);
    for (const waitMs of [990, 1_200, 5_000]) {
      await clock.advance(waitMs);
      const late = presence.ingest.record(namespace, [beat(0)]);
      await clock.advance(5);
      await late;
    }
    await tunings.count(namespace);
    const { sums } = namespace.dryRun ?? {};
    // The third came when it was over.
    expect([sums?.arrivals, sums?.planned.suspect.mistakes, sums?.inForce.suspect.mistakes]).toEqual([
      2, 1, 0,
    ]);
  });

  it('keeps what it counted while the store is away', async () => {
    const { namespace, tunings } = node;
    await tunings.beginDryRun(namespace, { intents: () => intentsOf(1, 2), durationMs: 60_000 }, alice);
    namespace.dryRun?.unsent.addSilence(7);
    const { learn } = store;
    store.learn = async () => {
      throw new StoreUnavailableError('gone');
    };
    await expect(tunings.count(namespace)).rejects.toThrow('gone');
    store.learn = learn;
    await clock.advance(1_000);
    expect(namespace.dryRun?.sums.silenceMs).toBe(7);
  });
});

it('is done with it when it is closed', async () => {
  node.tunings.close();
  await node.presence.close();
  expect(clock.timers).toBe(0);
});
