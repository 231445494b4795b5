import { type FleetAt, fleetOf, type Gateway } from './fleet.js';

/** Users of whom one batch after the other beats, evenly over an interval. */
export interface BeatingJob extends FleetAt {
  /** When it is the first batch's turn, ms since the epoch; and how many users have had their turn since. */
  readonly firstDueEpochMs: number;
  readonly beaten: number;
  readonly batch: number;
  readonly intervalMs: number;
  /** By how much each batch is early or late together, another time each time. */
  readonly jitterMs: number;
}

interface BeatingReport {
  readonly sent: number;
  readonly acknowledged: number;
}

const TICK_MS = 2;

/** A fleet that beats until it is stopped. Users may fall silent meanwhile. */
export class Beating {
  readonly silent = new Set<number>();
  /** Told of users that beat again, when their heartbeat is sent. */
  onResume: (user: number, sentMs: number) => void = () => {};
  readonly #job: BeatingJob;
  readonly #gateways: readonly Gateway[];
  readonly #encode: (users: number[]) => Buffer;
  /** By how much the load generator itself was late with a batch, at most. */
  lateMaxMs = 0;
  readonly #report = { sent: 0, acknowledged: 0 };
  /** When each batch is due; the n-th has the users from n * batch on. */
  readonly #dueMs: Float64Array;
  /** Start of the interval that a batch is due in next, without jitter. */
  readonly #slotMs: Float64Array;
  readonly #resuming = new Set<number>();
  readonly #ticking: NodeJS.Timeout;

  static async start(job: BeatingJob): Promise<Beating> {
    const { encoded, gateways } = await fleetOf(job);
    return new Beating(job, gateways, (users) => encoded.batch(users));
  }

  private constructor(job: BeatingJob, gateways: readonly Gateway[], encode: (users: number[]) => Buffer) {
    this.#job = job;
    this.#gateways = gateways;
    this.#encode = encode;
    const batches = Math.floor(job.users / job.batch);
    const firstMs = job.firstDueEpochMs - performance.timeOrigin;
    const turnOf = (n: number) => n / batches + (n * job.batch < job.beaten ? 1 : 0);
    this.#slotMs = Float64Array.from({ length: batches }, (_, n) => firstMs + turnOf(n) * job.intervalMs);
    this.#dueMs = this.#slotMs.slice();
    for (const gateway of gateways) {
      gateway.onAnswer = (accepted) => {
        this.#report.acknowledged += accepted;
      };
    }
    this.#ticking = setInterval(() => this.#tick(), TICK_MS);
  }

  /** A user by chance. */
  anyone(): number {
    return Math.floor(Math.random() * this.#dueMs.length * this.#job.batch);
  }

  /** Lets a user, if silent, beat with the next batch of theirs. */
  resume(user: number): void {
    if (this.silent.has(user)) this.#resuming.add(user);
  }

  /** Stops, and says when what was sent is answered. */
  async stop(): Promise<BeatingReport> {
    clearInterval(this.#ticking);
    for (const gateway of this.#gateways) await gateway.end();
    return this.#report;
  }

  #tick(): void {
    const nowMs = performance.now();
    const { intervalMs, jitterMs } = this.#job;
    for (let n = 0; n < this.#dueMs.length; n++) {
      const dueMs = this.#dueMs[n] as number;
      if (dueMs > nowMs) continue;
      this.lateMaxMs = Math.max(this.lateMaxMs, nowMs - dueMs);
      this.#slotMs[n] = (this.#slotMs[n] as number) + intervalMs;
      this.#dueMs[n] = (this.#slotMs[n] as number) + (Math.random() - 0.5) * jitterMs;
      this.#send(n);
    }
  }

  #send(n: number): void {
    const { batch } = this.#job;
    const users: number[] = [];
    for (let user = n * batch; user < (n + 1) * batch; user++) {
      if (this.silent.has(user)) {
        if (!this.#resuming.delete(user)) continue;
        this.silent.delete(user);
        this.onResume(user, performance.now());
      }
      users.push(user);
    }
    if (users.length === 0) return;
    this.#report.sent += users.length;
    (this.#gateways[n % this.#gateways.length] as Gateway).stream.write(this.#encode(users));
  }
}
