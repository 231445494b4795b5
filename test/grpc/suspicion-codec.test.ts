import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { suspicionMessage } from '../../src/api/suspicion-message.js';
import type { Status } from '../../src/detector/status.js';
import type { SessionSuspicion } from '../../src/detector/user.js';
import { PresenceService } from '../../src/grpc/definition.js';
import { encodeEvent } from '../../src/grpc/event-codec.js';
import {
  encodeAssessment,
  encodeAssessments,
  encodeMembers,
  encodeOnlineAnswer,
} from '../../src/grpc/suspicion-codec.js';
import type { Assessment } from '../../src/presence/assessment.js';
import { Namespace } from '../../src/presence/namespace.js';
import type { Cause } from '../../src/presence/watching/changes.js';
import type { StreamEvent } from '../../src/presence/watching/outbox.js';
import { seeded } from '../support/replay.js';
import { namespaceSettings } from '../support/settings.js';
import { toStreamEvent } from './messages.js';

const { IsOnline, Suspicion, BatchSuspicion, ListGroup, Watch, Track } = PresenceService.service;

const text = fc.oneof(
  fc.string(),
  fc.string({ unit: 'binary' }),
  fc.string({ minLength: 70, maxLength: 300 }),
);
const figure = fc.oneof(fc.constant(0), fc.double({ min: 0, noNaN: true }));
const uint32 = fc.oneof(fc.nat(300), fc.integer({ min: 0, max: 2 ** 32 - 1 }));
const us = fc.oneof(fc.constant(0), fc.integer({ min: 1.6e15, max: 2e15 }));
const phi = fc.option(figure, { nil: undefined });

const session: fc.Arbitrary<SessionSuspicion> = fc
  .record({
    session: fc.record({
      sessionId: text,
      origin: text,
      lastUs: us,
      sequence: fc.oneof(uint32, fc.maxSafeNat()),
      declaredMs: uint32,
      activity: fc.nat(3),
      left: fc.boolean(),
      samples: fc.nat(1_000),
    }),
    estimate: fc.record({ expectedMs: figure, warming: fc.boolean() }),
    stdDevMs: figure,
    elapsedMs: figure,
    phi,
  })
  // What the wire does not say of a session does not matter here.
  .map((said) => said as SessionSuspicion);

const namespaces = (['adaptive', 'normal', 'exponential'] as const).map(
  (model) => new Namespace('default', namespaceSettings({ model })),
);
const assessment: fc.Arbitrary<Assessment> = fc.record({
  namespace: fc.constantFrom(...namespaces),
  userId: text,
  status: fc.constantFrom('UNKNOWN', 'ONLINE', 'SUSPECT', 'OFFLINE'),
  thresholds: fc.record({ suspect: figure, offline: figure }),
  suspicion: fc.option(
    fc
      .record({
        phi,
        lastSeenUs: us,
        leftUs: us,
        sessions: fc.array(session, { minLength: 1, maxLength: 16 }),
      })
      .map((said) => ({ ...said, liveliest: said.sessions[0] as SessionSuspicion })),
    { nil: undefined },
  ),
  nowUs: us,
  suspectInMs: figure,
  offlineInMs: figure,
  degraded: fc.boolean(),
  isWithheld: fc.boolean(),
  isLost: fc.boolean(),
});
const event: fc.Arbitrary<StreamEvent> = fc.oneof(
  {
    weight: 8,
    arbitrary: fc
      .record({
        previous: fc.constantFrom<Status>('UNKNOWN', 'ONLINE', 'SUSPECT', 'OFFLINE'),
        cause: fc.constantFrom<Cause>(
          'SNAPSHOT',
          'FIRST_SEEN',
          'HEARTBEAT',
          'SUSPICION',
          'LEAVE',
          'FORGOTTEN',
          'THRESHOLDS',
          'RELEASED',
          'REMOVED',
        ),
        assessment,
        threshold: phi,
        atUs: us,
        version: fc.maxSafeNat(),
      })
      .map((change) => ({ change })),
  },
  { weight: 1, arbitrary: fc.constant({ synced: true as const }) },
  {
    weight: 2,
    arbitrary: fc.record({
      notice: fc.constantFrom('LAGGED' as const, 'DEGRADED' as const, 'RECOVERED' as const),
      message: text,
      coalesced: fc.nat(),
    }),
  },
);
const options = (numRuns: number) => ({ ...seeded(), numRuns });

describe('what the codec writes is, to a reader, what proto-loader writes', () => {
  it('of SuspicionResponse', () => {
    fc.assert(
      fc.property(assessment, (a) => {
        const expected = Suspicion.responseSerialize({ suspicion: suspicionMessage(a) });
        const written = encodeAssessment(a);
        expect(Suspicion.responseDeserialize(written)).toEqual(Suspicion.responseDeserialize(expected));
        expect(written.length).toBeLessThanOrEqual(expected.length);
      }),
      options(1_000),
    );
  });

  it('of IsOnlineResponse', () => {
    fc.assert(
      fc.property(assessment, fc.boolean(), (a, online) => {
        const expected = IsOnline.responseSerialize({ online, suspicion: suspicionMessage(a) });
        expect(IsOnline.responseDeserialize(encodeOnlineAnswer({ online, assessment: a }))).toEqual(
          IsOnline.responseDeserialize(expected),
        );
      }),
      options(300),
    );
  });

  it('of BatchSuspicionResponse', () => {
    fc.assert(
      fc.property(fc.array(assessment), (all) => {
        const expected = BatchSuspicion.responseSerialize({ suspicions: all.map(suspicionMessage) });
        expect(BatchSuspicion.responseDeserialize(encodeAssessments(all))).toEqual(
          BatchSuspicion.responseDeserialize(expected),
        );
      }),
      options(200),
    );
  });

  it('of ListGroupResponse', () => {
    fc.assert(
      fc.property(fc.array(assessment), text, uint32, (all, next, size) => {
        const nextPageToken = Buffer.from(next).toString('base64url');
        const expected = ListGroup.responseSerialize({
          suspicions: all.map(suspicionMessage),
          nextPageToken,
          size,
        });
        expect(ListGroup.responseDeserialize(encodeMembers({ assessments: all, next, size }))).toEqual(
          ListGroup.responseDeserialize(expected),
        );
      }),
      options(200),
    );
  });

  it('of events of Watch and Track', () => {
    fc.assert(
      fc.property(event, (said) => {
        const expected = Watch.responseSerialize(toStreamEvent(said));
        const written = encodeEvent(said);
        expect(Watch.responseDeserialize(written)).toEqual(Watch.responseDeserialize(expected));
        expect(Track.responseDeserialize(written)).toEqual(Track.responseDeserialize(expected));
      }),
      options(1_000),
    );
  });

  it('of a message far larger than what the writer begins with, and of a small one after it', () => {
    const [few, many] = fc.sample(fc.array(assessment, { minLength: 60, maxLength: 60 }), {
      ...seeded(),
      numRuns: 2,
    });
    const all = Array.from({ length: 1_000 }, (_, i) => many?.[i % 60] as Assessment);
    const written = encodeAssessments(all);
    expect(written.length).toBeGreaterThan(200_000);
    for (const said of [all, few as Assessment[]]) {
      const expected = BatchSuspicion.responseSerialize({ suspicions: said.map(suspicionMessage) });
      expect(BatchSuspicion.responseDeserialize(encodeAssessments(said))).toEqual(
        BatchSuspicion.responseDeserialize(expected),
      );
    }
    // The bytes of the first are its own.
    expect(BatchSuspicion.responseDeserialize(written).suspicions).toHaveLength(1_000);
  });
});
