/** What goes wrong between a node and the store, in the store, in a node, between clients and a node. */
export const FAULT_KINDS = [
  'lost requests',
  'lost answers',
  'repeated calls',
  'slow calls',
  'partition',
  'feed cut',
  'slow feed',
  'store down',
  'data loss',
  'stall',
  'lossy clients',
  'unreachable node',
] as const;

export type FaultKind = (typeof FAULT_KINDS)[number];

/** Those that phid does not endure yet. */
const NOT_YET: ReadonlySet<FaultKind> = new Set([
  'lost requests',
  'lost answers',
  'slow calls',
  'partition',
  'store down',
  'stall',
]);

/** Those that runs have by default. */
export const ENDURED: readonly FaultKind[] = FAULT_KINDS.filter((kind) => !NOT_YET.has(kind));

export interface Fault {
  readonly kind: FaultKind;
  /** Whom it concerns; undefined: all. */
  readonly node: number | undefined;
  readonly fromMs: number;
  readonly toMs: number;
  /** Probability that a message suffers it. */
  readonly share: number;
  /** Largest delay that it adds, ms. */
  readonly delayMs: number;
  /** `partition`: what is sent meanwhile arrives afterwards. `data loss`: the store's connections stay. */
  readonly isQuiet: boolean;
}

/** Faults that touch no heartbeat on its way from the node to the store, and nobody's reading of it. */
const BESIDE_THE_STORE: ReadonlySet<FaultKind> = new Set([
  'lossy clients',
  'unreachable node',
  'repeated calls',
]);

/** Faults of what a node hears of changes; heartbeats are recorded all the same. */
const OF_THE_FEED: ReadonlySet<FaultKind> = new Set(['feed cut', 'slow feed']);

/**
 * A call that was lost is given up after 2 s, while it kept others waiting; a connection is made anew within 1 s; a read is
 * repeated after 250 ms. Then nothing is left of a fault, ms.
 */
const AFTERMATH_MS = 4_000;

/**
 * Faults by which an answer comes late. A timer that is armed by a late answer is late by as much, and no earlier than
 * when max_silence is over the last of them has fired.
 */
const OF_ANSWERS: ReadonlySet<FaultKind> = new Set(['slow calls', 'partition', 'stall']);

/** Nobody is judged at once when blindness is over: it is prolonged by as much again, up to this, ms. */
const SETTLING_MS = 2_000;

/** What goes wrong when. */
export class Faults {
  readonly all: readonly Fault[];

  constructor(all: readonly Fault[]) {
    this.all = all;
  }

  /** The fault of this kind that a node suffers at that time. */
  active(kind: FaultKind, node: number, atMs: number): Fault | undefined {
    for (const fault of this.all) {
      if (fault.kind !== kind || (fault.node !== undefined && fault.node !== node)) continue;
      if (fault.fromMs <= atMs && atMs < fault.toMs) return fault;
    }
    return undefined;
  }

  /** Whether heartbeats of a node may have been recorded late, or not at all, by a fault that is an excuse. */
  touchedRecording(node: number, span: Span, isExcuse: (fault: Fault) => boolean): boolean {
    return this.all.some((fault) => {
      if (BESIDE_THE_STORE.has(fault.kind) || OF_THE_FEED.has(fault.kind)) return false;
      return touches(fault, node, span, AFTERMATH_MS) && isExcuse(fault);
    });
  }

  /** Whether a node may have been told late of what happened in the store. */
  touchedWatching(node: number, span: Span, maxSilenceMs: number): boolean {
    return this.all.some((fault) => {
      const { kind } = fault;
      if (BESIDE_THE_STORE.has(kind)) return false;
      return touches(fault, node, span, AFTERMATH_MS + (OF_ANSWERS.has(kind) ? maxSilenceMs : 0));
    });
  }

  /** How long the fleet could not be observed through some node: the length of all such faults together, ms. */
  blindMs(fromMs: number, toMs: number): number {
    let sum = 0;
    for (const fault of this.all) {
      if (BESIDE_THE_STORE.has(fault.kind)) continue;
      sum += Math.max(
        0,
        Math.min(toMs, fault.toMs + AFTERMATH_MS + SETTLING_MS) - Math.max(fromMs, fault.fromMs),
      );
    }
    return sum;
  }

  /** Whether the store lost its data in that time. */
  lostData(fromMs: number, toMs: number): boolean {
    return this.all.some(({ kind, fromMs: atMs }) => kind === 'data loss' && fromMs <= atMs && atMs <= toMs);
  }
}

interface Span {
  readonly fromMs: number;
  readonly toMs: number;
}

function touches(fault: Fault, node: number, { fromMs, toMs }: Span, aftermathMs: number): boolean {
  if (fault.node !== undefined && fault.node !== node) return false;
  return fault.fromMs <= toMs && fromMs <= fault.toMs + aftermathMs;
}
