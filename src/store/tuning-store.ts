import type { Intents } from '../detector/intent.js';

/** Thresholds that are counted beside the real ones, for a time. Times are µs of the store's clock. */
export interface DryRunPlan {
  /** No other has it, so that its counts are its own. */
  readonly id: string;
  readonly intents: Intents;
  readonly author: string;
  readonly fromUs: number;
  readonly untilUs: number;
}

/** Who changed the thresholds of a namespace, and how. */
export interface ThresholdChange {
  readonly atUs: number;
  readonly author: string;
  /** What they said of themselves beside what they proved. */
  readonly remark?: string;
  /** The address that it was called from. */
  readonly peer: string;
  /** Absent where they were cleared, or a dry run was ended. */
  readonly set?: Intents;
  /** It was a dry run; for so long, 0 where it was ended. */
  readonly dryRunMs?: number;
}

/** What was said at run time of a namespace. */
export interface TuningDocument {
  /** What the thresholds are for, in place of what the configuration says. */
  readonly set?: Intents;
  readonly dryRun?: DryRunPlan;
  /** The newest first, at most CHANGES_MAX. */
  readonly changes: readonly ThresholdChange[];
}

/** Changes of a namespace that are remembered. */
export const CHANGES_MAX = 50;

export const NOTHING_TUNED: TuningDocument = { changes: [] };

/** What a node hears of the documents. */
export interface TuningsHeard {
  /** Another one whenever any document was changed; empty as long as none was. */
  readonly version: string;
  /** By namespace; undefined where the caller has them already. */
  readonly documents: ReadonlyMap<string, TuningDocument> | undefined;
  /** The change that was asked for was made. */
  readonly isChanged: boolean;
}

/**
 * What operators say at run time of namespaces: a small document each, shared by all nodes. A part of what a store is, apart from
 * Store because those who keep and judge heartbeats do not need it. Rejects as Store does.
 */
export interface TuningStore {
  /**
   * Says what has changed since version `known`. With `changed` puts these documents, by namespace, in the place of others,
   * unless something has changed since; followers of the store hear of it (StoreListener.doubted).
   */
  tunings(known: string, changed?: ReadonlyMap<string, TuningDocument>): Promise<TuningsHeard>;
}
