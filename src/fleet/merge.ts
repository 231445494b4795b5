import type { ClientEvent } from './event.js';

/**
 * Streams that are in order of arrival become one that is; with equal times, in order of the streams. Holds one event
 * a stream, in a binary heap.
 */
export function* merge<Event extends ClientEvent>(streams: Iterable<Iterable<Event>>): Generator<Event> {
  const heap: Head<Event>[] = [];
  let index = 0;
  for (const stream of streams) {
    const rest = stream[Symbol.iterator]();
    const { value, done } = rest.next();
    if (!done) heap.push({ event: value, index, rest });
    index += 1;
  }
  for (let i = (heap.length >> 1) - 1; i >= 0; i--) siftDown(heap, i);
  for (let first = heap[0]; first; first = heap[0]) {
    yield first.event;
    const { value, done } = first.rest.next();
    if (!done) {
      first.event = value;
    } else {
      const last = heap.pop() as Head<Event>;
      if (last !== first) heap[0] = last;
    }
    siftDown(heap, 0);
  }
}

/** A stream, with the event that it is at. */
interface Head<Event> {
  event: Event;
  readonly index: number;
  readonly rest: Iterator<Event>;
}

function siftDown<Event extends ClientEvent>(heap: Head<Event>[], from: number): void {
  for (let parent = from; ; ) {
    let first = parent;
    for (const child of [2 * parent + 1, 2 * parent + 2]) {
      if (child < heap.length && isBefore(heap[child] as Head<Event>, heap[first] as Head<Event>))
        first = child;
    }
    if (first === parent) return;
    const moved = heap[parent] as Head<Event>;
    heap[parent] = heap[first] as Head<Event>;
    heap[first] = moved;
    parent = first;
  }
}

function isBefore<Event extends ClientEvent>(a: Head<Event>, b: Head<Event>): boolean {
  return a.event.atMs < b.event.atMs || (a.event.atMs === b.event.atMs && a.index < b.index);
}
