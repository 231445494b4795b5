import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { Status } from '../../src/detector/status.js';
import { Outbox, type StreamEvent } from '../../src/presence/outbox.js';
import { seeded } from '../support/replay.js';
import { changeOf } from './changes.js';

it('whenever it reads, a reader sees each user go without a break from snapshot to the truth', () => {
  const statuses = fc.constantFrom<Status>('UNKNOWN', 'ONLINE', 'SUSPECT', 'OFFLINE');
  const step = fc.oneof(
    {
      weight: 5,
      arbitrary: fc.record({ userId: fc.constantFrom('a', 'b', 'c'), status: statuses, hold: fc.boolean() }),
    },
    { weight: 3, arbitrary: fc.record({ take: fc.integer({ min: 1, max: 3 }) }) },
    { weight: 1, arbitrary: fc.constant({ synced: true as const }) },
  );
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60, size: 'max' }), (steps) => {
      const box = new Outbox();
      const truth = new Map<string, Status>();
      const seen = new Map<string, { status: Status; version: number }>();
      let changes = 0;
      let sent = 0;
      let lost = 0;
      let announced = 0;
      box.onCoalesced = () => {
        lost += 1;
      };
      const read = (event: StreamEvent) => {
        if ('notice' in event) announced += event.coalesced;
        if (!('change' in event)) return;
        const { previous, version, cause, assessment } = event.change;
        const last = seen.get(assessment.userId);
        expect({ previous, isSnapshot: cause === 'SNAPSHOT' }).toEqual({
          previous: last?.status ?? 'UNKNOWN',
          isSnapshot: last === undefined,
        });
        if (last) expect(assessment.status).not.toBe(last.status);
        expect(version).toBeGreaterThan(last?.version ?? 0);
        seen.set(assessment.userId, { status: assessment.status, version });
        sent += 1;
      };
      for (const s of steps) {
        if ('take' in s) {
          for (let i = 0; i < s.take; i++) {
            const event = box.take();
            if (event) read(event);
          }
        } else if ('synced' in s) box.synced();
        else {
          const { userId, status, hold } = s;
          const previous = truth.get(userId);
          if (previous === status) continue;
          truth.set(userId, status);
          changes += 1;
          if (previous === undefined) box.snapshot(changeOf({ userId, status, version: changes }));
          else box.change(changeOf({ userId, previous, status, cause: 'SUSPICION', version: changes }), hold);
        }
        expect(box.size).toBeLessThanOrEqual(3 + 2);
      }
      box.synced();
      for (let event = box.take(); event; event = box.take()) read(event);
      expect(Object.fromEntries([...seen].map(([userId, { status }]) => [userId, status]))).toEqual(
        Object.fromEntries(truth),
      );
      expect(announced).toBe(lost);
      // A merge makes one of two changes, or none of two when they undo each other.
      expect(sent).toBeLessThanOrEqual(changes - lost);
      expect(sent).toBeGreaterThanOrEqual(changes - 2 * lost);
    }),
    { ...seeded(), numRuns: 500 },
  );
});
