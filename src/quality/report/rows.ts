import type { Entry, EntryCell } from '../replay.js';

/** One configuration's cells of an entry, in the order of the budgets; undefined where it cannot reach one. */
export interface Row {
  readonly detector: string;
  readonly config: string;
  readonly cells: readonly (EntryCell | undefined)[];
}

export function budgetsOf({ cells, missing }: Entry): number[] {
  const budgets = [...cells, ...missing].map(({ budget }) => budget);
  return [...new Set(budgets)].sort((a, b) => a - b);
}

export function rowsOf(entry: Entry): Row[] {
  const budgets = budgetsOf(entry);
  return entry.configs.map(({ detector, config }) => {
    const own = entry.cells.filter((cell) => cell.detector === detector && cell.config === config);
    return { detector, config, cells: budgets.map((budget) => own.find((cell) => cell.budget === budget)) };
  });
}
