import fc from 'fast-check';
import { expect, it } from 'vitest';
import { crossingUs } from '../../../src/detector/user.js';
import { settle } from '../../support/manual-clock.js';
import { seeded } from '../../support/replay.js';
import { AGE_MS_MAX, anyWorld, type Gap, type Step, type World } from './lives.js';
import { Oracle, type Truth } from './oracle.js';
import { TrackerBench, type Watch } from './tracker-bench.js';

const USERS = ['a', 'b', 'c'];
const FORGOTTEN_LATE_US = 1_000_000 + 1000 * AGE_MS_MAX;

/** One subscriber: what it was told, and what was true. */
interface View {
  readonly watch: Watch;
  readonly truths: ReadonlyMap<string, readonly Truth[]>;
  readonly joinedUs: number;
}

/** Lets a world happen, to a tracker that sleeps and to an oracle that does not. */
async function live(world: World): Promise<{ bench: TrackerBench; views: View[]; facts: number }> {
  const maxSilenceMs = world.detector.maxSilenceMs ?? 0;
  const retentionMs = maxSilenceMs + 3_000;
  const bench = new TrackerBench({ detector: world.detector, retentionMs });
  const { clock, memory, namespace } = bench;
  // What a node doubts of itself is another matter, and its timers are many.
  bench.presence.doubt.close();
  if (world.replyMs > 0) {
    bench.store.beforeReadReply = () =>
      new Promise((resolve) => {
        clock.after(world.replyMs, resolve);
      });
  }
  const oracle = new Oracle(namespace.detector, { retentionMs, nowUs: clock.epochUs() });
  const views: View[] = [];
  // From the start, for both: a snapshot may be of a reading that was under way when its subscriber came.
  const truths = world.thresholds.map((thresholds) => oracle.look(thresholds, USERS));
  const join = async (which: 0 | 1) => {
    const joinedUs = clock.epochUs();
    const watch = await bench.watch(USERS, world.thresholds[which]);
    views.push({ watch, truths: truths[which] as View['truths'], joinedUs });
  };
  const passUntil = async (us: number) => {
    await clock.advance(Math.max(0, us - clock.epochUs()) / 1000);
    oracle.advanceTo(clock.epochUs());
  };
  const phis = world.thresholds.flatMap(({ suspect, offline }) => [suspect, offline]);
  const endOf = (gap: Gap, userId: string) => {
    if ('ms' in gap) return clock.epochUs() + Math.round(gap.ms * 1000);
    const suspicion = oracle.suspicion(userId);
    const crossing = suspicion && crossingUs(suspicion, phis[gap.threshold] as number, namespace.detector);
    return Math.round(crossing ?? clock.epochUs()) + gap.offsetUs;
  };
  const act = async (userId: string, sessionId: string, { kind, declaredMs, numbering, ...step }: Step) => {
    if (kind === 'beat') {
      const last = oracle.sequence(userId, sessionId);
      const sequence = numbering === 'none' ? 0 : numbering === 'next' ? last + 1 : last;
      // Not both at once: of two facts within one answer's way the tracker need not see the first.
      const ageMs = world.replyMs > 0 ? 0 : step.ageMs;
      const heartbeat = { userId, sessionId, sequence, declaredMs, activity: 0, origin: '' };
      oracle.heartbeat(heartbeat, Math.round(ageMs * 1000));
      const received = { ...heartbeat, receivedMs: clock.nowMs() - ageMs };
      if (step.heard === 'here') await bench.beatHere(userId, received);
      else await bench.beat(userId, received, step.heard.relayedMs);
    } else {
      const which = kind === 'leave' ? sessionId : '';
      oracle.leave(userId, which);
      await memory.leave(namespace, { userId, sessionId: which, receivedMs: clock.nowMs() });
      await settle();
    }
  };

  await join(0);
  const lives = world.lives.map((life) => ({ ...life, done: 0, nextUs: clock.epochUs() }));
  const begin = (life: (typeof lives)[number]) => {
    const step = life.steps[life.done];
    life.nextUs = step ? endOf(step.gap, life.userId) : Number.POSITIVE_INFINITY;
  };
  lives.forEach(begin);
  let facts = 0;
  for (; ; facts++) {
    if (facts === world.joinsAfter) await join(1);
    const life = lives.reduce((a, b) => (b.nextUs < a.nextUs ? b : a));
    const step = life.steps[life.done];
    if (!step) break;
    await passUntil(life.nextUs);
    await act(life.userId, life.sessionId, step);
    life.done += 1;
    begin(life);
  }
  await passUntil(clock.epochUs() + (retentionMs + 10_000) * 1000);
  return { bench, views, facts };
}

/** The status in force at an instant, of a list in order of time. */
function at<T extends { readonly atUs: number }>(list: readonly T[], us: number): T | undefined {
  return list.findLast(({ atUs }) => atUs <= us);
}

/** Holds what a subscriber was told of one user against the truth. */
function expectFollows(
  { watch, truths, joinedUs }: View,
  userId: string,
  { lateUs, endUs }: { lateUs: number; endUs: number },
) {
  const truth = truths.get(userId) as readonly Truth[];
  const told = watch.changes
    .filter(({ assessment }) => assessment.userId === userId)
    .map((change) => ({
      ...change,
      status: change.assessment.status,
      readUs: change.assessment.nowUs,
      atUs: 1_700_000_000_000_000 + Math.round(change.seenMs * 1000),
      happenedUs: change.atUs,
    }));
  const story = () =>
    JSON.stringify({ userId, truth, told: told.map(({ atUs, status, cause }) => ({ atUs, status, cause })) });

  // Never early, never invented: when it was read, it was so.
  for (const { readUs, status } of told) {
    const then = [at(truth, readUs - 1), ...truth.filter(({ atUs }) => atUs === readUs)];
    expect(
      then.flatMap((t) => [t?.status, t?.plain]),
      story(),
    ).toContain(status);
  }
  // Never late, and never left behind: what stays true for longer is told, and stays told.
  for (const [i, { atUs, status, plain }] of truth.entries()) {
    const sinceUs = Math.max(atUs, joinedUs);
    const nextUs = truth[i + 1]?.atUs ?? endUs;
    // A heartbeat recorded late prolongs the record by more than it shows.
    const dueUs = sinceUs + (status === 'UNKNOWN' ? FORGOTTEN_LATE_US : lateUs);
    if (nextUs <= dueUs) continue;
    expect([status, plain], story()).toContain(at(told, dueUs)?.status);
    expect([status, plain], story()).toContain(at(told, nextUs - 1)?.status);
  }
  // Each begins where the one before ended, and has a higher version.
  for (const [i, { previous, status, version, cause, happenedUs, readUs }] of told.entries()) {
    const before = told[i - 1];
    expect(previous, story()).toBe(before?.status ?? 'UNKNOWN');
    if (before) expect(status, story()).not.toBe(previous);
    expect(version, story()).toBeGreaterThan(before?.version ?? 0);
    expect(cause === 'SNAPSHOT', story()).toBe(i === 0);
    if (cause !== 'SUSPICION') continue;
    const crossed = truth.findLast((t) => t.atUs <= readUs && t.status === status);
    // A date in µs is exact to 1/4. Before: a heartbeat that was recorded late moved the crossing into the past.
    const afterUs = happenedUs - (crossed?.atUs ?? 0);
    expect(afterUs, story()).toBeLessThan(2);
    expect(afterUs, story()).toBeGreaterThan(-2 - 1000 * AGE_MS_MAX);
  }
}

it('subscribers are told what is true when it becomes true, whatever users do while the tracker sleeps', async () => {
  await fc.assert(
    fc.asyncProperty(anyWorld, async (world) => {
      const { bench, views, facts } = await live(world);
      // A timer may be set late by one answer, wait for one under way, and then for its own.
      const lateUs = 1_000 + 3_000 * world.replyMs;
      for (const view of views) {
        for (const userId of USERS) expectFollows(view, userId, { lateUs, endUs: bench.clock.epochUs() });
      }
      const crossings = views.flatMap(({ truths }) => [...truths.values()]).flat().length;
      // It sleeps in between: a timer fires for a crossing, or in vain because a fact moved that, and for nothing else.
      expect(bench.tracker.counts.timersFired).toBeLessThanOrEqual(2 * (facts + crossings) + 20);
    }),
    { ...seeded(), numRuns: 300 },
  );
});
