import type { Clock } from '../../clock.js';
import type { Log } from '../../log.js';
import { type Hold, type Reading, type Store, StoreUnavailableError } from '../../store/store.js';
import type { Namespace, Namespaces } from '../namespace.js';
import { DOUBT_INTERVAL_MS, Exchange } from './exchange.js';
import type { HoldNews } from './mass-silence.js';

/** So often it is looked who is missing, ms. */
const LOOK_INTERVAL_MS = 100;
/** Holds that the store does not have yet, at most; the oldest are dropped, for this node has long acted on them. */
const UNSENT_MAX = 4_096;

const TEXTS: Readonly<Record<Hold['cause'], string>> = {
  silence: 'many users of an origin fell silent at once: their OFFLINE is withheld',
  drain: 'an origin is drained: its users are not suspected',
};

/**
 * The holds of all namespaces: finds the silence of many where this node hears them, takes drains, and shares both with the
 * other nodes by way of the store.
 */
export class Holds {
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #store: Store;
  readonly #namespaces: Namespaces;
  readonly #nowUs: () => number | undefined;
  readonly #changed: (namespace: Namespace, hold: Hold, news: HoldNews) => void;
  readonly #exchange: Exchange;
  readonly #read: (namespace: Namespace, userIds: readonly string[]) => Promise<Reading[]>;
  #unsent: Hold[] = [];
  #isAsking = false;
  #cancelLook = () => {};

  /**
   * `nowUs`: the store's clock as far as everything received is recorded; undefined while that is in doubt. `exchanged` and `read`
   * make the calls. `changed` hears
   * what becomes of every hold.
   */
  constructor(options: {
    readonly clock: Clock;
    readonly log: Log;
    readonly store: Store;
    readonly namespaces: Namespaces;
    readonly nowUs: () => number | undefined;
    readonly exchanged: (call: () => Promise<Hold[]>) => Promise<Hold[]>;
    readonly read: (namespace: Namespace, userIds: readonly string[]) => Promise<Reading[]>;
    readonly changed: (namespace: Namespace, hold: Hold, news: HoldNews) => void;
  }) {
    this.#clock = options.clock;
    this.#log = options.log;
    this.#store = options.store;
    this.#namespaces = options.namespaces;
    this.#nowUs = options.nowUs;
    this.#changed = options.changed;
    this.#read = options.read;
    this.#exchange = new Exchange({ ...options, intervalMs: DOUBT_INTERVAL_MS }, () =>
      this.#share(options.exchanged),
    );
    this.#lookLater();
  }

  /**
   * Nobody of an origin is suspected for `graceMs`, in any namespace: it says that it will be silent. Returns how many users of
   * it are there, as far as this node heard them. 0 ms ends a drain.
   */
  drain(origin: string, graceMs: number): number {
    const nowUs = this.#store.clocks()?.nowUs;
    if (nowUs === undefined)
      throw new StoreUnavailableError('the store was never reached: nobody is there to be held');
    let users = 0;
    for (const namespace of this.#namespaces.all()) {
      const { massSilence, name } = namespace;
      const live = massSilence.origins.live(origin, nowUs);
      users += live;
      // The users may be heard by other nodes, which know how many they are.
      const releaseUs = Math.max(massSilence.releaseUs(live), massSilence.intervalUs);
      const untilUs = nowUs + graceMs * 1000;
      this.#begin(namespace, { namespace: name, origin, cause: 'drain', fromUs: nowUs, untilUs, releaseUs });
    }
    return users;
  }

  /** Up to when this node is sure that no silence of many goes on of which the others do not know, µs; Infinity: there is none. */
  get sureUs(): number {
    let sureUs = Number.POSITIVE_INFINITY;
    for (const { massSilence } of this.#namespaces.all())
      sureUs = Math.min(sureUs, massSilence.origins.suspectedSinceUs);
    for (const { fromUs } of this.#unsent) sureUs = Math.min(sureUs, fromUs);
    return sureUs;
  }

  /** Another node has something to tell. */
  exchange(): void {
    this.#exchange.soon();
  }

  close(): void {
    this.#exchange.close();
    this.#cancelLook();
  }

  #look(): void {
    const nowUs = this.#nowUs();
    if (nowUs !== undefined) {
      for (const namespace of this.#namespaces.all()) {
        for (const hold of namespace.massSilence.ended(nowUs)) this.#changed(namespace, hold, 'over');
      }
      if (!this.#isAsking) void this.#ask(nowUs);
    }
    this.#lookLater();
  }

  /** Asks after users of whom many are missing, one origin after the other. */
  async #ask(nowUs: number): Promise<void> {
    this.#isAsking = true;
    for (const namespace of this.#namespaces.all()) {
      const { massSilence } = namespace;
      for (const call of massSilence.look(nowUs)) {
        const userIds = call.names.map(({ userId }) => userId);
        // A store that is away is spoken of elsewhere; then nobody can be missed either.
        const readings = await this.#read(namespace, userIds).catch(() => undefined);
        const hold = readings && massSilence.answer(call, readings, this.#nowUs() ?? nowUs);
        if (hold) this.#begin(namespace, hold);
      }
    }
    this.#isAsking = false;
  }

  #lookLater(): void {
    this.#cancelLook = this.#clock.after(LOOK_INTERVAL_MS, () => this.#look());
  }

  /** Known here first: the other nodes are told. */
  #begin(namespace: Namespace, hold: Hold): void {
    this.#heed(namespace, hold);
    if (this.#unsent.length >= UNSENT_MAX) this.#unsent.shift();
    this.#unsent.push(namespace.massSilence.holdOf(hold));
    this.#exchange.soon();
  }

  async #share(exchanged: (call: () => Promise<Hold[]>) => Promise<Hold[]>): Promise<void> {
    const sent = [...this.#unsent];
    const holds = await exchanged(() => this.#store.holds(sent));
    this.#unsent = this.#unsent.filter((hold) => !sent.includes(hold));
    const unsent = new Set(this.#unsent.map(({ namespace, origin }) => `${namespace}:${origin}`));
    for (const hold of holds) {
      const namespace = this.#namespaces.find(hold.namespace);
      // What this node knows and could not tell yet is newer.
      if (namespace && !unsent.has(`${hold.namespace}:${hold.origin}`)) this.#heed(namespace, hold);
    }
  }

  #heed(namespace: Namespace, hold: Hold): void {
    const news = namespace.massSilence.take(hold, this.#store.clocks()?.nowUs ?? 0);
    if (!news) return;
    const { origin, cause, untilUs, fromUs } = hold;
    const seconds = Math.round((untilUs - fromUs) / 1e6);
    this.#log.warn(
      { namespace: namespace.name, origin, cause, seconds },
      news === 'begun' ? TEXTS[cause] : 'a hold ends at another time than it was said',
    );
    this.#changed(namespace, hold, news);
  }
}
