import { describe, expect, test } from 'vitest';
import { kinds } from '../../src/fleet/kinds.js';
import { eventsOf, everybody, heartbeatsOf, type Sent } from './fleets.js';
import { gapsOf } from './gaps.js';

const gaps = (...args: Parameters<typeof eventsOf>) => [...gapsOf(eventsOf(...args)).values()].flat();
const shareOf = <T>(all: readonly T[], is: (one: T) => boolean) => all.filter(is).length / all.length;
const isNear = (x: number, target: number, tolerance: number) => Math.abs(x - target) < tolerance;
const isBackground = ({ activity }: Sent) => activity === 'BACKGROUND';
const sessionsOf = (events: Parameters<typeof heartbeatsOf>[0]) => {
  const sessions = new Map<string, Sent[]>();
  for (const heartbeat of heartbeatsOf(events)) {
    const of = sessions.get(heartbeat.sessionId);
    if (of) of.push(heartbeat);
    else sessions.set(heartbeat.sessionId, [heartbeat]);
  }
  return [...sessions.values()];
};

describe('kinds', () => {
  test('have names of their own, which a fleet can be written with', () => {
    expect(new Set(kinds.map(({ name }) => name)).size).toBe(kinds.length);
    for (const { name } of kinds) expect(name).toMatch(/^[a-z]+(-[a-z]+)*$/);
    expect(everybody.members).toHaveLength(kinds.length);
  });

  test('steady: jitter of a few ms, nothing late, nothing lost', () => {
    const all = gaps('steady', { hours: 72 });
    expect(all).toHaveLength(25_919);
    expect(all.every((gap) => isNear(gap, 10_000, 25))).toBe(true);
  });

  test('wifi: delays of tens of ms, some of hundreds, stalls that release what has queued', () => {
    const delays = heartbeatsOf(eventsOf('wifi', { hours: 72 })).map(({ atMs, sentMs }) => atMs - sentMs);
    const sorted = delays.toSorted((a, b) => a - b);
    expect(sorted[sorted.length >> 1]).toBeGreaterThan(8);
    expect(sorted[sorted.length >> 1]).toBeLessThan(30);
    const late = shareOf(delays, (delay) => delay > 200);
    expect(late).toBeGreaterThan(0.005);
    expect(late).toBeLessThan(0.05);
    expect(sorted.at(-1)).toBeLessThan(10_000);
  });

  test('hiccup: stalls of about stallMs, about every episodeMs, after which the queue comes at once', () => {
    const options = { intervalMs: 1_000, episodeMs: 300_000, stallMs: 5_000, hours: 24 };
    const heartbeats = heartbeatsOf(eventsOf('hiccup', options));
    expect(heartbeats.at(-1)?.sequence).toBe(heartbeats.length);
    const stalls = gaps('hiccup', options).filter((gap) => gap > 2_000);
    expect(stalls.length).toBeGreaterThan(250);
    expect(stalls.length).toBeLessThan(320);
    const sorted = stalls.toSorted((a, b) => a - b);
    // What was sent before the stall came up to an interval before it began.
    expect(isNear(sorted[sorted.length >> 1] as number, 5_500, 600)).toBe(true);
    expect(shareOf(gaps('hiccup', options), (gap) => gap < 50)).toBeGreaterThan(0.01);
  });

  test('crash: lives end without a word; the next is another session, 10 to 17 intervals later', () => {
    const events = eventsOf('crash');
    expect(events.every(({ type }) => type === 'heartbeat')).toBe(true);
    const lives = sessionsOf(events);
    expect(lives.length).toBeGreaterThan(80);
    lives.slice(1).forEach(([first], i) => {
      const last = lives[i]?.at(-1) as Sent;
      const silenceMs = (first as Sent).atMs - last.atMs;
      expect(silenceMs).toBeGreaterThan(99_000);
      expect(silenceMs).toBeLessThan(171_000);
    });
  });

  test('clean-close: each session ends with its leave, within the interval', () => {
    const events = eventsOf('clean-close');
    const leaves = events.filter(({ type }) => type === 'leave');
    expect(leaves.length).toBeGreaterThan(80);
    expect(new Set(leaves.map(({ sessionId }) => sessionId)).size).toBe(leaves.length);
    events.forEach((event, i) => {
      const next = events[i + 1];
      if (event.type === 'leave') {
        expect(isNear(event.atMs - (events[i - 1]?.atMs as number), 3_000, 100)).toBe(true);
        expect(next?.sessionId).not.toBe(event.sessionId);
      } else if (next) expect(next.sessionId).toBe(event.sessionId);
    });
  });

  test('two-devices: the phone falls silent for long, the user never', () => {
    const events = eventsOf('two-devices');
    const phone = events.filter(({ device }) => device === 'phone');
    expect(Math.max(...gaps('two-devices'))).toBeLessThan(10_100);
    expect(Math.max(...[...gapsOf(phone).values()].flat())).toBeGreaterThan(100_000);
  });

  test('tab: a gap of six intervals while hidden, undeclared; one or less when it is back', () => {
    const heartbeats = heartbeatsOf(eventsOf('tab'));
    const hidden = heartbeats.flatMap((heartbeat, i) =>
      i > 0 && isBackground(heartbeat) ? [heartbeat.atMs - (heartbeats[i - 1] as Sent).atMs] : [],
    );
    expect(hidden.length).toBeGreaterThan(800);
    expect(hidden.every((gap) => isNear(gap, 60_000, 50))).toBe(true);
    expect(heartbeats.every(({ declaredMs }) => declaredMs === 0)).toBe(true);
    const shown = heartbeats.filter((heartbeat) => !isBackground(heartbeat));
    expect(shown.length).toBeGreaterThan(2_000);
  });

  test('tab-declared: declares six intervals with the heartbeat that announces it, and keeps its word', () => {
    const heartbeats = heartbeatsOf(eventsOf('tab-declared'));
    heartbeats.forEach((heartbeat, i) => {
      expect(heartbeat.declaredMs).toBe(isBackground(heartbeat) ? 60_000 : 0);
      const before = heartbeats[i - 1];
      if (before) expect(heartbeat.atMs - before.atMs).toBeLessThan((before.declaredMs || 10_000) + 50);
    });
    expect(shareOf(heartbeats, isBackground)).toBeGreaterThan(0.2);
  });

  test('doze: silences double from 6 to 64 intervals while nobody uses the app', () => {
    const long = gaps('doze', { hours: 72 }).filter((gap) => gap > 11_000);
    for (const [windows, few] of [
      [6, 80],
      [12, 80],
      [24, 80],
      [48, 80],
      [64, 20],
    ] as const) {
      const count = long.filter((gap) => isNear(gap, windows * 10_000, 1_000)).length;
      expect(count, `${windows} intervals`).toBeGreaterThan(few);
    }
    expect(Math.max(...long)).toBeLessThan(641_000);
  });

  test('reconnect: two networks in turn, another session each time, overlapping: the user is never silent', () => {
    const events = eventsOf('reconnect');
    const sessions = sessionsOf(events);
    expect(sessions.length).toBeGreaterThan(100);
    let overlaps = 0;
    sessions.slice(1).forEach(([first], i) => {
      const before = sessions[i]?.at(-1) as Sent;
      expect(first?.device).not.toBe(before.device);
      if ((first as Sent).atMs < before.atMs) overlaps += 1;
    });
    expect(overlaps / sessions.length).toBeGreaterThan(0.3);
    expect(Math.max(...gaps('reconnect'))).toBeLessThan(15_000);
  });

  test('burst-loss: losses come in clusters, and delays with them', () => {
    const heartbeats = heartbeatsOf(eventsOf('burst-loss', { hours: 144 }));
    const lost = heartbeats.map(({ sequence }, i) => sequence - (heartbeats[i - 1]?.sequence ?? 0) - 1);
    const lossShare = lost.reduce((sum, count) => sum + count, 0) / heartbeats.length;
    expect(lossShare).toBeGreaterThan(0.015);
    expect(lossShare).toBeLessThan(0.04);
    // Whoever just lost one loses the next one far more often than others do.
    const afterLoss = heartbeats.filter((_, i) => (lost[i] as number) > 0);
    const runs = shareOf(
      lost.filter((count) => count > 0),
      (count) => count > 1,
    );
    expect(runs).toBeGreaterThan(5 * lossShare);
    const isDelayed = ({ atMs, sentMs }: Sent) => atMs - sentMs > 300;
    expect(shareOf(afterLoss, isDelayed)).toBeGreaterThan(5 * shareOf(heartbeats, isDelayed));
  });

  test.each([0.005, 0.02])(
    'lossy: a lattice of intervals; %d of the heartbeats are lost, each alone',
    (loss) => {
      const all = gaps('lossy', { hours: 480, loss });
      expect(Math.abs(shareOf(all, (gap) => isNear(gap, 20_000, 500)) - loss)).toBeLessThan(
        0.1 * loss + 0.001,
      );
      expect(shareOf(all, (gap) => isNear(gap % 10_000, 0, 500) || isNear(gap % 10_000, 10_000, 500))).toBe(
        1,
      );
      const whole = all.filter((gap) => gap < 15_000).map((gap) => gap - 10_000);
      const deviationMs = Math.sqrt(whole.reduce((sum, x) => sum + x * x, 0) / whole.length);
      // The timer's 0.2 % at both ends of a gap.
      expect(isNear(deviationMs, 28.3, 1.5)).toBe(true);
      const heartbeats = heartbeatsOf(eventsOf('lossy', { hours: 480, loss }));
      const last = heartbeats.at(-1) as Sent;
      expect(Math.abs(1 - heartbeats.length / last.sequence - loss)).toBeLessThan(0.1 * loss);
    },
  );

  test.each(kinds.map(({ name }) => name))('%s: scales with its interval', (name) => {
    const count = (intervalMs: number) => eventsOf(name, { intervalMs, hours: intervalMs / 1_000 }).length;
    const ratio = count(10_000) / count(1_000);
    expect(ratio).toBeGreaterThan(0.8);
    expect(ratio).toBeLessThan(1.25);
  });
});
