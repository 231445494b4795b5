import type { Random } from '../../src/fleet/random.js';
import type { Auditor } from './auditor.js';
import type { EventQueue } from './event-queue.js';
import type { Faults } from './fault.js';
import type { HandedIn, Ledger } from './ledger.js';
import type { Node } from './node.js';
import type { Act, ClientPlan } from './scenario.js';
import type { Trace } from './trace.js';
import { wayMs } from './way.js';

/** A client that was not answered for so long turns to another node, ms. */
const PATIENCE_MS = 3_000;

/** One session: beats through one node, and through another one when that does not answer. */
export class Client {
  readonly #plan: ClientPlan;
  readonly #queue: EventQueue;
  readonly #random: Random;
  readonly #faults: Faults;
  readonly #nodes: readonly Node[];
  readonly #ledger: Ledger;
  readonly #auditor: Auditor;
  readonly #trace: Trace;
  readonly #endMs: number;
  #node: number;
  #sessionId: string;
  #sessions = 1;
  #sequence = 0;
  #isAlive = false;
  /** When it sent the first heartbeat that is still to be answered. */
  #waitsSinceMs = Number.POSITIVE_INFINITY;
  #cancelNext = () => {};

  constructor(
    plan: ClientPlan,
    world: {
      readonly queue: EventQueue;
      readonly random: Random;
      readonly faults: Faults;
      readonly nodes: readonly Node[];
      readonly ledger: Ledger;
      readonly auditor: Auditor;
      readonly trace: Trace;
      readonly endMs: number;
    },
  ) {
    this.#plan = plan;
    this.#queue = world.queue;
    this.#random = world.random;
    this.#faults = world.faults;
    this.#nodes = world.nodes;
    this.#ledger = world.ledger;
    this.#auditor = world.auditor;
    this.#trace = world.trace;
    this.#endMs = world.endMs;
    this.#node = plan.node;
    this.#sessionId = plan.sessionId;
    this.#queue.at(plan.startMs, () => this.#live());
    for (const act of plan.acts) this.#queue.at(act.atMs, () => this.#act(act.kind));
    for (const { kind, origin, fromMs } of world.faults.all)
      if (kind === 'gateway move' && origin === plan.origin) this.#queue.at(fromMs, () => this.#move());
  }

  #live(): void {
    if (this.#isAlive) return;
    this.#isAlive = true;
    this.#waitsSinceMs = Number.POSITIVE_INFINITY;
    this.#beat();
  }

  #act(kind: Act['kind']): void {
    this.#trace.note(this.#queue.nowMs, `${this.#plan.userId}/${this.#sessionId}`, kind);
    if (kind === 'move') {
      this.#move();
      return;
    }
    if (kind === 'hide' || kind === 'show') {
      this.#setVisibility(kind === 'show');
      return;
    }
    if (kind === 'return' || kind === 'return anew') {
      if (this.#isAlive || this.#queue.nowMs >= this.#endMs) return;
      if (kind === 'return anew') {
        this.#sessions += 1;
        this.#sessionId = `${this.#plan.sessionId}-${this.#sessions}`;
      }
      if (kind === 'return anew' || this.#random.chance(0.5)) this.#sequence = 0;
      this.#live();
      return;
    }
    if (!this.#isAlive) return;
    this.#isAlive = false;
    this.#cancelNext();
    if (kind !== 'die') this.#leave(kind === 'leave' ? this.#sessionId : '');
  }

  #move(): void {
    this.#node = (this.#node + 1) % this.#nodes.length;
    this.#waitsSinceMs = Number.POSITIVE_INFINITY;
  }

  #beat(): void {
    const { nowMs } = this.#queue;
    if (!this.#isAlive || nowMs >= this.#endMs) return;
    // Whose node has crashed is told by the connection.
    if (nowMs - this.#waitsSinceMs > PATIENCE_MS || !this.#isUp(this.#node)) this.#move();
    const { userId, origin, periodMs, jitter, isNumbered, declaredMs } = this.#plan;
    if (isNumbered) this.#sequence += 1;
    const sequence = this.#sequence;
    const sessionId = this.#sessionId;
    const index = this.#node;
    this.#waitsSinceMs = Math.min(this.#waitsSinceMs, nowMs);
    this.#send(index, (node, reachedMs) => {
      const { nowMs: receivedMs } = this.#queue;
      const times = { reachedMs, receivedMs };
      const what = { userId, sessionId, sequence, origin };
      const handedIn: HandedIn = { ...what, node: index, ...times, fate: 'pending' };
      this.#ledger.handedIn(handedIn);
      const rest = { declaredMs, activity: 0, origin, receivedMs: node.nowMs };
      node.record({ userId, sessionId, sequence, ...rest }).then(
        () => this.#acknowledged(handedIn),
        (error: Error) => this.#refused(handedIn, error),
      );
    });
    this.#cancelNext = this.#queue.at(nowMs + periodMs * (1 + this.#random.uniform(-jitter, jitter)), () =>
      this.#beat(),
    );
  }

  #leave(sessionId: string): void {
    const { userId } = this.#plan;
    this.#send(this.#node, (node) => {
      node.leave(userId, sessionId).catch((error: Error) => {
        this.#trace.note(this.#queue.nowMs, 'leave failed', userId, error.message);
        this.#auditor.refused(node, error);
      });
    });
  }

  #setVisibility(visible: boolean): void {
    const { userId } = this.#plan;
    this.#send(this.#node, (node) => {
      node.setVisibility(userId, visible).catch((error: Error) => this.#auditor.refused(node, error));
    });
  }

  #acknowledged(handedIn: HandedIn): void {
    const { userId, sessionId, sequence, node } = handedIn;
    this.#trace.note(this.#queue.nowMs, `node ${node} acknowledges`, `${userId}/${sessionId}`, sequence);
    handedIn.fate = 'acknowledged';
    this.#auditor.acknowledged(handedIn);
    this.#reply(handedIn, () => {
      this.#waitsSinceMs = Number.POSITIVE_INFINITY;
    });
  }

  #refused(handedIn: HandedIn, error: Error): void {
    const { message } = error;
    handedIn.fate = 'lost';
    this.#auditor.refused(this.#nodes[handedIn.node] as Node, error);
    const { userId, sessionId, sequence, node } = handedIn;
    this.#trace.note(this.#queue.nowMs, `node ${node} refuses`, `${userId}/${sessionId}`, sequence, message);
    this.#reply(handedIn, () => this.#move());
  }

  #send(index: number, arrives: (node: Node, reachedMs: number) => void): void {
    const node = this.#nodes[index] as Node;
    const times = this.#isLost(index) ? 0 : this.#isRepeated(index) ? 2 : 1;
    for (let i = 0; i < times; i++) {
      const reachedMs = this.#queue.nowMs + wayMs(this.#random);
      this.#queue.at(reachedMs, () => arrives(node, reachedMs), { gate: node.gate });
    }
  }

  #reply({ node, sessionId }: HandedIn, arrives: () => void): void {
    if (this.#isLost(node)) return;
    this.#queue.at(this.#queue.nowMs + wayMs(this.#random), () => {
      if (node === this.#node && sessionId === this.#sessionId) arrives();
    });
  }

  #isLost(node: number): boolean {
    const { nowMs } = this.#queue;
    if (this.#faults.cutsOff(this.#plan.origin, nowMs) || !this.#isUp(node)) return true;
    if (this.#faults.active('unreachable node', node, nowMs)) return true;
    const lossy = this.#faults.active('lossy clients', node, nowMs);
    return lossy !== undefined && this.#random.chance(lossy.share);
  }

  #isUp(node: number): boolean {
    return (this.#nodes[node] as Node).isUp;
  }

  #isRepeated(node: number): boolean {
    const lossy = this.#faults.active('lossy clients', node, this.#queue.nowMs);
    return lossy !== undefined && this.#random.chance(lossy.share / 2);
  }
}
