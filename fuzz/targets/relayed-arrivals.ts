import { ok } from 'node:assert';
import fc from 'fast-check';
import { firstArrival } from '../../src/detector/arrival.js';
import { Namespaces } from '../../src/presence/namespace.js';
import { ArrivalMessage, readArrivals } from '../../src/presence/watching/relayed-arrivals.js';
import { namespaceSettings } from '../../test/support/settings.js';
import { mutatedBytes } from '../support/mutated.js';
import type { Target } from '../support/target.js';

const namespace = new Namespaces({ default: namespaceSettings() }).get('');
const heard = fc.record({
  userId: fc.oneof(fc.constantFrom('alice', 'ä'.repeat(128)), fc.string({ unit: 'binary', maxLength: 8 })),
  atUs: fc.integer({ min: 1.7e15, max: 1.7e15 + 1e10 }),
  dueInUs: fc.integer({ min: -1_000, max: 1e11 }),
});
const message = fc.array(heard, { minLength: 1, maxLength: 5 }).map((all) => {
  const packed = new ArrivalMessage(namespace, 2_000);
  for (const { userId, atUs, dueInUs } of all)
    packed.add(userId, firstArrival({ atUs, is: { atUs: atUs + dueInUs, origin: 'eu' } }));
  return packed.take();
});

export const relayedArrivals: Target = {
  name: 'relayed-arrivals',
  what: 'what nodes relay to each other: heartbeats at times that there are, or nothing',
  cases: 50_000,
  quickCases: 300,
  open: () => ({
    property: fc.property(mutatedBytes(message), (bytes) => {
      const received = readArrivals(bytes);
      if (!received) return;
      ok(received.phi > 0, `judged by φ = ${received.phi}`);
      for (const { userId, atUs, dueUs, quietUntilUs } of received.arrivals) {
        ok(Buffer.byteLength(userId) <= 3 * bytes.length, 'an id longer than the message');
        ok(Math.abs(atUs) <= 2 ** 54, `heard at ${atUs}`);
        for (const us of [dueUs, quietUntilUs]) ok(us >= atUs && us - atUs <= 2 ** 32, `quiet until ${us}`);
      }
    }),
  }),
};
