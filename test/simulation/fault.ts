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
  'node crash',
  'lossy clients',
  'unreachable node',
  'gateway cut',
  'gateway move',
  'drain',
] as const;

export type FaultKind = (typeof FAULT_KINDS)[number];

export interface Fault {
  readonly kind: FaultKind;
  /** Whom it concerns; undefined: all. */
  readonly node: number | undefined;
  /** `gateway cut`, `drain`: whose clients reach no node. `gateway move`: whose clients go over to the next one. */
  readonly origin: string;
  readonly fromMs: number;
  readonly toMs: number;
  /** Probability that a message suffers it. `drain`: how long clients are away, of twice the grace; or go before its end. */
  readonly share: number;
  /** Largest delay that it adds, ms. */
  readonly delayMs: number;
  /** `partition`: what is sent meanwhile arrives afterwards. `data loss`: the store's connections stay. `drain`: late. */
  readonly isQuiet: boolean;
}

/** Faults that touch no heartbeat on its way from the node to the store, and nobody's reading of it. */
const BESIDE_THE_STORE: ReadonlySet<FaultKind> = new Set([
  'lossy clients',
  'unreachable node',
  'gateway cut',
  'gateway move',
  'drain',
  'repeated calls',
]);

/** Faults of what a node hears of changes; heartbeats are recorded all the same. */
const OF_THE_FEED: ReadonlySet<FaultKind> = new Set(['feed cut', 'slow feed']);

/**
 * A call that was lost is given up after 2 s, while it kept others waiting; a connection is made anew within 1 s; a read is
 * repeated after 250 ms. Then nothing is left of a fault, ms.
 */
const AFTERMATH_MS = 4_000;

/** An outage is taken to have begun with the last call that was answered, which may be so long before it, ms. */
const UNNOTICED_MS = 1_000;

/** Nobody is judged at once when blindness is over: it is prolonged by as much again, up to this, ms. */
const SETTLING_MS = 2_000;

/** A gateway that is late goes so long before its grace is over, at most, ms. */
const LATE_DRAIN_MS = 4_000;

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

  /** Whether clients of an origin reach nobody. */
  cutsOff(origin: string, atMs: number): boolean {
    return this.all.some((fault) => {
      if (fault.origin !== origin) return false;
      if (fault.kind === 'gateway cut') return fault.fromMs <= atMs && atMs < fault.toMs;
      if (fault.kind !== 'drain') return false;
      const awayMs = 2 * fault.share * (fault.toMs - fault.fromMs);
      // Gateways also go later than they should.
      const fromMs = fault.isQuiet
        ? Math.max(fault.fromMs, fault.toMs - LATE_DRAIN_MS * fault.share)
        : fault.fromMs;
      return fromMs <= atMs && atMs < fromMs + awayMs;
    });
  }

  /** When heartbeats of a node may have been recorded late, or not at all; undefined: never. */
  unrecorded(node: number, span: Span): Unrecorded | undefined {
    let sinceMs = Number.POSITIVE_INFINITY;
    let lengthMs = 0;
    for (const fault of this.all) {
      if (!keepsFromTheStore(fault) || !touches(fault, node, span)) continue;
      sinceMs = Math.min(sinceMs, fault.fromMs);
      lengthMs += fault.toMs - fault.fromMs + AFTERMATH_MS;
    }
    return lengthMs > 0 ? { sinceMs, lengthMs } : undefined;
  }

  /** When every node is able again to say what it has recorded, and to hear others, of those that were not at `atMs`, ms. */
  allBackMs(atMs: number): number {
    let backMs = atMs;
    for (const fault of [...this.all].sort((a, b) => a.fromMs - b.fromMs)) {
      if (keepsFromTheStore(fault) && fault.fromMs <= backMs)
        backMs = Math.max(backMs, fault.toMs + AFTERMATH_MS);
    }
    return backMs;
  }

  /** When a process crashed last, up to `atMs`; -Infinity: none did. */
  crashedMs(atMs: number): number {
    const crashes = this.all.filter(({ kind, fromMs }) => kind === 'node crash' && fromMs <= atMs);
    return Math.max(Number.NEGATIVE_INFINITY, ...crashes.map(({ fromMs }) => fromMs));
  }

  /** Whether a node stood still. */
  touchedByStall(node: number, span: Span): boolean {
    return this.all.some((fault) => fault.kind === 'stall' && touches(fault, node, span));
  }

  /** Whether a node may have been told late of what happened in the store. */
  touchedWatching(node: number, span: Span): boolean {
    return this.all.some((fault) => !BESIDE_THE_STORE.has(fault.kind) && touches(fault, node, span));
  }

  /** Whether anything but `except` went wrong anywhere. */
  touchedAnything({ fromMs, toMs }: Span, except?: Fault): boolean {
    return this.all.some((fault) => {
      return fault !== except && fault.fromMs <= toMs && fromMs <= fault.toMs + AFTERMATH_MS;
    });
  }

  /** How long the fleet could not be observed through some node: the length of all such faults together, ms. */
  blindMs(fromMs: number, toMs: number): number {
    let sum = 0;
    for (const fault of this.all) {
      if (BESIDE_THE_STORE.has(fault.kind)) continue;
      sum += Math.max(
        0,
        Math.min(toMs, fault.toMs + AFTERMATH_MS + SETTLING_MS) -
          Math.max(fromMs, fault.fromMs - UNNOTICED_MS),
      );
    }
    return sum;
  }
}

/** A time in which a node was slow to record, or did not. */
export interface Unrecorded {
  readonly sinceMs: number;
  /** Of all faults together. */
  readonly lengthMs: number;
}

interface Span {
  readonly fromMs: number;
  readonly toMs: number;
}

function keepsFromTheStore({ kind }: Fault): boolean {
  return !BESIDE_THE_STORE.has(kind) && !OF_THE_FEED.has(kind);
}

function touches(fault: Fault, node: number, { fromMs, toMs }: Span): boolean {
  if (fault.node !== undefined && fault.node !== node) return false;
  return fault.fromMs <= toMs && fromMs <= fault.toMs + AFTERMATH_MS;
}
