import type { StatusChange__Output } from '../../src/gen/phid/v1/StatusChange.js';
import type { Fleet } from './fleet.js';
import type { SimulatedUser } from './user.js';
import type { Watcher } from './watcher.js';

/** Something that was told of somebody who lives. */
interface ToldOfLiving {
  readonly userId: string;
  readonly status: StatusChange__Output['status'];
  readonly cause: StatusChange__Output['cause'];
  readonly watcher: Watcher;
  readonly atMs: number;
}

/** What watchers were told, held against the truth. Counts are of users, each once, whoever told it and how often. */
export class Tally {
  readonly #fleet: Fleet;
  readonly #falseOffline = new Set<string>();
  readonly #falseSuspect = new Set<string>();
  readonly #falseUnknown = new Set<string>();
  readonly #changedLiving = new Set<string>();
  readonly #excused = new Set<string>();
  readonly #toldOfLiving: ToldOfLiving[] = [];
  /** By watcher and user: when the death was told, ms after it. */
  readonly #deathsToldMs = new Map<Watcher, Map<string, number>>();
  /** Whom each watcher was told to have left. */
  readonly #left = new Map<Watcher, Set<string>>();
  #isCounting = false;

  readonly #onFalse: (change: StatusChange__Output, watcher: Watcher) => void;

  /** `onFalse` hears of each change of somebody who lives. */
  constructor(fleet: Fleet, onFalse: (change: StatusChange__Output, watcher: Watcher) => void = () => {}) {
    this.#fleet = fleet;
    this.#onFalse = onFalse;
  }

  beginCounting(): void {
    this.#isCounting = true;
  }

  add(change: StatusChange__Output, watcher: Watcher): void {
    const user = this.#fleet.user(change.userId);
    if (!this.#isCounting || !user) return;
    if (change.cause === 'LEAVE') setOf(this.#left, watcher).add(user.id);
    else if (user.isLiving) this.#addLiving(user, change, watcher);
    else if (user.life === 'dead' && change.status === 'OFFLINE') {
      const told = this.#deathsToldMs.get(watcher) ?? new Map<string, number>();
      this.#deathsToldMs.set(watcher, told);
      if (!told.has(user.id)) told.set(user.id, Date.now() - user.lifeSinceMs);
    }
  }

  /** Living users who were told to be OFFLINE, in a snapshot or a change. */
  get falseOffline(): number {
    return this.#falseOffline.size;
  }

  get falseSuspect(): number {
    return this.#falseSuspect.size;
  }

  /** Living users who were told to be UNKNOWN: forgotten. */
  get falseUnknown(): number {
    return this.#falseUnknown.size;
  }

  /** Living users of whom any change was told; snapshots are none. */
  get changedLiving(): number {
    return this.#changedLiving.size;
  }

  /** Users whom the harness kept silent, and who were told to be. */
  get excused(): number {
    return this.#excused.size;
  }

  /** Changes to OFFLINE and SUSPECT of the living users of a part, as far as they are not excused. */
  told(part: string, status: 'OFFLINE' | 'SUSPECT'): ToldOfLiving[] {
    return this.#toldOfLiving.filter(
      (told) => told.status === status && this.#fleet.user(told.userId)?.gateway === part,
    );
  }

  wasToldToHaveLeft(watcher: Watcher, userId: string): boolean {
    return this.#left.get(watcher)?.has(userId) ?? false;
  }

  /** How long after each death this watcher was told of it, ms. Users of whom it was told nothing are not in it. */
  deathsToldMs(watcher: Watcher): ReadonlyMap<string, number> {
    return this.#deathsToldMs.get(watcher) ?? new Map();
  }

  #addLiving(user: SimulatedUser, change: StatusChange__Output, watcher: Watcher): void {
    const { userId, status, cause } = change;
    if (status !== 'UNKNOWN' && this.#fleet.isOverdue(user)) {
      if (status !== 'ONLINE') this.#excused.add(userId);
      return;
    }
    this.#toldOfLiving.push({ userId, status, cause, watcher, atMs: Date.now() });
    if (status === 'OFFLINE') this.#falseOffline.add(userId);
    if (status === 'SUSPECT') this.#falseSuspect.add(userId);
    if (status === 'UNKNOWN') this.#falseUnknown.add(userId);
    if (cause !== 'SNAPSHOT') this.#changedLiving.add(userId);
    if (cause !== 'SNAPSHOT' || status !== 'ONLINE') this.#onFalse(change, watcher);
  }
}

function setOf(sets: Map<Watcher, Set<string>>, watcher: Watcher): Set<string> {
  const set = sets.get(watcher) ?? new Set<string>();
  sets.set(watcher, set);
  return set;
}
