import type { Subscription } from '../subscription.js';
import { Audience, type AudienceHost, handOver } from './audience.js';

/** The watched groups of a namespace: an audience for each of them and each pair of thresholds. */
export class WatchedGroups {
  readonly #host: AudienceHost;
  readonly #wanted: (audience: Audience) => void;
  readonly #audiences = new Map<string, Audience[]>();
  /** What audiences delivered that are no more. */
  #delivered = 0;

  /** `wanted` hears of an audience whose members have to be listed. */
  constructor(host: AudienceHost, wanted: (audience: Audience) => void) {
    this.#host = host;
    this.#wanted = wanted;
  }

  /** For /metrics: audiences, who listens to them, and what they were told. */
  get counts(): { readonly audiences: number; readonly listeners: number; readonly delivered: number } {
    const counts = { audiences: 0, listeners: 0, delivered: this.#delivered };
    for (const audience of this.#all()) {
      counts.audiences += 1;
      counts.listeners += audience.listeners;
      counts.delivered += audience.delivered;
    }
    return counts;
  }

  /** `subscription` listens to a group that it does not listen to yet. */
  join(subscription: Subscription, groupId: string): void {
    const known = this.#audiences.get(groupId) ?? [];
    let audience = known.find((one) => one.hasThresholds(subscription.own));
    if (!audience) {
      audience = new Audience(subscription, groupId, this.#host);
      this.#audiences.set(groupId, [...known, audience]);
      this.#wanted(audience);
    }
    audience.join(subscription);
  }

  leave(subscription: Subscription, groupId: string): void {
    for (const audience of this.#audiences.get(groupId) ?? []) {
      if (!audience.hasListener(subscription)) continue;
      audience.leave(subscription);
      if (!audience.isOpen) this.#end(audience);
    }
  }

  /** Tells of removals that waited, as far as there is room; not of who is watched again, in whatever way. */
  tellRemovals(subscription: Subscription): void {
    const { roster } = this.#host;
    const { removals, outbox, isSyncing } = subscription;
    if (isSyncing) return;
    for (const [userId, change] of removals) {
      if (outbox.room <= 0) return;
      removals.delete(userId);
      if (!handOver(roster, { subscription, userId, told: change.previous })) outbox.change(change);
    }
  }

  /** The members of a group have changed. */
  changed(groupId: string): void {
    for (const audience of this.#audiences.get(groupId) ?? []) this.#wanted(audience);
  }

  /** Members of any group may have changed. */
  resync(): void {
    for (const audience of this.#all()) this.#wanted(audience);
  }

  *#all(): Iterable<Audience> {
    for (const audiences of this.#audiences.values()) yield* audiences;
  }

  #end(ended: Audience): void {
    const { groupId, subscription } = ended;
    this.#delivered += ended.delivered;
    const others = (this.#audiences.get(groupId) ?? []).filter((audience) => audience !== ended);
    if (others.length > 0) this.#audiences.set(groupId, others);
    else this.#audiences.delete(groupId);
    this.#host.endAll(subscription);
  }
}
