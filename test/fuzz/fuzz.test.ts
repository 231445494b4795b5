import { describe, expect, it } from 'vitest';
import { runTarget } from '../../fuzz/support/run.js';
import { targets } from '../../fuzz/targets/all.js';
import { seeded } from '../support/replay.js';

/** The short form of `npm run fuzz`, which runs the same by the million. */
describe('hostile input', () => {
  it.each(targets)('$name', async (target) => {
    const { failure } = await runTarget(target, { ...seeded(), cases: target.quickCases });
    expect(failure && `${failure.error}\n${failure.input}\n${failure.command}`).toBeUndefined();
  });
});
