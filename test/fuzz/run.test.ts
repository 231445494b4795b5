import fc from 'fast-check';
import { expect, it, vi } from 'vitest';
import { runTarget } from '../../fuzz/support/run.js';
import type { Property, Target } from '../../fuzz/support/target.js';

function targetOf(property: Property): Target {
  return {
    name: 'numbers',
    what: 'numbers below 100',
    cases: 1_000,
    quickCases: 10,
    open: () => ({ property }),
  };
}
const below = (limit: number) =>
  fc.property(fc.nat(1_000), (n) => {
    if (n >= limit) throw new Error(`${n} is not below ${limit}`);
  });

it('runs the cases of a seed, and says that all holds', async () => {
  const outcome = await runTarget(targetOf(below(1_001)), { cases: 500, seed: 5 });
  expect(outcome).toMatchObject({ target: 'numbers', cases: 500, seed: 5 });
  expect(outcome.failure).toBeUndefined();
});

it('says the smallest input that fails, and how to run just that', async () => {
  const { failure } = await runTarget(targetOf(below(100)), { cases: 500, seed: 5 });
  expect(failure?.input).toBe('[100]');
  expect(failure?.error).toContain('100 is not below 100');
  const path = /^npm run fuzz -- numbers --seed 5 --path ([\d:]+)$/.exec(failure?.command ?? '')?.[1];
  const said = vi.spyOn(console, 'error').mockImplementation(() => {});
  const again = await runTarget(targetOf(below(100)), { cases: 500, seed: 5, path });
  expect(said.mock.calls).toEqual([['[100]']]);
  said.mockRestore();
  expect(again.failure?.input).toBe('[100]');
});

it('says that a case is too slow, and that something of each is kept', async () => {
  const time = vi.spyOn(performance, 'now');
  let nowMs = 0;
  const slow = fc.property(fc.nat(), () => {
    nowMs += 6_000;
  });
  time.mockImplementation(() => nowMs);
  const { failure } = await runTarget(targetOf(slow), { cases: 5, seed: 5 });
  time.mockRestore();
  expect(failure?.error).toContain('it took 6000 ms');
  const kept: Buffer[] = [];
  const hoarder = fc.property(fc.nat(), () => void kept.push(Buffer.alloc(2 ** 17, 1)));
  const hoarded = await runTarget(targetOf(hoarder), { cases: 1_000, seed: 5 });
  expect(hoarded.failure?.error).toMatch(/bytes more are held at the end/);
});
