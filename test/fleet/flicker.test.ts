import { describe, expect, test } from 'vitest';
import { eventsOf } from './fleets.js';
import { gapsOf } from './gaps.js';

/** Gaps longer than the timeout: each is a user shown as gone who was not. */
const mistakesOf = (gaps: readonly number[], timeoutMs: number) =>
  gaps.filter((gap) => gap > timeoutMs).length;

describe('flicker: 5 s heartbeats over a network with hiccups', () => {
  const users = 20;
  const gaps = gapsOf(eventsOf('hiccup', { users, hours: 24, intervalMs: 5_000 }));

  test('a timeout of two intervals takes every user for gone again and again', () => {
    const mistakes = [...gaps.values()].map((of) => mistakesOf(of, 10_000));
    expect(mistakes).toHaveLength(users);
    // About forty a day, one for every seventh hiccup.
    expect(Math.min(...mistakes)).toBeGreaterThan(15);
    expect(Math.max(...mistakes)).toBeLessThan(80);
  });

  test('nobody is ever silent for five intervals', () => {
    for (const of of gaps.values()) expect(mistakesOf(of, 25_000)).toBe(0);
  });
});
