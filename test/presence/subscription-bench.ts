import { expect } from 'vitest';
import { recordHeartbeat, recordLeave, type UserRecord } from '../../src/detector/user.js';
import { Namespace } from '../../src/presence/namespace.js';
import type { Change, StreamEvent } from '../../src/presence/outbox.js';
import { Subscription } from '../../src/presence/subscription.js';
import type { Reading } from '../../src/store/store.js';
import { received } from '../support/heartbeat.js';
import { namespaceSettings } from '../support/settings.js';

/** Silence at which φ reaches 3 and 5 after `beats`: mean 1,000 ms, deviation 100 ms. */
export const SUSPECT_MS = 1_000 + 100 * 3.090_232;
export const OFFLINE_MS = 1_000 + 100 * 4.264_891;

interface Facts {
  readonly change: string;
  readonly threshold: number | undefined;
  /** When it happened, relative to now. */
  readonly atMs: number;
}

/** Alice, whose life the test makes up, and who watches her. No store and no tracker: readings are shown by hand. */
export class SubscriptionBench {
  readonly namespace = new Namespace('default', namespaceSettings());
  /** By the thresholds of the namespace, 3 and 5. */
  readonly subscription = new Subscription(this.namespace, undefined);
  nowUs = 1_700_000_000_000_000;
  #user: UserRecord | undefined;

  get reading(): Reading {
    return { nowUs: this.nowUs, record: this.#user };
  }

  pass(ms: number): void {
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

  expire(): void {
    this.#user = undefined;
  }

  /** Shows her as she is now; returns the change that it made. */
  observe(subscription = this.subscription): Change | undefined {
    subscription.observe('alice', this.reading, false);
    const changes = changesIn(takeAll(subscription));
    expect(changes.length).toBeLessThanOrEqual(1);
    return changes[0];
  }

  /** As observe, where there has to be a change. */
  told(subscription = this.subscription): Change {
    const change = this.observe(subscription);
    if (!change) throw new Error('nothing changed');
    return change;
  }

  /** As told; the change in short. */
  toldFacts(subscription = this.subscription): Facts {
    return this.facts(this.told(subscription));
  }

  facts({ previous, cause, threshold, atUs, assessment }: Change): Facts {
    const change = `${previous}>${assessment.status} ${cause}`;
    return { change, threshold, atMs: (atUs - this.nowUs) / 1000 };
  }
}

export function takeAll({ outbox }: Subscription): StreamEvent[] {
  const events: StreamEvent[] = [];
  for (let event = outbox.take(); event; event = outbox.take()) events.push(event);
  return events;
}

export function changesIn(events: readonly StreamEvent[]): Change[] {
  return events.flatMap((event): Change[] => ('change' in event ? [event.change] : []));
}
