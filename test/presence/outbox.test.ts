import { beforeEach, describe, expect, it } from 'vitest';
import type { Status } from '../../src/detector/status.js';
import { Outbox, type StreamEvent } from '../../src/presence/outbox.js';
import { randomNumbers } from '../support/replay.js';
import { type ChangeFacts, changeOf, lineOf } from './changes.js';

let outbox: Outbox;
let merged: number;
beforeEach(() => {
  outbox = new Outbox();
  merged = 0;
  outbox.onCoalesced = () => {
    merged += 1;
  };
});

const snapshot = (status: Status, userId = 'alice') => outbox.snapshot(changeOf({ userId, status }));
const change = (
  previous: Status,
  status: Status,
  { hold = false, ...facts }: Partial<ChangeFacts> & { hold?: boolean } = {},
) =>
  outbox.change(
    changeOf({ cause: status === 'ONLINE' ? 'HEARTBEAT' : 'SUSPICION', previous, status, ...facts }),
    hold,
  );

function takeAll(): string[] {
  const lines: string[] = [];
  for (let event = outbox.take(); event; event = outbox.take()) lines.push(lineOf(event));
  return lines;
}

describe('a reader that keeps up', () => {
  it('gets snapshots, then synced, then every change', () => {
    snapshot('ONLINE');
    snapshot('UNKNOWN', 'bob');
    outbox.synced();
    expect(takeAll()).toEqual(['alice UNKNOWN>ONLINE SNAPSHOT', 'bob UNKNOWN>UNKNOWN SNAPSHOT', 'synced']);
    change('ONLINE', 'SUSPECT');
    expect(takeAll()).toEqual(['alice ONLINE>SUSPECT SUSPICION']);
    change('SUSPECT', 'OFFLINE');
    expect(takeAll()).toEqual(['alice SUSPECT>OFFLINE SUSPICION']);
    expect({ merged, size: outbox.size, next: outbox.take() }).toEqual({
      merged: 0,
      size: 0,
      next: undefined,
    });
  });

  it('gets changes of different users in the order they happened', () => {
    change('ONLINE', 'SUSPECT', { userId: 'bob' });
    change('ONLINE', 'SUSPECT', { userId: 'alice' });
    change('UNKNOWN', 'ONLINE', { userId: 'carol', cause: 'FIRST_SEEN' });
    expect(takeAll()).toEqual([
      'bob ONLINE>SUSPECT SUSPICION',
      'alice ONLINE>SUSPECT SUSPICION',
      'carol UNKNOWN>ONLINE FIRST_SEEN',
    ]);
  });

  it('is called for everything that it can take', () => {
    const heard: string[] = [];
    outbox.onEvent = () => heard.push(...takeAll());
    snapshot('ONLINE');
    outbox.synced();
    change('ONLINE', 'SUSPECT');
    outbox.notice('DEGRADED', 'why');
    expect(heard).toEqual([
      'alice UNKNOWN>ONLINE SNAPSHOT',
      'synced',
      'alice ONLINE>SUSPECT SUSPICION',
      'DEGRADED',
    ]);
  });
});

describe('before synced', () => {
  it('changes of users whose snapshot was sent are held until it', () => {
    snapshot('ONLINE');
    expect(takeAll()).toEqual(['alice UNKNOWN>ONLINE SNAPSHOT']);
    change('ONLINE', 'SUSPECT', { hold: true });
    snapshot('ONLINE', 'bob');
    expect(takeAll()).toEqual(['bob UNKNOWN>ONLINE SNAPSHOT']);
    expect(outbox.size).toBe(1);
    outbox.synced();
    expect(takeAll()).toEqual(['synced', 'alice ONLINE>SUSPECT SUSPICION']);
  });

  it('held changes of a user are merged', () => {
    snapshot('ONLINE');
    takeAll();
    change('ONLINE', 'SUSPECT', { hold: true });
    change('SUSPECT', 'OFFLINE', { hold: true });
    expect(outbox.size).toBe(1);
    outbox.synced();
    expect(takeAll()).toEqual(['LAGGED 1', 'synced', 'alice ONLINE>OFFLINE SUSPICION']);
  });

  it('held changes that come back to what the reader saw are not sent', () => {
    snapshot('ONLINE');
    takeAll();
    change('ONLINE', 'SUSPECT', { hold: true });
    change('SUSPECT', 'ONLINE', { hold: true });
    expect(outbox.size).toBe(0);
    outbox.synced();
    expect(takeAll()).toEqual(['LAGGED 1', 'synced']);
  });

  it('a change of a user whose snapshot is not sent yet makes it a newer snapshot', () => {
    snapshot('ONLINE');
    change('ONLINE', 'SUSPECT', { hold: true, version: 7, threshold: 3 });
    outbox.synced();
    const events = [outbox.take(), outbox.take(), outbox.take()];
    expect(events.map((event) => event && lineOf(event))).toEqual([
      'LAGGED 1',
      'alice UNKNOWN>SUSPECT SNAPSHOT',
      'synced',
    ]);
    // No threshold was crossed in the eyes of a reader who knew nothing.
    expect(events[1]).toMatchObject({ change: { version: 7, threshold: undefined } });
  });
});

describe('a slow reader', () => {
  it('gets the latest state of a user, from the one it saw last, and how many changes were merged', () => {
    change('ONLINE', 'SUSPECT', { version: 1, threshold: 3 });
    change('SUSPECT', 'OFFLINE', { version: 2, threshold: 5 });
    change('OFFLINE', 'SUSPECT', { version: 3 });
    change('SUSPECT', 'OFFLINE', { version: 4, threshold: 5 });
    expect(merged).toBe(3);
    const notice = outbox.take();
    expect(notice).toMatchObject({ notice: 'LAGGED', coalesced: 3 });
    expect(notice && 'message' in notice && notice.message).toMatch(/^3 changes were merged/);
    expect(outbox.take()).toMatchObject({
      change: { previous: 'ONLINE', version: 4, threshold: 5, assessment: { status: 'OFFLINE' } },
    });
    expect(outbox.take()).toBeUndefined();
  });

  it('is told nothing of a user who is again what it saw', () => {
    change('ONLINE', 'SUSPECT');
    change('SUSPECT', 'ONLINE');
    expect(outbox.size).toBe(0);
    expect(takeAll()).toEqual(['LAGGED 1']);
    change('ONLINE', 'SUSPECT');
    expect(takeAll()).toEqual(['alice ONLINE>SUSPECT SUSPICION']);
  });

  it('still gets a snapshot of a user who changed and came back before it was read', () => {
    snapshot('ONLINE');
    change('ONLINE', 'SUSPECT');
    change('SUSPECT', 'ONLINE');
    outbox.synced();
    expect(takeAll()).toEqual(['LAGGED 2', 'alice UNKNOWN>ONLINE SNAPSHOT', 'synced']);
  });

  it('of a snapshot UNKNOWN gets it though nothing changed in the end', () => {
    snapshot('UNKNOWN');
    change('UNKNOWN', 'ONLINE', { cause: 'FIRST_SEEN' });
    change('ONLINE', 'UNKNOWN', { cause: 'FORGOTTEN' });
    expect(takeAll()).toEqual(['LAGGED 2', 'alice UNKNOWN>UNKNOWN SNAPSHOT']);
  });

  it('gets the newer of two snapshots, and it is a snapshot', () => {
    snapshot('ONLINE');
    snapshot('OFFLINE');
    expect(takeAll()).toEqual(['alice UNKNOWN>OFFLINE SNAPSHOT']);
  });

  it('is told how many since it was told last', () => {
    change('ONLINE', 'SUSPECT');
    change('SUSPECT', 'OFFLINE');
    expect(lineOf(outbox.take() as StreamEvent)).toBe('LAGGED 1');
    change('OFFLINE', 'SUSPECT');
    change('SUSPECT', 'OFFLINE');
    expect(takeAll()).toEqual(['LAGGED 2', 'alice ONLINE>OFFLINE SUSPICION']);
  });

  it('gets the latest notice', () => {
    outbox.notice('DEGRADED', 'the store is gone');
    outbox.notice('RECOVERED', 'it is back');
    outbox.notice('DEGRADED', 'it is gone again');
    expect(outbox.take()).toEqual({ notice: 'DEGRADED', message: 'it is gone again', coalesced: 0 });
    expect(outbox.take()).toBeUndefined();
  });

  it('costs no more than one change a user, one synced and one notice', () => {
    const users = Array.from({ length: 1_000 }, (_, i) => `user-${i}`);
    for (const userId of users) snapshot('ONLINE', userId);
    outbox.synced();
    for (const userId of users.slice(0, 500)) {
      // Half of the snapshots were sent, so that both kinds of merging take part.
      expect(lineOf(outbox.take() as StreamEvent)).toBe(`${userId} UNKNOWN>ONLINE SNAPSHOT`);
    }
    const random = randomNumbers(4);
    const states = new Map<string, Status>(users.map((userId) => [userId, 'ONLINE']));
    let sizeMax = 0;
    for (let i = 0; i < 100_000; i++) {
      const userId = users[Math.floor(random() * users.length)] as string;
      const previous = states.get(userId) as Status;
      const status = previous === 'ONLINE' ? 'SUSPECT' : previous === 'SUSPECT' ? 'OFFLINE' : 'ONLINE';
      states.set(userId, status);
      change(previous, status, { userId, hold: i % 5 === 0, version: i });
      if (i % 1_000 === 0) outbox.notice(i % 2_000 === 0 ? 'DEGRADED' : 'RECOVERED', '');
      if (i % 1_500 === 0) outbox.synced();
      sizeMax = Math.max(sizeMax, outbox.size);
    }
    expect(sizeMax).toBeLessThanOrEqual(users.length + 2);
    expect(sizeMax).toBeGreaterThan(600);
    expect(outbox.take()).toMatchObject({ notice: 'LAGGED', coalesced: merged });
    expect(takeAll().length).toBeLessThanOrEqual(users.length + 2);
  });
});

it('drop forgets what waits and what is held for a user, and for nobody else', () => {
  change('ONLINE', 'SUSPECT', { userId: 'alice' });
  change('ONLINE', 'SUSPECT', { userId: 'bob' });
  change('ONLINE', 'OFFLINE', { userId: 'carol', hold: true });
  change('ONLINE', 'OFFLINE', { userId: 'dave', hold: true });
  outbox.drop('alice');
  outbox.drop('carol');
  outbox.drop('nobody');
  expect(outbox.size).toBe(2);
  outbox.synced();
  expect(takeAll()).toEqual(['bob ONLINE>SUSPECT SUSPICION', 'synced', 'dave ONLINE>OFFLINE SUSPICION']);
});
