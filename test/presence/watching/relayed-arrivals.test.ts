import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { Arrival } from '../../../src/detector/arrival.js';
import { Namespaces } from '../../../src/presence/namespace.js';
import { isQuieting, quietUntilUs } from '../../../src/presence/watching/hearing.js';
import { ArrivalMessage, readArrivals } from '../../../src/presence/watching/relayed-arrivals.js';
import { MemoryStore } from '../../../src/store/memory/memory-store.js';
import { received } from '../../support/heartbeat.js';
import { ManualClock } from '../../support/manual-clock.js';
import { seeded } from '../../support/replay.js';
import { namespaceSettings } from '../../support/settings.js';

const namespaces = new Namespaces({ default: namespaceSettings() });
const namespace = namespaces.get('default');

/** Arrivals of somebody who beats every second. */
async function arrivals(count: number): Promise<Arrival[]> {
  const clock = new ManualClock();
  const store = new MemoryStore(clock);
  const all: Arrival[] = [];
  for (let i = 0; i < 20 + count; i++) {
    await clock.advance(1_000);
    const recorded = await store.record(namespace, 0, [received({ receivedMs: clock.nowMs() })]);
    all.push(...recorded.arrivals);
  }
  return all.filter(isQuieting).slice(-count);
}

const three = await arrivals(3);

function messageOf(userIds: readonly string[]): Buffer {
  const message = new ArrivalMessage(namespace, 10_000);
  userIds.forEach((userId, i) => {
    expect(message.add(userId, three[i % three.length] as Arrival)).toBe(true);
  });
  return message.take();
}

it('says of each heartbeat whose it was, when, and until when all is quiet', () => {
  fc.assert(
    fc.property(
      fc.array(
        fc.string({ minLength: 1, maxLength: 60, unit: fc.constantFrom('a', '7', ':', 'ß', '語', '🙂') }),
        { minLength: 1, maxLength: 9 },
      ),
      (userIds) => {
        const read = readArrivals(messageOf(userIds));
        expect(read?.namespace).toBe('default');
        expect(read?.phi).toBe(namespace.thresholds.suspect);
        expect(read?.arrivals.map(({ userId }) => userId)).toEqual(userIds);
        read?.arrivals.forEach((told, i) => {
          const arrival = three[i % three.length] as Arrival;
          const phi = namespace.thresholds.suspect;
          // Whole µs, rounded down.
          expect(told.atUs).toBe(Math.floor(arrival.atUs));
          expect(told.dueUs).toBeLessThanOrEqual(arrival.is.atUs);
          expect(told.dueUs).toBeGreaterThan(arrival.is.atUs - 2);
          const untilUs = quietUntilUs(arrival, phi, namespace);
          expect(told.quietUntilUs).toBeLessThanOrEqual(untilUs);
          expect(told.quietUntilUs).toBeGreaterThan(untilUs - 2);
        });
      },
    ),
    seeded(),
  );
});

it('takes nothing that it has no room for, and has room again when it was taken', () => {
  const message = new ArrivalMessage(namespace, 100);
  const [arrival] = three as [Arrival];
  let added = 0;
  while (message.add('alice', arrival)) added += 1;
  expect(added).toBe(message.count);
  expect(readArrivals(message.take())?.arrivals).toHaveLength(added);
  expect(message.count).toBe(0);
  expect(message.add('alice', arrival)).toBe(true);
});

it('is of one threshold: when that changes, the next is another message', () => {
  const changing = new Namespaces({ default: namespaceSettings() }).get('default');
  const message = new ArrivalMessage(changing, 1_000);
  const [arrival] = three as [Arrival];
  expect(message.add('alice', arrival)).toBe(true);
  changing.configured = { suspect: { phi: 2 }, offline: { phi: 4 } };
  expect(message.add('bob', arrival)).toBe(false);
  expect(readArrivals(message.take())?.phi).toBe(namespace.thresholds.suspect);
  expect(message.add('bob', arrival)).toBe(true);
  expect(readArrivals(message.take())?.phi).toBe(2);
});

it('is nothing where it is cut off, of another version, or no message at all', () => {
  const message = messageOf(['alice', 'bob']);
  for (let length = 0; length < message.length; length++) {
    const read = readArrivals(message.subarray(0, length));
    // Whole entries are as good as a shorter message.
    if (read) expect(read.arrivals.length).toBeLessThan(2);
  }
  expect(readArrivals(Buffer.concat([Buffer.of(9), message.subarray(1)]))).toBeUndefined();
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 80 }), (bytes) => {
      readArrivals(Buffer.from(bytes));
    }),
    seeded(),
  );
});
