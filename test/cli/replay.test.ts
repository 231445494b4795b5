import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterEach, expect, test, vi } from 'vitest';
import { runCli } from '../../src/cli/program.js';
import { temporaryFile } from '../config/config-fixture.js';

afterEach(() => vi.restoreAllMocks());

async function run(...args: string[]): Promise<{ code: number; out: string; err: string }> {
  const written = { out: '', err: '' };
  vi.spyOn(process.stdout, 'write').mockImplementation((text) => {
    written.out += text;
    return true;
  });
  vi.spyOn(process.stderr, 'write').mockImplementation((text) => {
    written.err += text;
    return true;
  });
  const code = await runCli(['replay', ...args]);
  vi.restoreAllMocks();
  return { code, ...written };
}

/** Arrival times only: every 100 ms, each tenth one 150 ms late. */
const plain = Array.from({ length: 400 }, (_, i) => 100 * i + (i % 10 === 9 ? 150 : i % 10)).sort(
  (a, b) => a - b,
);

test('a table: the cells, the calibration, the comparison in words', async () => {
  const path = temporaryFile('beats.txt', plain.join('\n'));
  const { code, out, err } = await run(path, '--detectors', 'chen,fixed,phid', '--budget', '3,1.5');
  expect([code, err]).toEqual([0, '']);
  expect(out).toMatch(/^beats\.txt, user beats\.txt: 400 heartbeats, 1\d\d ms apart on average$/m);
  expect(out).toMatch(/^mistakes, 1 - P_A +at T_D = +1\.5 +3$/m);
  expect(out).toMatch(/^fixed +timeout( +\*?\d+ +[\d.]+%){2}$/m);
  expect(out).toMatch(/^achieved φ +at φ = +1 +2 +3 +4$/m);
  expect(out).toMatch(/^Best other configuration overall: /m);
});

test('--json: one object, also of several traces pooled', async () => {
  const [a, b] = ['a', 'b'].map((name) => temporaryFile(name, plain.join('\n'))) as [string, string];
  const { code, out } = await run(a, b, '--json', '--pool', '--detectors', 'fixed,cassandra');
  const { traces, summary } = JSON.parse(out);
  expect(code).toBe(0);
  expect(traces.map(({ trace }: { trace: string }) => trace)).toEqual([a, b, '*']);
  expect(traces[0].cells.map(({ budget }: { budget: number }) => budget)).toEqual([
    ...[1.5, 1.75, 2, 2.5, 3, 5],
    ...[1.5, 1.75, 2, 2.5, 3, 5],
  ]);
  expect(traces[0].calibration).toEqual([]);
  expect(summary.reference).toBe('fixed');
});

test('--html: a page that needs nothing else, with the summary on standard output', async () => {
  const rows = ['a<b>&"', 'b'].flatMap((user) => plain.map((ms, i) => `${user},0,${i},,${ms}`));
  const path = temporaryFile('t.csv', `user,session,sequence,sent_ms,received_ms\n${rows.join('\n')}\n`);
  const page = join(dirname(path), 'page.html');
  const { code, out, err } = await run(path, '--html', page, '--pool');
  expect([code, err]).toEqual([0, `phid: ${page} written\n`]);
  expect(out).toMatch(/^phid against the others/);
  const html = readFileSync(page, 'utf8');
  expect(html).not.toMatch(/NaN|undefined|Infinity|a<b>|https?:|src=|<script/);
  expect(html).toContain('user a&lt;b&gt;&amp;&quot;');
  // Mistakes and calibration of the trace, and of all traces.
  expect(html.match(/<svg [^>]*role="img" aria-labelledby="[\w -]+"/g)).toHaveLength(4);
  const ids = [...html.matchAll(/ id="([^"]+)"/g)].map(([, id]) => id);
  expect(new Set(ids).size).toBe(ids.length);
  expect(elementsLeftOpen(html)).toEqual([]);
});

/** Elements that were not closed, or closed in another order. */
function elementsLeftOpen(html: string): string[] {
  const open: string[] = [];
  for (const [, isEnd, name = '', isEmpty] of html.matchAll(/<(\/?)([a-z]\w*)[^>]*?(\/?)>/g)) {
    if (isEmpty || name === 'meta') continue;
    if (!isEnd) open.push(name);
    else if (open.pop() !== name) return [...open, name];
  }
  return open;
}

test('a name from a trace does not reach the terminal raw', async () => {
  const rows = plain.map((ms, i) => `\u001b[31m,0,${i},,${ms}`);
  const path = temporaryFile('t.csv', `user,session,sequence,sent_ms,received_ms\n${rows.join('\n')}\n`);
  const { out } = await run(path, '--detectors', 'fixed', '--budget', '2');
  expect(out).toContain('user \\u001b[31m: 400 heartbeats');
  expect(out).not.toContain('\u001b');
});

test.each([
  [['--detectors', 'chan'], /'--detectors <list>' argument 'chan' is invalid\. "chan" is not one of phid, /],
  [['--detectors', ''], /"" is not one of phid, fixed, /],
  [
    ['--budget', '2,1'],
    /'--budget <list>' argument '2,1' is invalid\. "1" is not a number above 1, at most 100/,
  ],
  [['--budget', '2,fast'], /"fast" is not a number above 1, at most 100/],
  [['--budget', '100.5'], /"100\.5" is not a number above 1/],
  [['--budget', '2,'], /"" is not a number above 1/],
  [['--budget', Array.from({ length: 25 }, (_, i) => i + 2).join()], /More than 24 budgets/],
  [['--json', '--html', 'x'], /'--json' cannot be used with option '--html <file>'/],
])('%j: exit code 2', async (args, message) => {
  const { code, out, err } = await run(temporaryFile('t', plain.join('\n')), ...args);
  expect(err.split('\n')[0]).toMatch(message);
  expect([code, out]).toEqual([2, '']);
});

test('a trace that cannot be used says why', async () => {
  const HEADER = 'user,session,sequence,sent_ms,received_ms';
  const NEEDED =
    ': no user has what a result needs: 150 heartbeats, more than 100 gaps within sessions, not all at one instant';
  const cases: [content: string, message: string][] = [
    [`${HEADER}\na,0,1,,ten\n`, ':2: received_ms: "ten" is not a number of milliseconds >= 0'],
    [`${HEADER}\n`, ': has no arrivals'],
    ['0\n100\n200\n', NEEDED],
    ['5\n'.repeat(200), NEEDED],
  ];
  for (const [content, message] of cases) {
    const path = temporaryFile('t', content);
    expect(await run(path, '--detectors', 'fixed')).toEqual({
      ...{ code: 1, out: '' },
      err: `phid: ${path}${message}\n`,
    });
  }
  expect((await run('nowhere')).err).toBe('phid: nowhere: no such file\n');
  const path = temporaryFile('t', plain.join('\n'));
  const { code, err } = await run(path, '--html', join(dirname(path), 'none', 'page.html'));
  expect([code, err]).toEqual([1, expect.stringMatching(/^phid: --html: ENOENT: .*none/)]);
  expect((await run(path, '--html', dirname(path))).err).toMatch(
    /^phid: --html: .* is a directory; name a file in it/,
  );
});

test('a temporary file that cannot be made is named, and why', async () => {
  const path = temporaryFile('t', plain.join('\n'));
  vi.stubEnv('TMPDIR', join(dirname(path), 'none'));
  const { code, err } = await run(path, '--detectors', 'fixed');
  vi.unstubAllEnvs();
  expect([code, err]).toEqual([1, expect.stringMatching(/^phid: the temporary file in .*none: ENOENT: /)]);
});
