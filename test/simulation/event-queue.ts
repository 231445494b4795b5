/** Whether a node's event loop turns. While it stands still, what is meant for the node waits until it goes on. */
export interface Gate {
  /** It stands still until then; in the past when it does not. */
  readonly closedUntilMs: number;
}

/** What an event does; a promise when it needs turns of the real event loop. */
type Act = () => Promise<void> | undefined;

interface Event {
  atMs: number;
  /** Timers go before messages of the same instant, as in Node's event loop; what was scheduled first goes first. */
  readonly isTimer: boolean;
  readonly order: number;
  readonly gate: Gate | undefined;
  act: Act;
}

const nothing: Act = () => undefined;

/**
 * Virtual time, and all that is going to happen in it: a binary heap of events. Nobody waits for time to pass; the next
 * event is always now.
 */
export class EventQueue {
  /** True time, ms; no node knows it. */
  nowMs = 0;
  steps = 0;
  readonly #heap: Event[] = [];
  #order = 0;

  /** Has `act` done at an instant, now at the earliest; for a node, when its event loop turns. Returns how to cancel. */
  at(
    atMs: number,
    act: () => unknown,
    { gate, isTimer = false }: { readonly gate?: Gate | undefined; readonly isTimer?: boolean } = {},
  ): () => void {
    const event: Event = {
      atMs: Math.max(atMs, this.nowMs),
      isTimer,
      order: this.#order++,
      gate,
      act: act as Act,
    };
    this.#push(event);
    return () => {
      event.act = nothing;
    };
  }

  /** Lets everything happen until `untilMs`; whatever only waits for promises happens before the next event. */
  async runUntil(untilMs: number, afterStep: () => Promise<void> | undefined): Promise<void> {
    for (let event = this.#heap[0]; event && event.atMs <= untilMs; event = this.#heap[0]) {
      this.#pop();
      if (event.act === nothing) continue;
      this.nowMs = event.atMs;
      if (event.gate && event.gate.closedUntilMs > event.atMs) {
        event.atMs = event.gate.closedUntilMs;
        this.#push(event);
        continue;
      }
      this.steps += 1;
      const turns = event.act();
      if (turns instanceof Promise) await turns;
      await promisesSettle();
      const checks = afterStep();
      if (checks) await checks;
    }
    this.nowMs = untilMs;
  }

  #push(event: Event): void {
    let place = this.#heap.length;
    while (place > 0) {
      const parent = (place - 1) >> 1;
      if (!isBefore(event, this.#heap[parent] as Event)) break;
      this.#heap[place] = this.#heap[parent] as Event;
      place = parent;
    }
    this.#heap[place] = event;
  }

  #pop(): void {
    const last = this.#heap.pop() as Event;
    const size = this.#heap.length;
    if (size === 0) return;
    let place = 0;
    for (let child = 1; child < size; child = 2 * place + 1) {
      if (child + 1 < size && isBefore(this.#heap[child + 1] as Event, this.#heap[child] as Event))
        child += 1;
      if (!isBefore(this.#heap[child] as Event, last)) break;
      this.#heap[place] = this.#heap[child] as Event;
      place = child;
    }
    this.#heap[place] = last;
  }
}

function isBefore(a: Event, b: Event): boolean {
  if (a.atMs !== b.atMs) return a.atMs < b.atMs;
  if (a.isTimer !== b.isTimer) return a.isTimer;
  return a.order < b.order;
}

/** Node runs what was scheduled for the next tick when no promise has anything left to do. */
function promisesSettle(): Promise<void> {
  return new Promise((resolve) => process.nextTick(resolve));
}

/** One turn of the real event loop, for code that waits for setImmediate. */
export function eventLoopTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
