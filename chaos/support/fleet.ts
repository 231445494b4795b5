import { type Carrier, Gateway } from './gateway.js';
import { UnaryClients } from './unary-clients.js';
import { type Beat, SimulatedUser } from './user.js';

/** Users who beat through one gateway, or each for himself. */
export interface FleetPart {
  readonly name: string;
  /** What its heartbeats name. */
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

/** So often users whose turn it is beat: seldom enough that a gateway has messages of many, ms. */
const TICK_MS_MAX = 50;
/** And at least so often an interval. */
const TICKS_MIN = 10;
/** Ten thousand users who nobody knows yet are not there in one second: of all of them nodes would be late to hear. */
const NEWCOMERS_A_SECOND_MAX = 1_000;
/** Heartbeats come early or late by up to this share of the interval. */
const JITTER = 0.1;
/** A heartbeat that is late by this share of the interval may make a user suspicious, and it is the harness that is late. */
const LATE = 0.25;
/** How long it may take until that was told, and read here, ms. */
const EXCUSE_MS = 1_000;
/** How long what was sent last may take to be answered, ms. */
const DRAIN_MS_MAX = 5_000;

interface Part {
  readonly name: string;
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
    this.#parts = parts.map(({ name, origin, users, addresses, by, isUntimed = false }) => ({
      ...{ name, isUntimed },
      carrier: new (by === 'gateway' ? Gateway : UnaryClients)(origin, addresses, acknowledged),
      users: Array.from({ length: users }, (_, i) => new SimulatedUser(`${name}-user-${i}`, name)),
    }));
    this.users = this.#parts.flatMap(({ users }) => users);
    const nowMs = Date.now();
    const comingMs = Math.max(intervalMs, (1000 * this.users.length) / NEWCOMERS_A_SECOND_MAX);
    for (const user of this.users) {
      this.#byId.set(user.id, user);
      user.slotMs = nowMs + Math.random() * comingMs;
      user.dueMs = user.slotMs;
    }
    this.#ticking = setInterval(() => this.#tick(), Math.min(TICK_MS_MAX, intervalMs / TICKS_MIN));
  }

  user(id: string): SimulatedUser | undefined {
    return this.#byId.get(id);
  }

  living(): SimulatedUser[] {
    return this.users.filter(({ isLiving }) => isLiving);
  }

  /** The users of a part. */
  of(name: string): SimulatedUser[] {
    return this.users.filter(({ gateway }) => gateway === name);
  }

  /** The network between this part and phid is cut: its users are alive, and nobody hears of them. */
  cut(name: string): void {
    for (const user of this.of(name)) if (user.life === 'beating') user.become('cut');
    this.#part(name).carrier.service.end(Date.now());
  }

  restore(name: string): void {
    for (const user of this.of(name)) {
      if (user.life !== 'cut') continue;
      user.become('beating');
      // Silent until their next heartbeat is due.
      user.excusedUntilMs = Date.now() + this.#intervalMs + EXCUSE_MS;
    }
    this.#part(name).carrier.service.begin(Date.now());
  }

  /** This part goes over to the next node. */
  move(name: string): void {
    this.#part(name).carrier.move();
  }

  /** Whether this user is silent, or was just now, because the harness is late with a heartbeat. */
  isOverdue({ life, dueMs, excusedUntilMs }: SimulatedUser): boolean {
    const nowMs = Date.now();
    return nowMs < excusedUntilMs || (life === 'beating' && nowMs - dueMs > LATE * this.#intervalMs);
  }

  /** A heartbeat out of turn; returns its number. */
  beat(user: SimulatedUser): number {
    const beat = this.#next(user);
    this.#part(user.gateway).carrier.offer(beat);
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
      await new Promise((resolve) => setTimeout(resolve, TICK_MS_MAX));
    }
  }

  async stop(): Promise<void> {
    clearInterval(this.#ticking);
    for (const { carrier } of this.#parts) carrier.close();
  }

  #part(of: string): Part {
    return this.#parts.find(({ name }) => name === of) as Part;
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
        if (lateMs > LATE * this.#intervalMs) user.excusedUntilMs = nowMs + EXCUSE_MS;
        carrier.offer(this.#next(user));
      }
      carrier.flush();
    }
  }
}
