import type { Violation } from './auditor.js';
import type { Scenario } from './scenario.js';

/** What a run that went wrong says: how to repeat it, what was violated, what happened before, and the scenario. */
export function failureText(scenario: Scenario, { invariant, atMs, facts, trace }: Violation): string {
  const { seed, clients, watchers, faults, ...rest } = scenario;
  const lines = (name: string, list: readonly unknown[]) =>
    list.map((item, i) => `  ${name} ${i}: ${JSON.stringify(item)}`);
  return [
    `seed ${seed} violates "${invariant}" at ${atMs.toFixed(3)} ms: ${JSON.stringify(facts)}`,
    `repeat it: ${environment()}SIMULATION_SEED=${seed} npx vitest run test/simulation`,
    'before:',
    trace,
    'scenario:',
    `  ${JSON.stringify(rest)}`,
    ...lines('client', clients),
    ...lines('watcher', watchers),
    ...lines('fault', faults),
  ].join('\n');
}

/** What the run was told otherwise than by default. */
function environment(): string {
  const { SIMULATION_FAULTS } = process.env;
  return SIMULATION_FAULTS === undefined ? '' : `SIMULATION_FAULTS='${SIMULATION_FAULTS}' `;
}
