import { expect, it } from 'vitest';
import { failureText } from './failure.js';
import { FAULT_KINDS, type FaultKind } from './fault.js';
import { scenarioOf } from './generator.js';
import { simulate } from './simulation.js';

const { SIMULATION_SEED, SIMULATION_RUNS = '2000', SIMULATION_FAULTS } = process.env;
const RUNS_PER_TEST = 100;

/** What goes wrong. */
const kinds = kindsOf(SIMULATION_FAULTS);

/** `none`, or names with commas between them; all where nothing is said. */
function kindsOf(text: string | undefined): readonly FaultKind[] {
  if (text === undefined) return FAULT_KINDS;
  if (text === 'none') return [];
  return text.split(',').map((name) => {
    const kind = FAULT_KINDS.find((known) => known === name);
    if (!kind) throw new Error(`no such fault: ${name} (there are: ${FAULT_KINDS.join(', ')})`);
    return kind;
  });
}

async function run(seed: number): Promise<void> {
  const scenario = scenarioOf(seed, kinds);
  const { violations } = await simulate(scenario);
  const [first] = violations;
  if (first) expect.fail(failureText(scenario, first));
}

if (SIMULATION_SEED) {
  it(`what nodes say is right, whatever happens by seed ${SIMULATION_SEED}`, () =>
    run(Number(SIMULATION_SEED)));
} else {
  for (let first = 1; first <= Number(SIMULATION_RUNS); first += RUNS_PER_TEST) {
    const last = Math.min(first + RUNS_PER_TEST - 1, Number(SIMULATION_RUNS));
    it(`what nodes say is right, whatever happens by the seeds ${first} to ${last}`, async () => {
      for (let seed = first; seed <= last; seed++) await run(seed);
    });
  }
}
