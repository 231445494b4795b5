import type { Change } from './changes.js';

export type NoticeKind = 'LAGGED' | 'DEGRADED' | 'RECOVERED' | 'MASS_SILENCE' | 'MASS_SILENCE_OVER';

/** What a notice is about: a later one about the same takes the place of one that was not sent yet. */
type Topic = 'store' | 'silence';

export interface Notice {
  readonly notice: NoticeKind;
  readonly message: string;
  readonly coalesced: number;
}

export type StreamEvent = { readonly change: Change } | { readonly synced: true } | Notice;

/** Where the events of a subscription go: a stream, which takes only so many at a time. */
export interface EventSink {
  /** How many events it can take now. Where it was 0 or less, Tracker.resume is called when it no longer is. */
  readonly room: number;
  /** Takes an event; also without room, but that is not asked of it without end. */
  take(event: StreamEvent): void;
  /** Ends it: what was asked for cannot be told. Only of groups that is so. */
  fail?(error: Error): void;
}

const nowhere: EventSink = { room: 0, take: () => {} };

/**
 * What a subscription says besides the statuses of its users, and the way out for those. While the sink has no room a
 * notice of each topic, one `synced` and a count of merged changes wait here, and nothing else: a change that finds no room is made
 * again from the store when there is some, so that a slow reader costs no memory and is told what is true then.
 */
export class Outbox {
  #sink = nowhere;
  #synced = false;
  readonly #notices = new Map<Topic, Notice>();
  #merged = 0;

  /** From now on events go there. */
  connect(sink: EventSink): void {
    this.#sink = sink;
    this.flush();
  }

  disconnect(): void {
    this.#sink = nowhere;
  }

  /** How many changes it takes now. */
  get room(): number {
    return this.#sink.room;
  }

  /** Asked only while there is room. */
  change(change: Change): void {
    this.flush();
    this.#sink.take({ change });
  }

  /** A change that waited for room became part of a later one, of which the reader hears; or they undid each other. */
  merged(): void {
    this.#merged += 1;
    this.flush();
  }

  /** The subscription cannot be served any longer. */
  fail(error: Error): void {
    this.#sink.fail?.(error);
  }

  /** Every user's snapshot was sent. */
  synced(): void {
    this.#synced = true;
    this.flush();
  }

  /** Takes the place of one about the same that was not sent yet. */
  notice(notice: Exclude<NoticeKind, 'LAGGED'>, message: string): void {
    const topic: Topic = notice === 'DEGRADED' || notice === 'RECOVERED' ? 'store' : 'silence';
    this.#notices.set(topic, { notice, message, coalesced: 0 });
    this.flush();
  }

  /** Sends what waits, as far as there is room. */
  flush(): void {
    while (this.#sink.room > 0) {
      const event = this.#next();
      if (!event) return;
      this.#sink.take(event);
    }
  }

  #next(): StreamEvent | undefined {
    if (this.#merged > 0) {
      const coalesced = this.#merged;
      this.#merged = 0;
      const message = `${coalesced} changes were merged: this stream reads too slowly`;
      return { notice: 'LAGGED', message, coalesced };
    }
    if (this.#synced) {
      this.#synced = false;
      return { synced: true };
    }
    for (const [topic, notice] of this.#notices) {
      this.#notices.delete(topic);
      return notice;
    }
    return undefined;
  }
}
