import { afterEach, expect, test, vi } from 'vitest';
import { runCli } from '../../src/cli/program.js';
import { temporaryFile } from '../config/config-fixture.js';

afterEach(() => vi.restoreAllMocks());

/** Runs a command line in this process. */
async function run(args: readonly string[]): Promise<{ code: number; out: string; err: string }> {
  const written = { out: '', err: '' };
  vi.spyOn(process.stdout, 'write').mockImplementation((text) => {
    written.out += text;
    return true;
  });
  vi.spyOn(process.stderr, 'write').mockImplementation((text) => {
    written.err += text;
    return true;
  });
  const code = await runCli(args);
  vi.restoreAllMocks();
  return { code, ...written };
}

test.each([
  [['wacth'], /^phid: unknown command 'wacth'$/],
  [['watch'], /^phid: nobody to watch: name users, or a group with --group$/],
  [['group', 'add', 'room'], /^phid: missing required argument 'user'$/],
  [
    ['suspicion', 'a', '--addr', 'nowhere'],
    /^phid: option '--addr <host:port>' argument 'nowhere' is invalid\. It is not host:port/,
  ],
  [
    ['suspicion', 'a', '--timeout', '0'],
    /'--timeout <duration>' argument '0' is invalid\. It is not a duration from 1ms to 1h/,
  ],
  [
    ['watch', 'a', '--suspect', '0'],
    /'--suspect <phi>' argument '0' is invalid\. It is not a number from 1 to 300/,
  ],
  [['heartbeat'], /^phid: heartbeat needs --user <id>, or --trace <file>/],
  [['heartbeat', '--user', 'a', '--count', '2'], /^phid: --count needs --every/],
  [['heartbeat', '--user', 'a', '--speed', '2'], /^phid: --speed needs --trace/],
  [['heartbeat', '--user', 'a', '--sequence', '-1'], /It is not auto, or a whole number below 2\^53/],
  [
    ['heartbeat', '--trace', 'f', '--sessions', '5-2'],
    /It is not a number of sessions, such as 3, or a range/,
  ],
  [
    ['heartbeat', '--trace', 'f', '--every', '1s'],
    /'--trace <file>' cannot be used with option '--every <duration>'/,
  ],
  [
    ['heartbeat', '--trace', 'f', '--session', 's'],
    /^phid: --session and --sequence make no sense with --trace/,
  ],
  [['serve', '--port', '1'], /^phid: unknown option '--port'$/],
])('%j: exit code 2', async (args, message) => {
  const { code, err, out } = await run(args);
  expect(err.split('\n')[0]).toMatch(message);
  expect([code, out]).toEqual([2, '']);
});

test('--help: exit code 0, with defaults, variables and ranges', async () => {
  const { code, out } = await run(['serve', '--help']);
  expect(out).toMatch(
    /--limits-streams-max <number> .*1 to 1000000; default: 10000; env:\s+PHID_LIMITS_STREAMS_MAX/s,
  );
  expect(code).toBe(0);
});

test('a trace that cannot be used says why, before anything is sent', async () => {
  const HEADER = 'user,session,sequence,sent_ms,received_ms';
  const good = temporaryFile('t.csv', `${HEADER}\na,0,1,,0\na,1,1,,0\nb,x,1,,0\n`);
  const bad = temporaryFile('t.csv', `${HEADER}\na,0,1,,ten\n`);
  const cases: [args: string[], code: number, message: string][] = [
    [['--trace', bad], 1, `${bad}:2: received_ms: "ten" is not a number of milliseconds >= 0`],
    [['--trace', good, '--user', 'c'], 2, `--user: "c" is not in ${good}, which has a, b`],
    [['--trace', good, '--as', 'c'], 2, `--as needs one user, and ${good} has a, b; choose one with --user`],
    [
      ['--trace', good, '--user', 'b', '--sessions', '2-9'],
      2,
      `--sessions: begins behind the end: ${good} has at most 1 session a user`,
    ],
  ];
  for (const [args, code, message] of cases) {
    expect(await run(['heartbeat', ...args])).toEqual({ code, out: '', err: `phid: ${message}\n` });
  }
});

test('config check: a line when all is well, warnings on stderr', async () => {
  const path = temporaryFile('phid.yaml', 'namespaces: { web: , sensors: }');
  const { code, out, err } = await run(['config', 'check', '--config', path]);
  expect(out).toBe(`ok (${path}): 2 namespaces: web, sensors\n`);
  expect(err).toMatch(/^phid: warning: namespaces: none is called default/);
  expect(code).toBe(0);
});
