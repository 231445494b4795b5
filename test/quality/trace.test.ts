import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, describe, expect, test } from 'vitest';
import { readTrace, surveyTrace, type TraceArrival } from '../../src/quality/trace.js';

const folder = mkdtempSync(join(tmpdir(), 'phid-trace-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const HEADER = 'user,session,sequence,sent_ms,received_ms';
let files = 0;

function traceFile(content: string | Buffer): string {
  files += 1;
  const path = join(folder, `trace-${files}`);
  writeFileSync(path, content);
  return path;
}

async function arrivalsOf(path: string, user?: string): Promise<TraceArrival[]> {
  const arrivals: TraceArrival[] = [];
  for await (const arrival of readTrace(path, user)) arrivals.push(arrival);
  return arrivals;
}

const lines = [
  HEADER,
  'a,0,1,200.6,284.3',
  'a,0,3,401.2,456.6',
  'b,x.y,0,,0',
  'a,1,1,,12',
  'b,x.y,6,,3654433',
];

describe('what is read', () => {
  const expected: TraceArrival[] = [
    { user: 'a', session: '0', sequence: 1, sentMs: 200.6, receivedMs: 284.3 },
    { user: 'a', session: '0', sequence: 3, sentMs: 401.2, receivedMs: 456.6 },
    { user: 'b', session: 'x.y', sequence: 0, sentMs: undefined, receivedMs: 0 },
    { user: 'a', session: '1', sequence: 1, sentMs: undefined, receivedMs: 12 },
    { user: 'b', session: 'x.y', sequence: 6, sentMs: undefined, receivedMs: 3_654_433 },
  ];
  const text = `${lines.join('\n')}\n`;

  test.each([
    ['plain', text],
    ['gzip', gzipSync(text)],
    ['gzip in several members', Buffer.concat([gzipSync(text.slice(0, 60)), gzipSync(text.slice(60))])],
    ['without a last line end', text.trimEnd()],
    ['with CRLF', text.replaceAll('\n', '\r\n')],
    ['with a byte order mark', `\uFEFF${text}`],
    ['with empty lines', text.replaceAll('\n', '\n\n')],
  ])('%s', async (_, content) => {
    expect(await arrivalsOf(traceFile(content))).toEqual(expected);
  });

  test.each([
    ['plain', '0\n10.5\n10.5\n31\n'],
    ['gzip', gzipSync('0\n10.5\n10.5\n31')],
    ['with CRLF and a byte order mark', '\uFEFF0\r\n10.5\r\n10.5\r\n\r\n31\r\n'],
  ])('arrival times only, %s: one session of one user, not numbered', async (_, content) => {
    const path = traceFile(content);
    const user = basename(path);
    const arrivals = await arrivalsOf(path);
    expect(arrivals.map(({ receivedMs }) => receivedMs)).toEqual([0, 10.5, 10.5, 31]);
    expect(arrivals[0]).toEqual({
      user,
      session: '0',
      sequence: undefined,
      sentMs: undefined,
      receivedMs: 0,
    });
    expect(await arrivalsOf(path, user)).toEqual(arrivals);
    expect(await arrivalsOf(path, 'another')).toEqual([]);
  });

  test('one user only', async () => {
    expect(await arrivalsOf(traceFile(text), 'b')).toEqual(expected.filter(({ user }) => user === 'b'));
  });

  test('a user whose name begins like another one', async () => {
    const path = traceFile(`${HEADER}\nann,0,1,,1\nanna,0,1,,2\n`);
    expect((await arrivalsOf(path, 'ann')).map(({ user }) => user)).toEqual(['ann']);
  });

  test('names that are not ASCII, across chunks', async () => {
    const many = Array.from({ length: 20_000 }, (_, i) => `süd-ü${i % 7},ä,${i},,${Math.floor(i / 7)}`);
    const arrivals = await arrivalsOf(traceFile([HEADER, ...many].join('\n')));
    expect(arrivals).toHaveLength(20_000);
    expect(new Set(arrivals.map(({ user }) => user)).size).toBe(7);
  });

  test('a survey: sessions of each user in order', async () => {
    expect(await surveyTrace(traceFile(text))).toEqual(
      new Map([
        [
          'a',
          [
            { session: '0', arrivals: 2, durationMs: 456.6 },
            { session: '1', arrivals: 1, durationMs: 12 },
          ],
        ],
        ['b', [{ session: 'x.y', arrivals: 2, durationMs: 3_654_433 }]],
      ]),
    );
  });

  test('a reader may stop early', async () => {
    const path = traceFile(
      [HEADER, ...Array.from({ length: 50_000 }, (_, i) => `a,0,${i},,${i}`)].join('\n'),
    );
    for await (const { sequence } of readTrace(path)) if (sequence === 3) break;
  });
});

describe('what is refused, with file, line, field and value', () => {
  const afterGood = (line: string) => `${HEADER}\na,0,1,0,10\n${line}\n`;

  test.each([
    ['', /: is empty; it begins with the header user,session/],
    ['user,session\n', /:1: the header is "user,session" and not user,session,sequence/],
    ['100\n90\n', /:2: received_ms: 90 is before 100, the arrival before it in the session$/],
    ['100\nsoon\n', /:2: received_ms: "soon" is not a number of milliseconds >= 0$/],
    ['-1\n', /:1: received_ms: "-1" is not a number of milliseconds >= 0$/],
    [afterGood('a,0,2,0'), /:3: 4 fields and not 5 .*: "a,0,2,0"$/],
    [afterGood('a,0,2,0,20,30'), /:3: 6 fields and not 5/],
    [afterGood(',0,2,0,20'), /:3: user: is empty$/],
    [afterGood('a,,2,0,20'), /:3: session: is empty$/],
    [afterGood('a,0,-1,0,20'), /:3: sequence: "-1" is not a whole number/],
    [afterGood('a,0,1.5,0,20'), /:3: sequence: "1\.5" is not a whole number/],
    [afterGood('a,0,9007199254740992,0,20'), /:3: sequence: "9007199254740992" is not .* below 2\^53$/],
    [afterGood('a,0,2,soon,20'), /:3: sent_ms: "soon" is not a number of milliseconds$/],
    [afterGood('a,0,2,0,'), /:3: received_ms: "" is not a number of milliseconds >= 0$/],
    [afterGood('a,0,2,0,-5'), /:3: received_ms: "-5" is not a number of milliseconds >= 0$/],
    [afterGood('a,0,2,0,Infinity'), /:3: received_ms: "Infinity" is not/],
    [afterGood('a,0,2,0,9.5'), /:3: received_ms: 9\.5 is before 10, the arrival before it in the session$/],
    [afterGood('a,1,1,,0\na,0,2,,20'), /:5?4: session: "0" of user "a" goes on after "1" began$/],
    ['x'.repeat(300_000), /: a line is longer than 65536 characters$/],
    [gzipSync(`${HEADER}\n`.repeat(1)).subarray(0, 25), /: the gzip data is damaged or cut off/],
  ])('%j', async (content, message) => {
    const path = traceFile(content);
    const error = await arrivalsOf(path).catch((cause: Error) => cause);
    expect(error).toMatchObject({ name: 'TraceError', message: expect.stringMatching(message) });
    expect((error as Error).message.startsWith(path)).toBe(true);
  });

  test('a file that is not there', async () => {
    await expect(arrivalsOf(join(folder, 'none'))).rejects.toThrow(/none: no such file$/);
  });
});
