import type { Status } from '../../src/detector/status.js';
import type { Faults } from './fault.js';
import type { Ledger } from './ledger.js';
import type { Scenario } from './scenario.js';

/** What is held against what nodes say. Times are true ones, ms. */
export interface World {
  readonly nowMs: number;
  readonly scenario: Scenario;
  readonly faults: Faults;
  readonly ledger: Ledger;
}

/** Why an invariant is violated; undefined when it is not. */
export type Problem = Readonly<Record<string, unknown>> | undefined;

/**
 * Without faults everything is recorded and told within so long, ms: a batch that waits 2 ms for company and for the one
 * before it; the feed's way; a read, after the one under way. No way is longer than 20 ms (way.ts).
 */
export const HEALTHY_DELAY_MS = 300;

/** What a node takes the store's clock for, and dates in µs: not exact to more than this, ms. */
export const ROUNDING_MS = 10;

/** What silence makes of a user, one after the other. */
export const RANK: Readonly<Record<Status, number>> = { ONLINE: 0, SUSPECT: 1, OFFLINE: 2, UNKNOWN: 3 };
