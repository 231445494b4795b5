import { beforeEach, describe, expect, it } from 'vitest';
import type { Intents } from '../../src/detector/intent.js';
import { priorTables } from '../../src/detector/prior.js';
import { SurvivalTable } from '../../src/detector/survival-table.js';
import { LearnedCounts } from '../../src/presence/learned-counts.js';
import { MemoryStore } from '../../src/store/memory/memory-store.js';
import { StoreUnavailableError } from '../../src/store/store.js';
import { ManualClock, settle } from '../support/manual-clock.js';
import { namespaceSettings } from '../support/settings.js';
import { LEARNING_MS, LearningNode } from './learning-bench.js';

let clock: ManualClock;
let shared: MemoryStore;
let node: LearningNode;
beforeEach(() => {
  clock = new ManualClock();
  shared = new MemoryStore(clock);
  node = new LearningNode(shared, clock);
});

const fail = async () => {
  throw new StoreUnavailableError('gone');
};

describe('a node', () => {
  it('judges by the prior until there is something to learn', async () => {
    await clock.advance(3 * LEARNING_MS);
    expect(node.namespace.detector.tables).toBe(priorTables);
    expect(node.learner).toMatchObject({ weight: 0, tableChanges: 0, failedCalls: 0 });
  });

  it('judges by what it recorded, an interval later', async () => {
    const { detector } = node.namespace;
    await node.beats(500, { jitterMs: 100 });
    expect(node.namespace.detector).toBe(detector);
    await clock.advance(LEARNING_MS);
    expect(node.namespace.detector).not.toBe(detector);
    expect(node.namespace.detector.settings).toBe(detector.settings);
    // The first, and four until the rhythm is known, are no evidence.
    expect(node.learner).toMatchObject({ weight: expect.closeTo(494, 0), tableChanges: 1 });
    expect(node.namespace.learned.typical?.locationMs).toBeCloseTo(1_100, -2);
  });

  it('keeps its table while the fleet does what it always did', async () => {
    await node.beats(4_000, { jitterMs: 100 });
    await clock.advance(LEARNING_MS);
    const { detector } = node.namespace;
    await node.beats(20, { jitterMs: 100, userId: 'bob' });
    await clock.advance(LEARNING_MS);
    expect(node.learner.weight).toBeGreaterThan(4_000);
    expect(node.namespace.detector).toBe(detector);
  });

  it('knows at its start what the others learned before', async () => {
    await node.beats(500, { jitterMs: 100 });
    await clock.advance(LEARNING_MS);
    const late = new LearningNode(shared, clock);
    await settle();
    expect(late.judgesAs(node)).toBe(true);
    expect(late.namespace.detector.tables).not.toBe(priorTables);
  });

  it('learns no tables for a model that knows its distribution, and yet what it costs', async () => {
    const namespace = node.presence.namespaces.get('fixed');
    const { detector } = namespace;
    const learned: number[] = [];
    node.store.beforeLearn = async (counts) => void learned.push(new LearnedCounts(counts).fleet.weight);
    await node.beats(100, { jitterMs: 100 }, namespace);
    await clock.advance(2 * LEARNING_MS);
    expect(namespace.detector).toBe(detector);
    expect([...node.presence.learning.learners.keys()]).toEqual(['default']);
    expect(learned).toEqual([0, 0, 0, 0]);
    expect(node.presence.learning.quality(namespace).counts.arrivals).toBeCloseTo(99, 1);
    // How far it can be trusted is measured all the same.
    expect(namespace.calibration.judged).toBeGreaterThan(90);
  });

  it('is done with it when it is closed', async () => {
    await node.presence.close();
    expect(clock.timers).toBe(0);
  });
});

describe('two nodes on one store', () => {
  it('come to the same table, though each saw other users', async () => {
    const other = new LearningNode(shared, clock);
    await node.beats(400, { jitterMs: 20, userId: 'steady' });
    await other.beats(400, { jitterMs: 300, userId: 'erratic' });
    await clock.advance(2 * LEARNING_MS);
    expect(node.judgesAs(other)).toBe(true);
    expect(node.namespace.detector.tables).not.toBe(priorTables);
    expect(node.learner.weight).toBeCloseTo(2 * 394, 0);
    expect(other.learner.weight).toBeCloseTo(2 * 394, 0);
  });
});

describe('an exchange that fails', () => {
  it('loses nothing: what was counted goes with the next that succeeds', async () => {
    node.store.beforeLearn = fail;
    await node.beats(200, { jitterMs: 100 });
    await clock.advance(2 * LEARNING_MS);
    await node.beats(200, { jitterMs: 100, userId: 'bob' });
    await clock.advance(LEARNING_MS);
    expect(node.learner).toMatchObject({ weight: 0, failedCalls: 3 });
    // Once of each namespace.
    expect(node.log.text.match(/is kept for later/g)).toHaveLength(2);
    node.store.beforeLearn = undefined;
    await clock.advance(LEARNING_MS);
    expect(node.learner.weight).toBeGreaterThan(380);
    const { weight } = node.learner;
    await clock.advance(LEARNING_MS);
    expect(node.learner.weight).toBeCloseTo(weight, 0);
  });

  it('leaves the other namespaces alone, and heartbeats are recorded', async () => {
    node.store.beforeLearn = fail;
    await node.beats(10, { jitterMs: 100 });
    await clock.advance(LEARNING_MS);
    expect(node.presence.ingest.counts.get('default')).toMatchObject({ recorded: 10, failed: 0 });
  });
});

describe('a user who is watched when the table changes', () => {
  it('is suspected at the earlier crossing, not at the one the timer was armed for', async () => {
    // A moment before the exchange, alice falls silent; others show that this fleet is more regular than the prior says.
    await clock.advance(LEARNING_MS - 10);
    await node.beats(20, { jitterMs: 50 });
    const watch = node.watch('alice');
    await node.beats(2_000, { jitterMs: 50, userId: 'bob' });
    const priorMs = await node.suspectMs('alice');
    await clock.advance(10);
    expect(node.learner.tableChanges).toBe(1);
    const dueMs = await node.suspectMs('alice');
    expect(dueMs).toBeLessThan(priorMs - 20);
    await clock.advance(dueMs - clock.nowMs() - 1);
    expect(watch.takeLines()).toEqual(['alice UNKNOWN>ONLINE SNAPSHOT', 'synced']);
    await clock.advance(2);
    expect(watch.lines).toEqual(['alice ONLINE>SUSPECT SUSPICION']);
  });

  it('is told what the silence reads like since then, by THRESHOLDS: nobody was heard', async () => {
    await node.beats(20, { jitterMs: 50 });
    const watches = [node.watch('alice'), node.watch('alice', { suspect: 3, offline: 5 })];
    await clock.advance((await node.suspectMs('alice')) - clock.nowMs() - 1);
    for (const watch of watches) watch.takeLines();
    const judgeAsIfZWere = async (factor: number) => {
      const plain = new SurvivalTable(priorTables.plain.zs.map((z) => factor * z));
      node.namespace.learned = { tables: { ...priorTables, plain }, typical: undefined };
      node.presence.tracker.reread(node.namespace);
      await settle();
    };
    await judgeAsIfZWere(0.8);
    await judgeAsIfZWere(10);
    for (const { lines } of watches) {
      expect(lines).toEqual(['alice ONLINE>SUSPECT THRESHOLDS', 'alice SUSPECT>ONLINE THRESHOLDS']);
    }
  });
});

describe('thresholds that are for something', () => {
  it('follow what is learned, and the log says what they come to', async () => {
    const intents = { suspect: { detectionTimeMs: 1_500 }, offline: { falseAlarmsPerUserDay: 1 } };
    const purposeful = new LearningNode(shared, clock, intents);
    purposeful.presence.sayThresholds();
    const before = purposeful.namespace.thresholds;
    await purposeful.beats(4_000, { jitterMs: 100 });
    await clock.advance(LEARNING_MS);
    const { thresholds, meanings } = purposeful.namespace;
    expect(thresholds).not.toEqual(before);
    expect(meanings.suspect.detectionTimeMs).toBeCloseTo(1_500, -2);
    expect(meanings.offline.falseAlarmsPerUserDay).toBeCloseTo(1, 1);
    const { zOutage, survival } = purposeful.namespace.detector;
    expect(zOutage).toBe(survival.z(thresholds.suspect));
    const said = purposeful.log.lines.filter(({ message }) => message.startsWith('thresholds of default: '));
    expect(said).toHaveLength(2);
    expect(said.at(-1)?.message).toMatch(
      /^thresholds of default: SUSPECT at φ [\d.]+ \([\d.]+ false alarms per user and day, detection after 1\.5s\); OFFLINE at φ 4\.9 \((1|0\.99) false alarms/,
    );
  });

  it('are taken over by a reload where they are for something else, and only there', () => {
    const { presence, namespace } = node;
    const settings = namespaceSettings({ model: 'adaptive' });
    const reload = (intents: Intents) => presence.reloadThresholds({ default: { ...settings, intents } });
    expect(reload({ suspect: { phi: 3 }, offline: { phi: 5 } })).toEqual([]);
    const byTime: Intents = { suspect: { phi: 1 }, offline: { detectionTimeMs: 2_500 } };
    expect(reload(byTime)).toEqual(['default']);
    expect(namespace.meanings.offline.detectionTimeMs).toBeCloseTo(2_500, -2);
    expect(reload({ ...byTime })).toEqual([]);
    expect(reload({ suspect: { phi: 6 }, offline: { detectionTimeMs: 2_500 } })).toEqual(['default']);
    expect(namespace.thresholds).toEqual({ suspect: 6, offline: 6 });
  });

  it('that are a φ stay the same object, so that nobody takes them for changed', async () => {
    const { thresholds } = node.namespace;
    await node.beats(500, { jitterMs: 100 });
    await clock.advance(LEARNING_MS);
    expect(node.learner.tableChanges).toBe(1);
    expect(node.namespace.thresholds).toBe(thresholds);
  });
});
