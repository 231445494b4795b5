import type { GetFleetResponse, NamespaceCensus } from '../api/messages.js';

/** One hour of messages, one a second; the oldest go. */
const SECONDS_MAX = 3_600;

export interface Sample {
  readonly online: number;
  readonly suspect: number;
  readonly offline: number;
  readonly heartbeatsPerSecond: number;
}

/** What can be drawn over time. */
export type Measure = keyof Sample;

interface Moment {
  /** Seconds since the epoch. */
  readonly at: number;
  readonly samples: ReadonlyMap<string, Sample>;
}

/** How many users were of which status, as long as this page has been told. */
export class FleetHistory {
  #moments: Moment[] = [];

  add(fleet: GetFleetResponse, nowMs: number): void {
    const samples = new Map(fleet.namespaces.map((census) => [census.namespace, sampleOf(census)]));
    this.#moments.push({ at: nowMs / 1_000, samples });
    if (this.#moments.length > SECONDS_MAX) this.#moments.shift();
  }

  /** Times (s) and values, for a chart; null where the namespace was not there. */
  columns(namespace: string, measure: Measure): [number[], (number | null)[]] {
    return [
      this.#moments.map(({ at }) => at),
      this.#moments.map(({ samples }) => samples.get(namespace)?.[measure] ?? null),
    ];
  }
}

/** The counts of a census as numbers. */
export function sampleOf({ online, suspect, offline, heartbeatsPerSecond }: NamespaceCensus): Sample {
  return { online: Number(online), suspect: Number(suspect), offline: Number(offline), heartbeatsPerSecond };
}
