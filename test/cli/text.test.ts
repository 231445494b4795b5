import { describe, expect, test } from 'vitest';
import { toJson } from '../../src/cli/json.js';
import { localAddress } from '../../src/cli/node.js';
import { changeLine, noticeLine } from '../../src/cli/status-line.js';
import { suspicionTable } from '../../src/cli/suspicion.js';
import { durationText, phiText, printable, table } from '../../src/cli/text.js';
import { watchLines } from '../../src/cli/watch-table.js';
import type { StatusChange__Output } from '../../src/gen/phid/v1/StatusChange.js';
import type { Suspicion__Output } from '../../src/gen/phid/v1/Suspicion.js';

const suspicion: Suspicion__Output = {
  userId: 'alice',
  status: 'SUSPECT',
  phi: 4.256,
  _phi: 'phi',
  lastSeen: { seconds: 1_700_000_000, nanos: 0 },
  elapsedMs: 14_000,
  meanMs: 5_000,
  stddevMs: 120,
  samples: 100,
  model: 'normal',
  warming: false,
  degraded: false,
  suspectInMs: 0,
  offlineInMs: 700,
  suspectPhi: 3,
  offlinePhi: 5,
  sessions: [],
};
const change: StatusChange__Output = {
  userId: 'alice',
  previous: 'ONLINE',
  status: 'SUSPECT',
  cause: 'SUSPICION',
  suspicion,
  threshold: 3,
  _threshold: 'threshold',
  at: { seconds: 1_700_000_014, nanos: 120_000_000 },
  version: 1_700_000_014_120_000,
};

test('a change is one line: time, user, previous -> status, φ, cause, threshold', () => {
  expect(changeLine(change)).toMatch(
    /^\d\d:\d\d:34\.120 {2}alice +ONLINE {2}-> SUSPECT {2}φ 4\.26 +SUSPICION, threshold 3$/,
  );
  const doubted = changeLine({ ...change, suspicion: { ...suspicion, degraded: true } });
  expect(doubted).toMatch(/ DEGRADED$/);
});

test('a notice is one line, whatever its text', () => {
  const line = noticeLine({ kind: 'LAGGED', message: 'two\nlines', coalesced: 2 }, new Date(0));
  expect(line).toMatch(/LAGGED: two\\u000alines$/);
});

test('JSON has the names of the API, and no trace of how it was decoded', () => {
  expect(JSON.parse(toJson({ change, event: 'change' }))).toEqual({
    change: {
      ...{ userId: 'alice', previous: 'ONLINE', status: 'SUSPECT', cause: 'SUSPICION', threshold: 3 },
      at: '2023-11-14T22:13:34.120Z',
      version: 1_700_000_014_120_000,
      suspicion: expect.objectContaining({ phi: 4.256, lastSeen: '2023-11-14T22:13:20.000Z' }),
    },
  });
});

test('ids cannot write to the terminal', () => {
  expect(printable('a\x1b[2Jb\r\u009b\u202e')).toBe('a\\u001b[2Jb\\u000d\\u009b\\u202e');
  expect(printable('Zoë 李 🙂')).toBe('Zoë 李 🙂');
  expect(changeLine({ ...change, userId: '\x1b[31m' })).not.toContain('\x1b');
  expect(suspicionTable([{ ...suspicion, userId: '\x1b[31m' }], false).join()).not.toContain('\x1b');
});

test.each([
  [0, '0ms'],
  [999, '999ms'],
  [999.6, '1000ms'],
  [1_000, '1.0s'],
  [59_999, '59.9s'],
  [60_000, '1m 0s'],
  [3_599_000, '59m 59s'],
  [7_260_000, '2h 1m'],
  [90_000_000, '1d 1h'],
])('%d ms are %s', (durationMs, text) => {
  expect(durationText(durationMs)).toBe(text);
});

test.each([
  [undefined, '-'],
  [0, '0.00'],
  [9.994, '9.99'],
  [12.345, '12.3'],
  [1_000, '1000'],
])('φ %d is %s', (phi, text) => {
  expect(phiText(phi)).toBe(text);
});

test('a table pads to the widest cell and leaves no spaces at the end', () => {
  expect(
    table([
      ['A', 'BB'],
      ['long', ''],
    ]),
  ).toEqual(['A     BB', 'long']);
});

describe('the table of suspicions', () => {
  const row = (over: Partial<Suspicion__Output>) => suspicionTable([{ ...suspicion, ...over }], false)[1];

  test('a crossed threshold is reached, another one is so far away', () => {
    expect(row({})).toMatch(
      /^alice +SUSPECT +4\.26 +3\.00, 5\.00 +14\.0s .* 5\.0s ± 120ms +100 +reached +700ms$/,
    );
  });

  test('a user nobody knows, and one who left', () => {
    expect(row({ status: 'UNKNOWN', samples: 0 })).toMatch(/^alice +UNKNOWN +- +3\.00, 5\.00 +- +never/);
    const { phi, ...left } = suspicion;
    expect(suspicionTable([{ ...left, status: 'OFFLINE' }], false)[1]).toMatch(
      /^alice +OFFLINE +- .* - +- +left$/,
    );
  });
});

describe('the live table', () => {
  const options = { nowMs: 1_700_000_020_120, rowsMax: 3, columns: 120 };

  test('shows the users in the order asked for, with the last event and its age', () => {
    const lines = watchLines(['bob', 'alice'], new Map([['alice', change]]), options);
    expect(lines).toHaveLength(3);
    expect(lines[1]).toMatch(/^- +- +bob/);
    expect(lines[2]).toMatch(/6\.0s +alice +ONLINE +-> +SUSPECT +4\.26 +SUSPICION, threshold 3$/);
  });

  test('when not all fit, shows those that changed last, and how many are left out', () => {
    const users = Array.from({ length: 10 }, (_, i) => `u${i}`);
    const changes = new Map(users.map((userId) => [userId, { ...change, userId }]));
    const lines = watchLines(users, changes, options);
    expect(lines.slice(1, 4).map((line) => line.split(/ +/)[2])).toEqual(['u9', 'u8', 'u7']);
    expect(lines[4]).toBe('... and 7 users that changed before or not at all');
  });

  test('no line is as wide as the terminal', () => {
    const lines = watchLines(['x'.repeat(200)], new Map([['x'.repeat(200), change]]), {
      ...options,
      columns: 40,
    });
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThan(40);
  });
});

test.each([
  ['0.0.0.0:0', '127.0.0.1:7'],
  ['[::]:0', '[::1]:7'],
  ['10.1.2.3:50051', '10.1.2.3:7'],
])('a node on %s is reached at %s', (addr, expected) => {
  expect(localAddress(addr, 7)).toBe(expected);
});
