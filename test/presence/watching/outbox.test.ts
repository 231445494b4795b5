import { beforeEach, describe, expect, it } from 'vitest';
import { type EventSink, Outbox, type StreamEvent } from '../../../src/presence/watching/outbox.js';
import { changeOf, lineOf } from './changes.js';

class Reader implements EventSink {
  readonly lines: string[] = [];
  onEvent: (event: StreamEvent) => void = () => {};

  constructor(public room: number) {}

  take(event: StreamEvent): void {
    this.room -= 1;
    this.lines.push(lineOf(event));
    this.onEvent(event);
  }
}

let outbox: Outbox;
beforeEach(() => {
  outbox = new Outbox();
});

const change = () => outbox.change(changeOf({ status: 'SUSPECT', previous: 'ONLINE', cause: 'SUSPICION' }));

function connect(room = Number.POSITIVE_INFINITY): Reader {
  const reader = new Reader(room);
  outbox.connect(reader);
  return reader;
}

describe('with room', () => {
  it('everything goes out at once, in order', () => {
    const reader = connect();
    outbox.synced();
    change();
    outbox.notice('DEGRADED', 'why');
    outbox.notice('RECOVERED', 'why');
    outbox.synced();
    expect(reader.lines).toEqual([
      'synced',
      'alice ONLINE>SUSPECT SUSPICION',
      'DEGRADED',
      'RECOVERED',
      'synced',
    ]);
  });

  it('a merged change is announced before what it became', () => {
    const reader = connect();
    outbox.merged();
    change();
    expect(reader.lines).toEqual(['LAGGED 1', 'alice ONLINE>SUSPECT SUSPICION']);
  });

  it('what the reader says while it is told goes out after that', () => {
    const reader = connect();
    reader.onEvent = (event) => {
      if ('synced' in event) outbox.notice('DEGRADED', 'why');
    };
    outbox.synced();
    expect(reader.lines).toEqual(['synced', 'DEGRADED']);
  });
});

describe('without room', () => {
  it('one synced, the latest notice and the count of merged changes wait, however often they are said', () => {
    const reader = connect(0);
    for (let i = 0; i < 1_000; i++) {
      outbox.synced();
      outbox.notice('DEGRADED', `${i}`);
      outbox.notice('RECOVERED', `${i}`);
      outbox.merged();
    }
    expect(reader.lines).toEqual([]);
    reader.room = 10;
    outbox.flush();
    expect(reader.lines).toEqual(['LAGGED 1000', 'synced', 'RECOVERED']);
    outbox.flush();
    expect(reader.lines).toHaveLength(3);
  });

  it('they go out one by one as there is some', () => {
    const reader = connect(0);
    outbox.merged();
    outbox.synced();
    outbox.notice('DEGRADED', 'why');
    for (const sent of [1, 2, 3]) {
      reader.room = 1;
      outbox.flush();
      expect(reader.lines).toHaveLength(sent);
    }
    expect(reader.lines).toEqual(['LAGGED 1', 'synced', 'DEGRADED']);
  });

  it('a synced that waited goes out before a change that came after it', () => {
    const reader = connect(0);
    outbox.synced();
    reader.room = 2;
    change();
    expect(reader.lines).toEqual(['synced', 'alice ONLINE>SUSPECT SUSPICION']);
  });
});

describe('the sink', () => {
  it('gets what was said before it was there', () => {
    outbox.notice('DEGRADED', 'why');
    expect(connect().lines).toEqual(['DEGRADED']);
  });

  it('that is gone gets nothing more, and there is no room', () => {
    const reader = connect();
    outbox.disconnect();
    outbox.synced();
    change();
    expect(reader.lines).toEqual([]);
    expect(outbox.room).toBe(0);
  });
});
