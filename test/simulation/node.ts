import type { Clock } from '../../src/clock.js';
import type { Random } from '../../src/fleet/random.js';
import type { Assessment } from '../../src/presence/assessment.js';
import { type Namespace, Namespaces } from '../../src/presence/namespace.js';
import { Presence } from '../../src/presence/presence.js';
import type { ReceivedHeartbeat, Store } from '../../src/store/store.js';
import { MemoryLog } from '../support/log.js';
import { doubtSettings, groupSettings, ingestSettings, trackerSettings } from '../support/settings.js';
import { NodeClock } from './clocks.js';
import type { EventQueue, Gate } from './event-queue.js';
import type { Faults } from './fault.js';
import type { Ledger } from './ledger.js';
import { RemoteStore } from './remote-store.js';
import type { Scenario } from './scenario.js';
import type { SharedStore } from './shared-store.js';

const LEARNING_INTERVAL_MS = 15_000;

/** Parts of a node that a test replaces by broken ones. */
export interface NodeParts {
  readonly store?: (store: Store, clock: Clock) => Store;
  readonly clock?: (clock: Clock) => Clock;
}

/** One phid process: the presence core on a clock of its own, with the store at the other end of a network. */
class NodeProcess {
  readonly presence: Presence;
  readonly namespace: Namespace;
  readonly remote: RemoteStore;
  readonly clock: Clock;
  /** It never opens again when the process has ended. */
  readonly gate: Gate & { closedUntilMs: number } = { closedUntilMs: Number.NEGATIVE_INFINITY };
  /** Calls of the core that are not answered. */
  readonly unanswered = new Set<string>();

  constructor(index: number, { queue, random, faults, shared, ledger, scenario, parts }: NodeWorld) {
    const { gate } = this;
    const skew = scenario.clocks[index] ?? { offsetMs: 0, driftPpm: 0 };
    const clock = new NodeClock({ queue, gate, random: random.fork('timers'), skew });
    this.clock = parts.clock?.(clock) ?? clock;
    this.remote = new RemoteStore({ node: index, clock, queue, gate, faults, shared, ledger, random });
    const { detector, retentionMs, thresholds, massSilence, pendingMax } = scenario;
    const intents = { suspect: { phi: thresholds.suspect }, offline: { phi: thresholds.offline } };
    const namespaces = new Namespaces({
      default: { detector, retentionMs, halfLifeMs: 86_400_000, usersMax: 1_000_000, intents, massSilence },
    });
    this.namespace = namespaces.get('default');
    this.presence = new Presence({
      namespaces,
      store: parts.store?.(this.remote, this.clock) ?? this.remote,
      clock: this.clock,
      log: new MemoryLog(),
      ingest: { ...ingestSettings, pendingMax },
      groupStore: shared.groupStore,
      groups: groupSettings,
      tracker: trackerSettings,
      learning: { intervalMs: LEARNING_INTERVAL_MS },
      doubt: doubtSettings,
    });
  }
}

interface NodeWorld {
  readonly queue: EventQueue;
  readonly random: Random;
  readonly faults: Faults;
  readonly shared: SharedStore;
  readonly ledger: Ledger;
  readonly scenario: Scenario;
  readonly parts: NodeParts;
}

/** A place where phid runs: one process, and when it has crashed, later another one. */
export class Node {
  readonly index: number;
  /** That of the process; closed while there is none. */
  readonly gate: Gate;
  isUp = true;
  /** When nobody was to be read last. */
  idleMs = 0;
  /** When it was degraded last, and when it learned to judge otherwise, of the fleet or of blind times. */
  degradedMs = Number.NEGATIVE_INFINITY;
  learnedMs = Number.NEGATIVE_INFINITY;
  readonly #world: NodeWorld;
  #process: NodeProcess;
  #starts = 0;
  #learned: Namespace['learned'];
  #blindUs = 0;
  #calls = 0;

  constructor(index: number, world: NodeWorld) {
    this.index = index;
    this.#world = world;
    this.#process = new NodeProcess(index, world);
    this.#learned = this.namespace.learned;
    const processGate = () => this.#process.gate;
    this.gate = {
      get closedUntilMs() {
        return processGate().closedUntilMs;
      },
    };
  }

  get presence(): Presence {
    return this.#process.presence;
  }

  get namespace(): Namespace {
    return this.#process.namespace;
  }

  get remote(): RemoteStore {
    return this.#process.remote;
  }

  get unanswered(): ReadonlySet<string> {
    return this.#process.unanswered;
  }

  get nowMs(): number {
    return this.#process.clock.nowMs();
  }

  /** The process ends without a word: what it had taken and not recorded is gone. */
  crash(): void {
    this.isUp = false;
    this.#process.gate.closedUntilMs = Number.POSITIVE_INFINITY;
    void this.#process.remote.close();
  }

  /** Another process in the place of one that crashed. */
  start(): void {
    this.isUp = true;
    this.#starts += 1;
    const { random, queue } = this.#world;
    this.#process = new NodeProcess(this.index, {
      ...this.#world,
      random: random.fork(`start-${this.#starts}`),
    });
    this.#learned = this.namespace.learned;
    this.#blindUs = 0;
    this.learnedMs = queue.nowMs;
  }

  /** Its event loop does not turn. */
  stall(untilMs: number): void {
    const { gate } = this.#process;
    gate.closedUntilMs = Math.max(gate.closedUntilMs, untilMs);
  }

  record(heartbeat: ReceivedHeartbeat): Promise<unknown> {
    const { userId, sessionId, sequence } = heartbeat;
    const call = this.presence.ingest.record(this.namespace, [heartbeat]);
    return this.#answered(`heartbeat ${sequence} of ${userId}/${sessionId}`, call);
  }

  leave(userId: string, sessionId: string): Promise<unknown> {
    const call = this.presence.ingest.leave(this.namespace, userId, sessionId);
    return this.#answered(`leave of ${userId}/${sessionId}`, call);
  }

  setVisibility(userId: string, visible: boolean): Promise<unknown> {
    const call = this.presence.ingest.setVisibility(this.namespace, userId, visible);
    return this.#answered(`visibility of ${userId}`, call);
  }

  assess(userId: string): Promise<Assessment> {
    return this.#answered(`question about ${userId}`, this.presence.reads.assess(this.namespace, userId));
  }

  /** Looks what state it is in; after every step. */
  look(): void {
    const { queue } = this.#world;
    if (this.presence.tracker.degraded) this.degradedMs = queue.nowMs;
    if (this.presence.tracker.waitingUsers === 0) this.idleMs = queue.nowMs;
    const { learned, sight } = this.namespace;
    const { intervals } = sight;
    const blindUs = intervals.length > 0 ? sight.blindUs(0, Number.POSITIVE_INFINITY) : 0;
    if (learned === this.#learned && blindUs === this.#blindUs) return;
    this.#learned = learned;
    this.#blindUs = blindUs;
    this.learnedMs = queue.nowMs;
  }

  #answered<T>(what: string, call: Promise<T>): Promise<T> {
    this.#calls += 1;
    const id = `${what} (call ${this.#calls}, at ${Math.round(this.#world.queue.nowMs)} ms)`;
    const { unanswered } = this.#process;
    unanswered.add(id);
    return call.finally(() => unanswered.delete(id));
  }
}
