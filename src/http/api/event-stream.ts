import type { ServerResponse } from 'node:http';
import { begin } from '../send.js';

/** An event as it goes over the wire; `data` is one line. */
interface ServerEvent {
  readonly name: string;
  readonly data: string;
  /** What a client that connects again names as Last-Event-ID. */
  readonly id?: string;
}

/** How long a client waits before it connects again, ms. */
const RETRY_MS = 1_000;

/**
 * One stream of server-sent events (https://html.spec.whatwg.org/multipage/server-sent-events.html). What its reader has not
 * taken is bounded: by what the socket holds, and one event of each name.
 */
export class EventStream {
  /** Hears that there is room again. */
  drained = () => {};
  /** Hears the end, once. */
  closed = () => {};
  /** Looks in a row in which nothing was taken of what waits. */
  unreadTicks = 0;
  /** Events that a newer one of their name took the place of. */
  replaced = 0;
  readonly #response: ServerResponse;
  readonly #waiting = new Map<string, ServerEvent>();
  #isOpen = true;
  /** Also before it begins. */
  #isFull = true;

  constructor(response: ServerResponse) {
    this.#response = response;
    response.on('drain', () => this.#flush());
    response.on('close', () => this.#close());
  }

  /** Sends the head, and what was offered before. */
  begin(): void {
    beginEvents(this.#response);
    this.#write(`retry: ${RETRY_MS}\n\n`);
    if (!this.#isFull) this.#flush();
  }

  /** Whether the reader keeps up. */
  get hasRoom(): boolean {
    return this.#isOpen && !this.#isFull;
  }

  /** Sends an event; for a reader that does not keep up, later: unless a newer one of its name takes its place. */
  offer(event: ServerEvent): void {
    if (!this.#isOpen) return;
    if (this.hasRoom) this.#write(textOf(event));
    else {
      if (this.#waiting.delete(event.name)) this.replaced += 1;
      this.#waiting.set(event.name, event);
    }
  }

  /** A comment: whatever stands between knows that the connection lives, and a dead one is noticed. */
  keepAlive(): void {
    if (this.hasRoom) this.#write(':\n\n');
  }

  end(): void {
    this.#close();
    this.#response.end();
  }

  /** Ends it at once: what waits will not be read. */
  abandon(): void {
    this.#close();
    this.#response.destroy();
  }

  #write(text: string): void {
    this.#isFull = !this.#response.write(text);
  }

  #flush(): void {
    this.#isFull = false;
    this.unreadTicks = 0;
    for (const event of this.#waiting.values()) {
      if (this.#isFull) return;
      this.#waiting.delete(event.name);
      this.#write(textOf(event));
    }
    if (this.hasRoom) this.drained();
  }

  #close(): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    this.#waiting.clear();
    this.closed();
  }
}

function textOf({ name, data, id }: ServerEvent): string {
  const idLine = id === undefined ? '' : `id: ${id}\n`;
  return `event: ${name}\n${idLine}data: ${data}\n\n`;
}

/** The head of a stream. */
export function beginEvents(response: ServerResponse): ServerResponse {
  begin(response, 200, {
    'content-type': 'text/event-stream; charset=utf-8',
    'cache-control': 'no-store',
    // A proxy must not gather events.
    'x-accel-buffering': 'no',
  });
  return response;
}
