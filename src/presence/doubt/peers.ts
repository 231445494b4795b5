import type { Clock } from '../../clock.js';
import type { BlindInterval } from '../../detector/sight.js';
import type { Log } from '../../log.js';
import type { NodeSign, SignsHeard, Store } from '../../store/store.js';
import type { Namespaces } from '../namespace.js';
import { Exchange } from './exchange.js';

/** So often a node gives a sign of life, ms: another one tells an OFFLINE later by up to as much. */
const SIGN_INTERVAL_MS = 250;
/** A node whose last sign is older than this is told of in the log, ms. */
const SILENT_MS = 3_000;

/**
 * The other nodes. Each says up to when everything that it has received is recorded, and of which origins it hears users: until
 * a node has said so of the time of a crossing, heartbeats of its users may be on their way.
 */
export class Peers {
  readonly #id: string;
  readonly #store: Store;
  readonly #log: Log;
  readonly #namespaces: Namespaces;
  readonly #completeUs: () => number | undefined;
  readonly #absent: (interval: BlindInterval) => void;
  readonly #exchange: Exchange;
  #signs: readonly NodeSign[] = [];
  readonly #silent = new Set<string>();
  readonly #exchanged: (call: () => Promise<SignsHeard>) => Promise<SignsHeard>;
  #areKnown = false;

  /**
   * `completeUs`: up to when this node has recorded everything; undefined: it cannot say. `exchanged` watches the
   * calls. `absent` hears of times in which no node gave a sign: whoever beat then was heard by nobody.
   */
  constructor(options: {
    /** Of this node. One that takes the place of another has the same, or that one would be waited for. */
    readonly id: string;
    readonly clock: Clock;
    readonly log: Log;
    readonly store: Store;
    readonly namespaces: Namespaces;
    readonly completeUs: () => number | undefined;
    readonly exchanged: (call: () => Promise<SignsHeard>) => Promise<SignsHeard>;
    readonly absent: (interval: BlindInterval) => void;
  }) {
    this.#id = options.id;
    this.#store = options.store;
    this.#log = options.log;
    this.#namespaces = options.namespaces;
    this.#completeUs = options.completeUs;
    this.#absent = options.absent;
    for (const { massSilence } of options.namespaces.all()) massSilence.witnesses.expect();
    this.#exchanged = options.exchanged;
    this.#exchange = new Exchange({ ...options, intervalMs: SIGN_INTERVAL_MS }, () => this.#give());
  }

  /** Other nodes that have not left, and those of them that have been silent for long. */
  get counts(): { readonly peers: number; readonly silent: number } {
    return { peers: this.#signs.length, silent: this.#silent.size };
  }

  /** Resolves when it is known of the other nodes whom they hear, which is asked once; or the store is away. */
  async meet(): Promise<void> {
    // The exchange tells the log of what is wrong.
    if (!this.#areKnown) await this.#give().catch(() => {});
  }

  close(): void {
    this.#exchange.close();
  }

  async #give(): Promise<void> {
    const completeUs = this.#completeUs();
    if (completeUs === undefined) return;
    const carries: string[] = [];
    for (const { name, massSilence } of this.#namespaces.all()) {
      for (const origin of massSilence.origins.names) carries.push(`${name}:${origin}`);
    }
    const heard = await this.#exchanged(() => this.#store.signs({ id: this.#id, completeUs, carries }));
    this.#signs = heard.others;
    this.#areKnown = true;
    const nowUs = this.#store.clocks()?.nowUs ?? completeUs;
    if (heard.previousUs !== undefined) this.#absent({ fromUs: heard.previousUs, toUs: nowUs });
    for (const { name, massSilence } of this.#namespaces.all())
      massSilence.witnesses.hear(this.#ofNamespace(name));
    this.#tellSilent(completeUs);
  }

  /** Of each origin, up to when each of the nodes that carry it has recorded everything, µs. */
  #ofNamespace(name: string): Map<string, number[]> {
    const complete = new Map<string, number[]>();
    for (const { completeUs, carries } of this.#signs) {
      for (const carried of carries) {
        if (!carried.startsWith(`${name}:`)) continue;
        const origin = carried.slice(name.length + 1);
        complete.set(origin, [...(complete.get(origin) ?? []), completeUs]);
      }
    }
    return complete;
  }

  #tellSilent(nowUs: number): void {
    const silent = this.#signs.filter(({ completeUs }) => nowUs - completeUs > SILENT_MS * 1000);
    for (const { id, carries } of silent) {
      if (this.#silent.has(id)) continue;
      this.#silent.add(id);
      this.#log.warn(
        { node: id, carries },
        'another node is silent: OFFLINE is withheld from those it heard',
      );
    }
    for (const id of this.#silent) if (!silent.some((sign) => sign.id === id)) this.#silent.delete(id);
  }
}
