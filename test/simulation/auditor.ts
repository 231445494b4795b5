import type { UserRecord } from '../../src/detector/user.js';
import type { Assessment } from '../../src/presence/assessment.js';
import type { Change } from '../../src/presence/watching/changes.js';
import { trueMs } from './clocks.js';
import type { EventQueue } from './event-queue.js';
import type { Faults } from './fault.js';
import { cutIsHeld, heldIsWithheld, holdHasCause, type Speaker } from './hold-invariants.js';
import {
  acknowledgedIsRecorded,
  callsAreAnswered,
  changesFollow,
  crossingIsOnTime,
  forgottenInTime,
  membersAreKnown,
  nodesRecover,
  offlineIsSilent,
  onlineIsHeard,
  refusedIsFull,
  toldIsRead,
  toldWasTrue,
  unseenIsGone,
  versionsIncrease,
} from './invariants.js';
import type { HandedIn, HeldBy, Ledger } from './ledger.js';
import type { Node } from './node.js';
import type { Scenario } from './scenario.js';
import type { SharedStore } from './shared-store.js';
import type { Trace } from './trace.js';
import type { Watcher } from './watcher.js';
import { HEALTHY_DELAY_MS, type World } from './world.js';

/** Names of the invariants, as failures show them. */
export type Invariant =
  | 'ONLINE is heard'
  | 'OFFLINE is silent'
  | 'who is invisible is not seen'
  | 'versions increase'
  | 'changes follow one another'
  | 'what is told was true'
  | 'what was told is what is read'
  | 'acknowledged is recorded'
  | 'every call is answered'
  | 'nodes recover'
  | 'members are known'
  | 'crossings are told on time'
  | 'leaves are told at once'
  | 'only a full node refuses'
  | 'what is held is withheld'
  | 'who is cut off is not OFFLINE'
  | 'holds have a cause'
  | 'forgotten after the retention';

export interface Violation {
  readonly invariant: Invariant;
  readonly atMs: number;
  readonly facts: Readonly<Record<string, unknown>>;
  /** The last that happened before. */
  readonly trace: string;
}

/** Clocks are read in whole µs, ms. */
const RESOLUTION_MS = 0.001;

/** So many of each are written down of a run that goes wrong. */
const VIOLATIONS_MAX = 5;

/** Holds all that nodes say against what is true. Asks the store directly, in no time, and notes what violates what. */
export class Auditor {
  readonly violations: Violation[] = [];
  readonly #queue: EventQueue;
  readonly #scenario: Scenario;
  readonly #faults: Faults;
  readonly #ledger: Ledger;
  readonly #shared: SharedStore;
  readonly #trace: Trace;
  /** Holds that were looked at. */
  #holds = 0;
  /** Checks for which the store must be asked; done after the step. */
  #open: (() => Promise<void>)[] = [];

  constructor(options: {
    readonly queue: EventQueue;
    readonly scenario: Scenario;
    readonly faults: Faults;
    readonly ledger: Ledger;
    readonly shared: SharedStore;
    readonly trace: Trace;
  }) {
    this.#queue = options.queue;
    this.#scenario = options.scenario;
    this.#faults = options.faults;
    this.#ledger = options.ledger;
    this.#shared = options.shared;
    this.#trace = options.trace;
  }

  /** A question was answered. */
  answered(node: Node, assessment: Assessment): void {
    const { userId, status } = assessment;
    this.#trace.note(this.#queue.nowMs, `node ${node.index} answers`, userId, status);
    this.#said(assessment, { node: node.index, previous: undefined });
  }

  /** A subscriber was told a change. */
  told(watcher: Watcher, change: Change, before: Change | undefined): void {
    const { assessment, previous, cause, version } = change;
    const what = `${assessment.userId} ${previous}>${assessment.status} ${cause}`;
    this.#trace.note(this.#queue.nowMs, `watcher ${watcher.index} is told`, what, version);
    this.#expect('versions increase', versionsIncrease(before, change));
    this.#expect('changes follow one another', changesFollow(before, change));
    const freeSinceMs = this.#freeSinceMs(watcher);
    if (freeSinceMs < this.#queue.nowMs)
      this.#expect('crossings are told on time', crossingIsOnTime(change, freeSinceMs, this.#world));
    const { plan, node } = watcher;
    const said = cause === 'SNAPSHOT' ? undefined : previous;
    // Who catches up with others is told what they were told, maybe before it was doubted.
    const isCatchingUp = plan.isOfGroup && (cause === 'SNAPSHOT' || plan.reads !== undefined);
    const isKnown = assessment.suspicion !== undefined;
    this.#said(assessment, {
      node: node.index,
      previous: isCatchingUp && isKnown ? assessment.status : said,
    });
  }

  noticed(watcher: Watcher, notice: string): void {
    this.#trace.note(this.#queue.nowMs, `watcher ${watcher.index} is told`, notice);
  }

  acknowledged(heartbeat: HandedIn): void {
    this.#open.push(async () => {
      const record = await this.#shared.factsOf(heartbeat.userId);
      this.#expect('acknowledged is recorded', acknowledgedIsRecorded(heartbeat, record, this.#world));
    });
  }

  refused(node: Node, error: Error): void {
    this.#expect('only a full node refuses', refusedIsFull(error, node, this.#world));
  }

  /** After every step. */
  lookAtHolds(): void {
    const { holds } = this.#ledger;
    for (; this.#holds < holds.length; this.#holds++) {
      const said = holds[this.#holds] as HeldBy;
      this.#trace.note(this.#queue.nowMs, `node ${said.node} holds`, said.hold);
      this.#expect('holds have a cause', holdHasCause(said, this.#world));
    }
  }

  /** After every step. */
  settle(): Promise<void> | undefined {
    return this.#open.length > 0 ? this.#settleAll() : undefined;
  }

  /** Holds what subscribers believe against what is read, where nothing is on its way. */
  async compare(watchers: readonly Watcher[]): Promise<void> {
    const { nowMs } = this.#queue;
    const beforeMs = nowMs - HEALTHY_DELAY_MS;
    for (const watcher of watchers) {
      if (this.#freeSinceMs(watcher) > beforeMs) continue;
      for (const [userId, { assessment }] of watcher.told) {
        if (this.#ledger.user(userId).changedMs > beforeMs) continue;
        const record = await this.#shared.recordOf(userId);
        // What was told of a user whose record was lost stands, for a while.
        const { heardMs, unseen } = this.#ledger.user(userId);
        const isLost = !record && !unseen && heardMs <= this.#ledger.lostMs;
        if (isLost || this.#isSwept(userId, record, beforeMs)) continue;
        const wrong = toldIsRead(
          watcher,
          { userId, told: assessment.status, record },
          { ...this.#world, beforeMs },
        );
        if (!wrong) continue;
        const { invariant, ...facts } = wrong;
        this.#expect(invariant, facts);
      }
    }
  }

  /** Nothing has gone wrong for a while, and everything must be well again. */
  conclude(nodes: readonly Node[], watchers: readonly Watcher[]): void {
    for (const node of nodes) {
      this.#expect('every call is answered', callsAreAnswered(node));
      this.#expect('nodes recover', nodesRecover(node, watchers, this.#world));
    }
    for (const watcher of watchers) this.#expect('members are known', membersAreKnown(watcher));
  }

  get #world(): World {
    return {
      nowMs: this.#queue.nowMs,
      scenario: this.#scenario,
      faults: this.#faults,
      ledger: this.#ledger,
    };
  }

  #said(assessment: Assessment, speaker: Speaker): void {
    const world = this.#world;
    this.#expect('ONLINE is heard', onlineIsHeard(assessment, world));
    this.#expect('who is invisible is not seen', unseenIsGone(assessment, world));
    this.#expect('OFFLINE is silent', offlineIsSilent(assessment, speaker.node, world));
    this.#expect('what is held is withheld', heldIsWithheld(assessment, speaker, world));
    this.#expect('who is cut off is not OFFLINE', cutIsHeld(assessment, speaker, world));
    this.#open.push(async () => {
      const { userId, nowUs } = assessment;
      // Only of a record that was not changed since it was read.
      if (this.#ledger.user(userId).changedMs >= trueMs(nowUs) - RESOLUTION_MS) return;
      this.#expect(
        'forgotten after the retention',
        forgottenInTime(assessment, speaker.previous !== undefined, world),
      );
      const record = await this.#shared.recordOf(userId);
      if (!this.#isSwept(userId, record, trueMs(nowUs)))
        this.#expect('what is told was true', toldWasTrue(assessment, record, world));
    });
  }

  /** Whether the store may have removed a record that was still to be read at `atMs`. */
  #isSwept(userId: string, record: UserRecord | undefined, atMs: number): boolean {
    return !record && this.#ledger.user(userId).changedMs + this.#scenario.retentionMs >= atMs;
  }

  /** Since when nothing keeps a subscriber's node from telling it everything at once; Infinity while something does. */
  #freeSinceMs({ isOpen, node, clearSinceMs }: Watcher): number {
    const { nowMs } = this.#queue;
    const span = { fromMs: nowMs - HEALTHY_DELAY_MS, toMs: nowMs };
    if (!isOpen || this.#faults.touchedWatching(node.index, span)) return Number.POSITIVE_INFINITY;
    return Math.max(clearSinceMs, node.degradedMs, node.learnedMs);
  }

  async #settleAll(): Promise<void> {
    const open = this.#open;
    this.#open = [];
    for (const check of open) await check();
  }

  #expect(invariant: Invariant, problem: Readonly<Record<string, unknown>> | undefined): void {
    if (!problem || this.violations.filter((v) => v.invariant === invariant).length >= VIOLATIONS_MAX) return;
    this.violations.push({ invariant, atMs: this.#queue.nowMs, facts: problem, trace: this.#trace.text });
  }
}
