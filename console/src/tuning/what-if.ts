import type { Cost } from '../api/messages.js';

/** What is tried out: a φ for each status. */
export interface Candidates {
  readonly suspect: number;
  readonly offline: number;
}

/** The candidate next to a φ; undefined where there is none. `whatIf` ascends by φ. */
export function nearest(whatIf: readonly Cost[], phi: number): Cost | undefined {
  return whatIf.reduce<Cost | undefined>(
    (best, cost) => (best === undefined || Math.abs(cost.phi - phi) < Math.abs(best.phi - phi) ? cost : best),
    undefined,
  );
}

/** The candidates, and among them the threshold in force: where a choice begins, and can return to. */
export function withCurrent(whatIf: readonly Cost[], current: Cost): Cost[] {
  return [...whatIf.filter(({ phi }) => phi !== current.phi), current].sort((a, b) => a.phi - b.phi);
}

/** Moves one threshold; the other one is taken along where SUSPECT would be beyond OFFLINE. */
export function moved(candidates: Candidates, threshold: keyof Candidates, phi: number): Candidates {
  return threshold === 'suspect'
    ? { suspect: phi, offline: Math.max(phi, candidates.offline) }
    : { suspect: Math.min(phi, candidates.suspect), offline: phi };
}
