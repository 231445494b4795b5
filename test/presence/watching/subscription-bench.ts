import { expect } from 'vitest';
import type { Thresholds } from '../../../src/detector/status.js';
import { recordHeartbeat, recordLeave, type UserRecord } from '../../../src/detector/user.js';
import { Namespace } from '../../../src/presence/namespace.js';
import type { Change } from '../../../src/presence/watching/changes.js';
import type { EventSink, StreamEvent } from '../../../src/presence/watching/outbox.js';
import { Subscription } from '../../../src/presence/watching/subscription.js';
import { type Batch, WatchedNamespace } from '../../../src/presence/watching/watched-namespace.js';
import type { Reading } from '../../../src/store/store.js';
import { received } from '../../support/heartbeat.js';
import { ManualClock } from '../../support/manual-clock.js';
import { namespaceSettings } from '../../support/settings.js';

/** Silence at which φ reaches 3 and 5 after `beats`: mean 1,000 ms, deviation 100 ms. */
export const SUSPECT_MS = 1_000 + 100 * 3.090_232;
export const OFFLINE_MS = 1_000 + 100 * 4.264_891;

interface Facts {
  readonly change: string;
  readonly threshold: number | undefined;
  /** When it happened, relative to now. */
  readonly atMs: number;
}

/** A subscriber that is shown readings by hand: no store asks, and no timer. */
class Subscriber implements EventSink {
  readonly subscription: Subscription;
  room = Number.POSITIVE_INFINITY;
  readonly #watched: WatchedNamespace;
  readonly #events: StreamEvent[] = [];

  constructor(namespace: Namespace, clock: ManualClock, thresholds?: Thresholds) {
    this.subscription = new Subscription(namespace, thresholds);
    this.subscription.outbox.connect(this);
    this.#watched = new WatchedNamespace(namespace, clock, {
      wanted: () => {},
      membersWanted: () => {},
    });
  }

  take(event: StreamEvent): void {
    this.#events.push(event);
  }

  add(userIds: readonly string[]): void {
    this.#watched.add(this.subscription, userIds);
  }

  remove(userId: string): void {
    this.#watched.remove(this.subscription, [userId]);
  }

  /** The stream has room again, for `room` events. */
  resume(room = Number.POSITIVE_INFINITY): void {
    this.room = room;
    this.subscription.outbox.flush();
    this.#watched.resume(this.subscription);
  }

  /** The namespace judges by something else from now on. */
  judgeAnew(): void {
    this.#watched.judgeAnew();
  }

  /** A reading of somebody, watched or not. */
  show(userId: string, reading: Reading, degraded = false): void {
    this.#watched.changed(userId, false);
    const batch = this.#watched.takeBatch();
    if (!batch) return;
    this.#watched.show(
      only(batch, (id) => id === userId),
      { readings: [reading], lagMs: 0, nowUs: reading.nowUs, isDegraded: degraded, hasLostData: false },
    );
    this.#watched.putBack(only(batch, (id) => id !== userId));
  }

  /** What it was told since this was asked last. */
  takeAll(): StreamEvent[] {
    return this.#events.splice(0);
  }
}

function only({ watched, rows, userIds }: Batch, isOne: (userId: string) => boolean): Batch {
  const which = rows.filter((_, i) => isOne(userIds[i] as string));
  return { watched, rows: which, userIds: userIds.filter(isOne) };
}

/** Alice, whose life the test makes up, and who watches her. No store and no tracker: readings are shown by hand. */
export class SubscriptionBench {
  readonly namespace = new Namespace('default', namespaceSettings());
  readonly clock = new ManualClock();
  /** By the thresholds of the namespace, 3 and 5. */
  readonly subscriber = this.subscribe();
  nowUs = 1_700_000_000_000_000;
  #user: UserRecord | undefined;

  get reading(): Reading {
    return { nowUs: this.nowUs, record: this.#user };
  }

  subscribe(thresholds?: Thresholds): Subscriber {
    return new Subscriber(this.namespace, this.clock, thresholds);
  }

  pass(ms: number): void {
    this.clock.stall(ms);
    this.nowUs += Math.round(ms * 1000);
  }

  /** A heartbeat that arrives now, or arrived `agoMs` ago. */
  beat(sessionId = 'phone', { agoMs = 0 } = {}): void {
    this.#user ??= { sessions: [] };
    const time = { atUs: this.nowUs - agoMs * 1000, nowUs: this.nowUs };
    recordHeartbeat(this.#user, received({ sessionId }), time, this.namespace.detector);
  }

  /** Ten heartbeats, one a second, the last of them now. */
  beats(sessionId = 'phone'): void {
    for (let i = 0; i < 10; i++) {
      if (i > 0) this.pass(1_000);
      this.beat(sessionId);
    }
  }

  leave(sessionId = ''): void {
    if (this.#user) recordLeave(this.#user, sessionId, this.nowUs);
  }

  /** The retention is over. */
  expire(): void {
    this.pass(this.namespace.retentionMs);
    this.#user = undefined;
  }

  /** Shows her as she is now; returns the change that it made. */
  observe(subscriber = this.subscriber): Change | undefined {
    subscriber.show('alice', this.reading);
    const changes = changesIn(subscriber.takeAll());
    expect(changes.length).toBeLessThanOrEqual(1);
    return changes[0];
  }

  /** As observe, where there has to be a change. */
  told(subscriber = this.subscriber): Change {
    const change = this.observe(subscriber);
    if (!change) throw new Error('nothing changed');
    return change;
  }

  /** As told; the change in short. */
  toldFacts(subscriber = this.subscriber): Facts {
    return this.facts(this.told(subscriber));
  }

  facts({ previous, cause, threshold, atUs, assessment }: Change): Facts {
    const change = `${previous}>${assessment.status} ${cause}`;
    return { change, threshold, atMs: (atUs - this.nowUs) / 1000 };
  }
}

export function changesIn(events: readonly StreamEvent[]): Change[] {
  return events.flatMap((event): Change[] => ('change' in event ? [event.change] : []));
}
