import { readFileSync } from 'node:fs';
import { expect } from 'vitest';

/** One case of test/vectors/peers.json; the shape of params and inputs depends on its model. */
export interface PeerCase {
  readonly id: string;
  readonly source: string;
  readonly model: string;
  readonly params?: unknown;
  readonly inputs: unknown;
  readonly expect: { readonly op: string; readonly value: unknown; readonly tolerance?: number };
  readonly reference_value?: unknown;
  readonly note?: string;
}

export const peers = JSON.parse(readFileSync(new URL('../vectors/peers.json', import.meta.url), 'utf8')) as {
  sources: Record<string, { repo: string | null; path: string | null; commit: string | null }>;
  cases: PeerCase[];
};

/** Peers have no max_silence: a deadline so late that no case reaches it. */
export const NO_MAX_SILENCE_MS = 1e9;

export function check(actual: unknown, { op, value, tolerance }: PeerCase['expect']): void {
  const number = actual as number;
  if (op === 'eq') expect(actual).toStrictEqual(value);
  else if (op === 'approx') expect(Math.abs(number - (value as number))).toBeLessThanOrEqual(tolerance ?? 0);
  else if (op === 'gt') expect(number).toBeGreaterThan(value as number);
  else if (op === 'lt') expect(number).toBeLessThan(value as number);
  else if (op === 'between_exclusive') {
    const [low, high] = value as [number, number];
    expect(number).toBeGreaterThan(low);
    expect(number).toBeLessThan(high);
  } else throw new Error(`unknown op ${op}`);
}

/** Also what an independent model of the peer computed, to more digits than the peer's test asks for. */
export function checkReference(actual: number, { reference_value }: PeerCase): void {
  const reference = reference_value as number;
  expect(Math.abs(actual - reference)).toBeLessThanOrEqual(1e-9 * Math.max(1, reference));
}
