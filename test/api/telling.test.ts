import { create, type DescMessage, fromBinary, type JsonObject, toBinary, toJson } from '@bufbuild/protobuf';
import { describe, expect, it } from 'vitest';
import { descriptorOf } from '../../src/api/descriptors.js';
import { Telling, TOLD } from '../../src/api/telling.js';

/** Of the messages that tell of a user, what is not told to whoever may not know exactly when they were heard. */
const WITHHELD: Readonly<Record<string, readonly string[]>> = {
  SessionSuspicion: [...['phi', 'elapsed_ms', 'mean_ms', 'stddev_ms', 'samples', 'warming', 'sequence']],
  Suspicion: [
    ...['phi', 'elapsed_ms', 'mean_ms', 'stddev_ms', 'samples', 'warming', 'suspect_in_ms', 'offline_in_ms'],
  ],
  StatusChange: [],
};

/** What a caller is answered or told by these rpcs; InspectUser and ListSuspects are not for everybody. */
const ANSWERS = [
  ...['IsOnlineResponse', 'SuspicionResponse', 'BatchSuspicionResponse', 'ListGroupResponse'],
  ...['WatchResponse', 'TrackResponse', 'WatchNamespaceResponse'],
];

const NOW_US = 1_764_165_896_123_456;
const lastSeen = { seconds: 1_764_165_895n, nanos: 123_456_000 };
const session = (sessionId: string) => ({
  ...{ sessionId, phi: 0.2, lastSeen, elapsedMs: 12, meanMs: 1_000, stddevMs: 3, samples: 9, warming: true },
  ...{ left: true, origin: 'gw', activity: 2, nextIntervalMs: 5_000, sequence: 77n },
});
const suspicion = {
  ...{
    userId: 'alice',
    status: 1,
    phi: 0.2,
    lastSeen,
    elapsedMs: 12,
    meanMs: 1_000,
    stddevMs: 3,
    samples: 9,
  },
  ...{ model: 'adaptive', warming: true, degraded: true, suspectInMs: 5, offlineInMs: 6 },
  ...{ sessions: [session('tablet'), session('desk')], suspectPhi: 3, offlinePhi: 5 },
};
const change = {
  ...{ userId: 'alice', previous: 2, status: 1, cause: 3, suspicion, threshold: 3, at: lastSeen },
  version: BigInt(NOW_US),
};

function bytesOf(name: string, message: object): Buffer {
  return Buffer.from(toBinary(descriptorOf(name), create(descriptorOf(name), { ...message })));
}

function jsonOf(name: string, bytes: Buffer): JsonObject {
  return toJson(descriptorOf(name), fromBinary(descriptorOf(name), bytes)) as JsonObject;
}

const tellingAt = (nowUs: number | undefined) =>
  new Telling({ clocks: () => (nowUs === undefined ? undefined : { nowUs, nowMs: 0 }) });

describe('of whoever may not know exactly when users were heard', () => {
  it('every field that tells of a user is told or withheld, as somebody has decided', () => {
    for (const [name, told] of Object.entries(TOLD)) {
      const fields = descriptorOf(name).fields.map((field) => field.name);
      expect([...told, ...(WITHHELD[name] ?? [])].sort()).toEqual(fields.sort());
    }
  });

  it('nothing else that is answered has a time in it', () => {
    const seen = new Set<string>();
    const look = (message: DescMessage) => {
      if (seen.has(message.typeName)) return;
      seen.add(message.typeName);
      for (const field of message.fields) {
        if (field.message?.typeName === 'google.protobuf.Timestamp')
          expect(TOLD).toHaveProperty(message.name);
        else if (field.message) look(field.message);
      }
    };
    for (const name of ANSWERS) look(descriptorOf(name));
    expect(seen.size).toBeGreaterThan(ANSWERS.length);
  });

  it.each([
    ['hour', '2025-11-26T14:00:00Z'],
    ['day', '2025-11-26T00:00:00Z'],
    ['hidden', undefined],
  ] as const)('to the %s: a suspicion says only what does not follow from the silence', (unit, time) => {
    const told = tellingAt(NOW_US).told(
      'SuspicionResponse',
      bytesOf('SuspicionResponse', { suspicion }),
      unit,
    );
    const ofTime = time === undefined ? {} : { lastSeen: time };
    const told1 = { left: true, origin: 'gw', activity: 'IDLE', nextIntervalMs: 5_000, ...ofTime };
    expect(jsonOf('SuspicionResponse', told)).toEqual({
      suspicion: {
        ...{
          userId: 'alice',
          status: 'ONLINE',
          model: 'adaptive',
          degraded: true,
          suspectPhi: 3,
          offlinePhi: 5,
        },
        ...ofTime,
        // Not liveliest first.
        sessions: [
          { sessionId: 'desk', ...told1 },
          { sessionId: 'tablet', ...told1 },
        ],
      },
    });
  });

  it('a change says when it is told, not when it was', () => {
    const telling = tellingAt(NOW_US + 7_000_000);
    const bytes = bytesOf('WatchResponse', { event: { case: 'change', value: change } });
    const { change: told } = jsonOf(
      'WatchResponse',
      telling.told('WatchResponse', bytes, 'day'),
    ) as never as {
      change: JsonObject;
    };
    expect(told).toMatchObject({
      ...{ userId: 'alice', previous: 'SUSPECT', status: 'ONLINE', cause: 'HEARTBEAT', threshold: 3 },
      ...{ at: '2025-11-26T00:00:00Z', version: String(NOW_US + 7_000_000) },
    });
    expect(told.suspicion).not.toHaveProperty('phi');
  });

  it('versions increase, in one message and from one to the next, also where the clock stands or is not known', () => {
    for (const nowUs of [NOW_US, undefined]) {
      const telling = tellingAt(nowUs);
      const told = [1, 2].flatMap(() => {
        const bytes = bytesOf('WatchNamespaceResponse', { changes: [change, change] });
        const { changes } = jsonOf(
          'WatchNamespaceResponse',
          telling.told('WatchNamespaceResponse', bytes, 'hour'),
        );
        return (changes as JsonObject[]).map(({ version }) => Number(version));
      });
      expect(told).toEqual([...new Set(told)].sort((a, b) => a - b));
      expect(told).toHaveLength(4);
    }
  });

  it('is told the same bytes as the others of an audience, whoever comes between', () => {
    const telling = tellingAt(NOW_US);
    const bytes = bytesOf('WatchResponse', { event: { case: 'change', value: change } });
    const [first, day] = [
      telling.told('WatchResponse', bytes, 'hour'),
      telling.told('WatchResponse', bytes, 'day'),
    ];
    expect(telling.told('WatchResponse', bytes, 'exact')).toBe(bytes);
    expect(telling.told('WatchResponse', bytes, 'hour')).toBe(first);
    expect(telling.told('WatchResponse', bytes, 'day')).toBe(day);
  });

  it('everything that says nothing of a user is told as it is', () => {
    for (const [name, message] of [
      ['WatchResponse', { event: { case: 'synced', value: {} } }],
      ['WatchResponse', { event: { case: 'notice', value: { kind: 1, message: 'late', coalesced: 3n } } }],
      ['ListGroupResponse', { nextPageToken: 'abc', size: 12 }],
      ['IsOnlineResponse', { online: true }],
      ['WatchNamespaceResponse', { resync: {}, resumeToken: '' }],
    ] as const) {
      const bytes = bytesOf(name, message);
      expect(tellingAt(NOW_US).told(name, bytes, 'hidden')).toEqual(bytes);
    }
  });
});
