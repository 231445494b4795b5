import { randomUUID } from 'node:crypto';
import type { Clock } from '../../clock.js';
import { type Intents, sameIntents } from '../../detector/intent.js';
import type { Log } from '../../log.js';
import { type Store, StoreUnavailableError } from '../../store/store.js';
import {
  CHANGES_MAX,
  NOTHING_TUNED,
  type ThresholdChange,
  type TuningDocument,
  type TuningStore,
  type TuningsHeard,
} from '../../store/tuning-store.js';
import { DOUBT_INTERVAL_MS, Exchange } from '../doubt/exchange.js';
import type { Namespace } from '../namespace.js';
import type { Presence } from '../presence.js';
import { intentsText } from '../threshold-text.js';
import { DryRunCounts } from './dry-run.js';

/** A change is made again so often when other nodes made one meanwhile; each time one of them got its way. */
const TRIES_MAX = 20;

/** What a dry run counted does not decay, ms. Redis would not take Infinity. */
const HALF_LIFE_MS = Number.MAX_VALUE;

/** Who changes thresholds, what they remark, and the address that the call came from. */
export type Operator = Pick<ThresholdChange, 'author' | 'remark' | 'peer'>;

/**
 * What is said of namespaces at run time, on all nodes: changes go to the store, and what others changed comes from it, by
 * its feed or within a second without.
 */
export class Tunings {
  readonly #store: Store & TuningStore;
  readonly #presence: Presence;
  readonly #log: Log;
  readonly #exchange: Exchange;
  readonly #unfollow: () => void;
  /** Of the documents that this node has. */
  #version = '';

  constructor(options: {
    readonly store: Store & TuningStore;
    readonly presence: Presence;
    readonly clock: Clock;
    readonly log: Log;
  }) {
    this.#store = options.store;
    this.#presence = options.presence;
    this.#log = options.log;
    this.#exchange = new Exchange({ ...options, intervalMs: DOUBT_INTERVAL_MS }, () => this.#share());
    this.#unfollow = options.presence.follow({ doubted: () => this.#exchange.soon() });
  }

  /**
   * Thresholds are for `intents` from now on, whatever the configuration says; undefined goes back to it. It is asked for them again
   * where another node was quicker: what an operator left alone is as that one set it.
   */
  async set(namespace: Namespace, intents: (() => Intents) | undefined, operator: Operator): Promise<void> {
    await this.#change(namespace, ({ set: _, ...document }, atUs) => {
      const set = intents && { set: intents() };
      return { ...document, ...set, changes: changed(document, { atUs, ...operator, ...set }) };
    });
  }

  /** Counts for so long what `intents` would have cost, in place of the dry run before; they are asked for as those of `set`. */
  async beginDryRun(
    namespace: Namespace,
    plan: { readonly intents: () => Intents; readonly durationMs: number },
    operator: Operator,
  ): Promise<void> {
    const id = randomUUID();
    const { durationMs } = plan;
    await this.#change(namespace, (document, fromUs) => {
      const intents = plan.intents();
      const { author } = operator;
      return {
        ...document,
        dryRun: { id, intents, author, fromUs, untilUs: fromUs + durationMs * 1000 },
        changes: changed(document, { atUs: fromUs, ...operator, set: intents, dryRunMs: durationMs }),
      };
    });
  }

  /** What was counted by now stays to be asked for. */
  async endDryRun(namespace: Namespace, operator: Operator): Promise<void> {
    await this.#change(namespace, (document, atUs) => {
      const { dryRun } = document;
      return {
        ...document,
        ...(dryRun && { dryRun: { ...dryRun, untilUs: Math.min(dryRun.untilUs, atUs) } }),
        changes: changed(document, { atUs, ...operator, dryRunMs: 0 }),
      };
    });
  }

  /** Adds what this node counted of a dry run to what all did, and hears that; of other nodes, up to a second ago. */
  async count({ name, dryRun }: Namespace): Promise<void> {
    if (!dryRun) return;
    const { unsent } = dryRun;
    dryRun.unsent = new DryRunCounts();
    const tallied = { name: `${name}:${dryRun.plan.id}`, halfLifeMs: HALF_LIFE_MS };
    try {
      dryRun.sums = new DryRunCounts(await this.#store.learn(tallied, unsent.values));
    } catch (error) {
      dryRun.unsent.merge(unsent);
      throw error;
    }
  }

  close(): void {
    this.#unfollow();
    this.#exchange.close();
  }

  async #change(
    namespace: Namespace,
    next: (before: TuningDocument, nowUs: number) => TuningDocument,
  ): Promise<void> {
    for (let tries = 0; tries < TRIES_MAX; tries++) {
      const nowUs = this.#store.clocks()?.nowUs;
      if (nowUs === undefined)
        throw new StoreUnavailableError('the store was never reached: nothing was set');
      const document = next(namespace.tuning, nowUs);
      const heard = await this.#ask(new Map([[namespace.name, document]]));
      this.#take(heard);
      if (heard.isChanged) return;
    }
    throw new StoreUnavailableError(
      `other nodes set thresholds ${TRIES_MAX} times meanwhile: nothing was set`,
    );
  }

  async #share(): Promise<void> {
    this.#take(await this.#ask());
    for (const namespace of this.#presence.namespaces.all()) {
      if (namespace.dryRun && namespace.dryRun.unsent.arrivals > 0) await this.count(namespace);
    }
  }

  /** What the store says. One that has lost its data gets back what this node knows; nothing is changed then. */
  async #ask(changed?: ReadonlyMap<string, TuningDocument>): Promise<TuningsHeard> {
    const heard = await this.#store.tunings(this.#version, changed);
    if (heard.version !== '' || this.#version === '') return heard;
    const known = new Map<string, TuningDocument>();
    for (const { name, tuning } of this.#presence.namespaces.all()) {
      if (tuning.changes.length > 0) known.set(name, tuning);
    }
    this.#log.warn(
      { namespaces: [...known.keys()] },
      'the store has lost what was set of thresholds: given back',
    );
    return { ...(await this.#store.tunings('', known)), isChanged: false };
  }

  #take({ version, documents }: TuningsHeard): void {
    if (!documents) return;
    this.#version = version;
    for (const namespace of this.#presence.namespaces.all()) {
      const document = documents.get(namespace.name) ?? NOTHING_TUNED;
      const before = namespace.tuning;
      namespace.tuning = document;
      const isSame =
        before.set && document.set ? sameIntents(before.set, document.set) : before.set === document.set;
      if (isSame) continue;
      this.#say(namespace);
      this.#presence.judgeAnew(namespace);
    }
  }

  #say({ name, tuning, configured }: Namespace): void {
    const { set, changes } = tuning;
    const [by] = changes;
    const fields = { namespace: name, set, configured, author: by?.author, peer: by?.peer };
    const text = set
      ? `were set to ${intentsText(set)}: this wins over the configuration, ${intentsText(configured)}`
      : `are those of the configuration again, ${intentsText(configured)}`;
    this.#log.info(fields, `thresholds of ${name} ${text}${by ? ` (${by.author})` : ''}`);
  }
}

function changed({ changes }: TuningDocument, change: ThresholdChange): ThresholdChange[] {
  return [change, ...changes].slice(0, CHANGES_MAX);
}
