import { writeFileSync } from 'node:fs';
import { describe, type ExpectStatic } from 'vitest';
import { temporaryFile } from '../config/config-fixture.js';
import { expectOccupiedPortsNamed } from './occupied-port.js';
import { type Phid, PROCESS_TEST, type Start, test } from './phid.js';

const FREE = ['--grpc-addr', '127.0.0.1:0', '--http-addr', '127.0.0.1:0'];

/** A server on free ports that has said what it listens on. */
async function serve(start: Start, expect: ExpectStatic, ...args: string[]): Promise<Phid> {
  const server = start(['serve', ...FREE, ...args]);
  await server.until(() => expect(server.out.join('\n')).toMatch(/phid listens.*\n.*thresholds of/));
  return server;
}

describe('serve', PROCESS_TEST, () => {
  test('says what listens where, serves, and ends on SIGTERM with exit code 0', async ({
    phid,
    start,
    expect,
  }) => {
    const server = await serve(start, expect);
    const [line] = server.json;
    expect(line).toMatchObject({ store: 'embedded', namespaces: ['default'] });
    expect(line?.msg).toBe(
      `phid listens: gRPC on ${line?.grpc}, HTTP on ${line?.http}; store: embedded; namespaces: default`,
    );
    expect((await fetch(`http://${line?.http}/readyz`)).status).toBe(200);
    const { code } = await phid('heartbeat', '--user', 'a', '--addr', String(line?.grpc));
    expect(code).toBe(0);
    server.child.kill('SIGTERM');
    expect(await server.ended()).toBe(0);
    expect(server.json.at(-1)?.msg).toBe('ended');
    expect(server.err).toEqual([]);
  });

  test('a second signal ends it at once with exit code 1', async ({ start, expect }) => {
    const server = await serve(start, expect);
    const watch = start(['watch', 'alice', '--addr', String(server.json[0]?.grpc)]);
    await watch.until(() => expect(watch.out.join()).toContain('synced'));
    // Whoever does not let go of the connection holds up the graceful end.
    watch.child.kill('SIGSTOP');
    server.child.kill('SIGINT');
    await server.until(() => expect(server.out.join()).toContain('SIGINT: ending'));
    server.child.kill('SIGTERM');
    expect(await server.ended()).toBe(1);
    expect(server.out.join()).not.toContain('"ended"');
  });

  test('SIGHUP takes over thresholds, names what needs a restart, and keeps all when the file is wrong', async ({
    start,
    expect,
  }) => {
    const yaml = 'namespaces: { web: { window: 50, thresholds: { offline: { phi: 8 } } } }\n';
    const path = temporaryFile('phid.yaml', yaml);
    const server = await serve(start, expect, '--config', path);
    const messages = () => server.json.map(({ msg }) => String(msg));
    const afterReload = async (content: string, last: string | RegExp) => {
      const before = messages().length;
      writeFileSync(path, content);
      server.child.kill('SIGHUP');
      await server.until(() => expect(messages().slice(before).at(-1)).toMatch(last));
      return messages().slice(before);
    };

    expect(await afterReload(yaml.replace('phi: 8', 'phi: 9').replace('50', '60'), /window/)).toEqual([
      expect.stringMatching(/^thresholds of web: SUSPECT at φ 3 \(.*; OFFLINE at φ 9 \(/),
      'SIGHUP: the thresholds of web were taken over',
      'SIGHUP: needs a restart, not taken over: namespaces.web.window 50 -> 60',
    ]);
    expect(await afterReload(yaml.replace('phi: 8', 'phi: 900'), /stay as they were/)).toEqual([
      `SIGHUP: the settings stay as they were: namespaces.web.thresholds.offline.phi: 900 is not a number from 1 to 300 (${path}:1)`,
    ]);
    expect(await afterReload(yaml, /taken over$/)).toEqual([
      expect.stringMatching(/^thresholds of web: SUSPECT at φ 3 \(.*; OFFLINE at φ 8 \(/),
      'SIGHUP: the thresholds of web were taken over',
    ]);
    expect(await afterReload(yaml, /nothing/)).toEqual(['SIGHUP: nothing has changed']);
  });

  test('an occupied port is one plain line', async ({ phid, expect }) => {
    await expectOccupiedPortsNamed({ phid, expect }, ['serve', ...FREE]);
  });

  test('wrong settings stop the start with all problems and exit code 2', async ({ phid, expect }) => {
    const { code, err, out } = await phid('serve', '--grpc-addr', 'x', '--redis', 'redis://:s3cret/@h');
    expect(err).toEqual([
      expect.stringMatching(/^phid: grpc_addr: "x" is not host:port/),
      expect.stringMatching(/^phid: redis: /),
    ]);
    expect(err.join()).not.toContain('s3cret');
    expect([code, out]).toEqual([2, []]);
  });
});

describe('demo', PROCESS_TEST, () => {
  test('statuses move within seconds, by silence, by a heartbeat and by a leave; the embedded store is used', async ({
    start,
    expect,
  }) => {
    const demo = start(['demo', ...FREE, '--json'], { PHID_REDIS: 'redis://:s3cret@127.0.0.1:1' });
    const causes = () => new Set(demo.json.map((line) => (line.change as { cause: string }).cause));
    await demo.until(() =>
      expect([...causes()]).toEqual(
        expect.arrayContaining(['FIRST_SEEN', 'SUSPICION', 'HEARTBEAT', 'LEAVE']),
      ),
    );
    const intro = demo.err.join('\n');
    expect(intro).toContain('the demo passes over the Redis of PHID_REDIS');
    expect(intro).toContain('12 simulated users in the namespace "demo" (seed 1)');
    expect(intro).toMatch(/phid suspicion crash-1 --namespace demo --addr 127\.0\.0\.1:\d+/);
    expect(intro).not.toContain('s3cret');
    demo.child.kill('SIGINT');
    expect(await demo.ended()).toBe(0);
  });

  test('people get a line a change', async ({ start, expect }) => {
    const demo = start(['demo', ...FREE, '--users', '2', '--seed', '7']);
    await demo.until(() =>
      expect(demo.out.join('\n')).toMatch(/hiccup-1 +UNKNOWN -> ONLINE +φ 0\.\d\d +FIRST_SEEN/),
    );
    demo.child.kill('SIGTERM');
    expect(await demo.ended()).toBe(0);
    expect(demo.err).toEqual([]);
  });
});

describe('config', PROCESS_TEST, () => {
  test('check: exit code 2 and a line a problem', async ({ phid, expect }) => {
    const path = temporaryFile('phid.yaml', 'log_levl: info\nnamespaces: { web: { window: 0 } }');
    const { code, out, err } = await phid('config', 'check', '--config', path, '--limits-streams-max', '0');
    expect(err).toEqual([
      'phid: limits.streams_max: "0" is not a whole number from 1 to 1000000 (--limits-streams-max)',
      `phid: namespaces.web.window: 0 is not a whole number from 1 to 1000 (${path}:2)`,
      `phid: log_levl: there is no such setting; did you mean log_level? (${path}:1)`,
    ]);
    expect([code, out]).toEqual([2, []]);
  });

  test('print: the settings in effect, without the password', async ({ phid, expect }) => {
    const args = ['config', 'print', '--redis', 'redis://:s3cret@h'];
    const [yaml, json] = await Promise.all([phid(...args), phid(...args, '--json')]);
    expect(yaml.out).toContain('redis: redis://:***@h  # --redis');
    expect(JSON.parse(json.out.join('\n'))).toMatchObject({
      redis: { value: 'redis://:***@h', origin: '--redis' },
    });
    expect([yaml.code, json.code]).toEqual([0, 0]);
    expect([...yaml.out, ...json.out].join()).not.toContain('s3cret');
  });
});
