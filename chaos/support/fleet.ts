import { type Carrier, Gateway } from './gateway.js';
import { UnaryClients } from './unary-clients.js';
import { type Beat, SimulatedUser } from './user.js';

/** Users who beat through one gateway, or each for himself. */
export interface FleetPart {
  readonly origin: string;
  readonly users: number;
  /** Nodes, in the order in which they are tried. */
  readonly addresses: readonly string[];
  /** Through one HeartbeatStream, or by calls of their own. */
  readonly by: 'gateway' | 'calls';
  /** Its users are there to be told from others: times in which nothing of theirs is acknowledged mean nothing. */
  readonly isUntimed?: boolean;
}

interface FleetPlan {
  readonly parts: readonly FleetPart[];
  readonly intervalMs: number;
}

const TICK_MS = 20;
/** Heartbeats come early or late by up to this share of the interval. */
const JITTER = 0.1;
/** How long what was sent last may take to be answered, ms. */
const DRAIN_MS_MAX = 5_000;

interface Part {
  readonly origin: string;
  readonly carrier: Carrier;
  readonly users: readonly SimulatedUser[];
  readonly isUntimed: boolean;
}

/** Users that beat through real connections, and the truth about each of them. */
export class Fleet {
  readonly users: readonly SimulatedUser[];
  readonly counts = { sent: 0, acknowledged: 0 };
  /** By how much the harness itself was late with a heartbeat at most, ms: more than a jitter disturbs the result. */
  lateMaxMs = 0;
  readonly #byId = new Map<string, SimulatedUser>();
  readonly #parts: readonly Part[];
  readonly #intervalMs: number;
  readonly #ticking: NodeJS.Timeout;
  #countingSinceMs = 0;

  constructor({ parts, intervalMs }: FleetPlan) {
    this.#intervalMs = intervalMs;
    const acknowledged = (beat: Beat) => {
      if (beat.user.acknowledge(beat) && beat.sentMs >= this.#countingSinceMs) this.counts.acknowledged += 1;
    };
    this.#parts = parts.map(({ origin, users, addresses, by, isUntimed = false }) => ({
      ...{ origin, isUntimed },
      carrier: new (by === 'gateway' ? Gateway : UnaryClients)(origin, addresses, acknowledged),
      users: Array.from({ length: users }, (_, i) => new SimulatedUser(`${origin}-user-${i}`, origin)),
    }));
    this.users = this.#parts.flatMap(({ users }) => users);
    const nowMs = Date.now();
    for (const user of this.users) {
      this.#byId.set(user.id, user);
      user.slotMs = nowMs + Math.random() * intervalMs;
      user.dueMs = user.slotMs;
    }
    this.#ticking = setInterval(() => this.#tick(), TICK_MS);
  }

  user(id: string): SimulatedUser | undefined {
    return this.#byId.get(id);
  }

  living(): SimulatedUser[] {
    return this.users.filter(({ isLiving }) => isLiving);
  }

  /** The users of these origins. */
  of(...origins: readonly string[]): SimulatedUser[] {
    return this.users.filter(({ origin }) => origins.includes(origin));
  }

  /** The network between these origins and phid is cut: their users are alive, and nobody hears of them. */
  cut(origin: string): void {
    for (const user of this.of(origin)) if (user.life === 'beating') user.become('cut');
    for (const part of this.#parts) if (part.origin === origin) part.carrier.service.end(Date.now());
  }

  restore(origin: string): void {
    for (const user of this.of(origin)) if (user.life === 'cut') user.become('beating');
    for (const part of this.#parts) if (part.origin === origin) part.carrier.service.begin(Date.now());
  }

  /** A heartbeat out of turn; returns its number. */
  beat(user: SimulatedUser): number {
    const beat = this.#next(user);
    this.#partOf(user).carrier.offer(beat);
    return beat.sequence;
  }

  /** Forgets what was counted, and begins to count times without service. */
  beginCounting(): void {
    this.#countingSinceMs = Date.now();
    Object.assign(this.counts, { sent: 0, acknowledged: 0 });
    this.lateMaxMs = 0;
    for (const { carrier, isUntimed } of this.#parts) if (!isUntimed) carrier.service.begin(Date.now());
  }

  /** The longest time in which a gateway, or all clients without one, had nothing acknowledged, ms. */
  endCounting(): number {
    for (const { carrier } of this.#parts) carrier.service.end(Date.now());
    return Math.max(...this.#parts.map(({ carrier }) => carrier.service.longestMs));
  }

  /** Beats no more, and resolves when what was sent is answered, or will not be any more. */
  async fallSilent(): Promise<void> {
    clearInterval(this.#ticking);
    const untilMs = Date.now() + DRAIN_MS_MAX;
    while (Date.now() < untilMs && this.#parts.some(({ carrier }) => carrier.unanswered > 0)) {
      for (const { carrier } of this.#parts) carrier.flush();
      await new Promise((resolve) => setTimeout(resolve, TICK_MS));
    }
  }

  async stop(): Promise<void> {
    clearInterval(this.#ticking);
    for (const { carrier } of this.#parts) carrier.close();
  }

  #partOf(user: SimulatedUser): Part {
    return this.#parts.find(({ origin }) => origin === user.origin) as Part;
  }

  #next(user: SimulatedUser): Beat {
    this.counts.sent += 1;
    return user.beat();
  }

  #tick(): void {
    const nowMs = Date.now();
    for (const { carrier, users } of this.#parts) {
      for (const user of users) {
        if (user.dueMs > nowMs) continue;
        const lateMs = nowMs - user.dueMs;
        user.slotMs += this.#intervalMs;
        user.dueMs = user.slotMs + (2 * Math.random() - 1) * JITTER * this.#intervalMs;
        if (user.life !== 'beating') continue;
        this.lateMaxMs = Math.max(this.lateMaxMs, lateMs);
        carrier.offer(this.#next(user));
      }
      carrier.flush();
    }
  }
}
