import { expect, it } from 'vitest';
import { failureText } from './failure.js';
import { ENDURED, type FaultKind } from './fault.js';
import { scenarioOf } from './generator.js';
import { simulate } from './simulation.js';

const {
  SIMULATION_SEED,
  SIMULATION_RUNS = '2000',
  SIMULATION_FAULTS,
  SIMULATION_SURVIVED = '',
} = process.env;
const RUNS_PER_TEST = 100;

const kinds = SIMULATION_FAULTS === undefined ? ENDURED : listOf(SIMULATION_FAULTS);
const survived = new Set(listOf(SIMULATION_SURVIVED));

function listOf(text: string): FaultKind[] {
  return text.split(',').flatMap((kind) => (kind ? [kind as FaultKind] : []));
}

async function run(seed: number): Promise<void> {
  const scenario = scenarioOf(seed, kinds);
  const { violations } = await simulate(scenario, { survived });
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
