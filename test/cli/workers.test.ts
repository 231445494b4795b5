import { writeFileSync } from 'node:fs';
import { credentials } from '@grpc/grpc-js';
import { afterAll, beforeAll, describe, type ExpectStatic } from 'vitest';
import { PresenceService } from '../../src/grpc/definition.js';
import { temporaryFile } from '../config/config-fixture.js';
import { type RedisServer, startRedis } from '../support/redis-server.js';
import { expectOccupiedPortsNamed } from './occupied-port.js';
import { type Phid, PROCESS_TEST, type Start, test } from './phid.js';

const FREE = ['--grpc-addr', '127.0.0.1:0', '--http-addr', '127.0.0.1:0'];

let redis: RedisServer;
beforeAll(async () => {
  redis = await startRedis();
});
afterAll(() => redis.stop());

/** A server with two workers that has said that it listens, and both have reached Redis. */
async function serve(start: Start, expect: ExpectStatic, ...args: string[]) {
  const server = start(['serve', '--workers', '2', '--redis', redis.url, ...FREE, ...args]);
  const listening = () => server.json.find(({ msg }) => String(msg).startsWith('phid listens'));
  await server.until(() => expect(listening()).toBeDefined());
  const { grpc, http, workers, msg } = listening() as Record<string, unknown>;
  await allReady(server, String(http), expect);
  return { server, grpc: String(grpc), http: String(http), workers: workers as number[], said: String(msg) };
}

/** A client with a connection of its own: connections go to the workers in turn. */
const connect = (grpc: string) =>
  new PresenceService(grpc, credentials.createInsecure(), { 'grpc.use_local_subchannel_pool': 1 });

/** How a heartbeat on a new connection ends: 'OK' or the error. */
async function heartbeat(grpc: string, userId: string): Promise<string> {
  const client = connect(grpc);
  try {
    return await new Promise((resolve) =>
      client.Heartbeat({ heartbeat: { userId, sessionId: 'phone' } }, (error) =>
        resolve(error?.message ?? 'OK'),
      ),
    );
  } finally {
    client.close();
  }
}

async function metric(http: string, name: string): Promise<string | undefined> {
  const text = await (await fetch(`http://${http}/metrics`)).text();
  return text.split('\n').find((line) => line.startsWith(`${name} `));
}

/** Until all workers have reached Redis. */
const allReady = (server: Phid, http: string, expect: ExpectStatic) =>
  server.until(async () => expect(await metric(http, 'phid_store_ready')).toBe('phid_store_ready 1'));

const isAlive = (pid: number) => {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
};

const messages = (server: Phid) => server.json.map(({ msg }) => String(msg));

describe('serve --workers', PROCESS_TEST, () => {
  test('several processes serve one port, and one page tells of all', async ({ start, expect }) => {
    const { server, grpc, http, workers, said } = await serve(start, expect);
    expect(said).toMatch(/^phid listens: gRPC on .*; namespaces: default; workers: 2$/);
    expect(new Set(workers).size).toBe(2);
    for (let i = 0; i < 6; i++) expect(await heartbeat(grpc, `user-${i}`)).toBe('OK');
    const recorded = 'phid_heartbeats_total{namespace="default",outcome="recorded"}';
    expect(await metric(http, recorded)).toBe(`${recorded} 6`);
    expect(await metric(http, 'phid_workers')).toBe('phid_workers 2');
    // What each may hold adds up; what a threshold is does not.
    expect(await metric(http, 'phid_ingest_pending_limit')).toBe('phid_ingest_pending_limit 200000');
    const threshold = 'phid_threshold_phi{namespace="default",status="suspect"}';
    expect(await metric(http, threshold)).toBe(`${threshold} 3`);
    await server.until(async () => expect((await fetch(`http://${http}/readyz`)).status).toBe(200));
  });

  test('the HTTP API is that of the workers, in turn; events come as they are sent', async ({
    start,
    expect,
  }) => {
    // Of its own: the other tests are not to be judged by the thresholds set here.
    const config = temporaryFile('phid.yaml', 'namespaces: { default: {}, api: {} }\n');
    const { http, workers } = await serve(start, expect, '--config', config);
    const url = (path: string) => `http://${http}/api/v1/namespaces/api${path}`;
    const body = JSON.stringify({ suspect: { phi: 2 }, author: 'alice' });
    const headers = { 'content-type': 'application/json', 'x-forwarded-for': 'somewhere else' };
    const set = await fetch(url('/thresholds'), { method: 'POST', body, headers });
    expect(set.status).toBe(200);
    // The client's own address, not that of the primary, nor what it says.
    const { tuning } = (await set.json()) as { tuning: { changes: { peer: string }[] } };
    expect(tuning.changes[0]?.peer).toMatch(/^127\.0\.0\.1:\d+$/);
    for (const _ of workers) {
      const user = await fetch(url('/users/nobody'));
      expect(user.headers.get('content-type')).toBe('application/json; charset=utf-8');
      expect(await user.json()).toMatchObject({ suspicion: { status: 'UNKNOWN' } });
    }
    const route = '/api/v1/namespaces/{namespace}/users/{user_id}';
    const asked = `phid_http_request_duration_seconds_count{route="${route}",status="200"}`;
    expect(await metric(http, asked)).toBe(`${asked} 2`);
    expect((await fetch(url('/nope'))).status).toBe(404);
    const events = await fetch(url('/users/nobody/events'));
    const reader = (events.body as ReadableStream<Uint8Array>)
      .pipeThrough(new TextDecoderStream())
      .getReader();
    for (let text = ''; !text.includes('event: user'); ) text += (await reader.read()).value;
    expect(await metric(http, 'phid_http_event_streams')).toBe('phid_http_event_streams 1');
    await reader.cancel();
  });

  test('a worker that dies is logged and replaced, and the others serve meanwhile', async ({
    start,
    expect,
  }) => {
    const { server, grpc, http, workers } = await serve(start, expect);
    const [first] = workers as [number];
    process.kill(first, 'SIGKILL');
    await server.until(() =>
      expect(messages(server)).toContain('worker 1 ended unasked (SIGKILL); another takes its place'),
    );
    expect(await heartbeat(grpc, 'alice')).toBe('OK');
    await server.until(async () => expect((await fetch(`http://${http}/readyz`)).status).toBe(200));
    await server.until(async () => expect(await metric(http, 'phid_workers')).toBe('phid_workers 2'));
    expect(await metric(http, 'phid_workers_died_total')).toBe('phid_workers_died_total 1');
    // The new one takes connections, too.
    await server.until(() => expect(server.json.some(({ worker }) => worker === 3)).toBe(true));
    await allReady(server, http, expect);
    for (let i = 0; i < 4; i++) expect(await heartbeat(grpc, 'alice')).toBe('OK');
  });

  test('SIGTERM ends all of them gracefully: what was accepted is answered, streams end', async ({
    start,
    expect,
  }) => {
    const own = await startRedis();
    try {
      const { server, grpc, http, workers } = await serve(start, expect, '--redis', own.url);
      await own.kill('SIGSTOP');
      const streams = Array.from({ length: 4 }, () => {
        const client = connect(grpc);
        const stream = client.HeartbeatStream();
        const heard: string[] = [];
        stream.on('data', ({ batchId }) => heard.push(`answer ${batchId}`));
        stream.on('error', ({ message }) => heard.push(message));
        stream.write({ batchId: 1, heartbeats: [{ userId: 'alice', sessionId: 'phone' }] });
        return { client, heard };
      });
      await server.until(async () =>
        expect(await metric(http, 'phid_ingest_pending')).toBe('phid_ingest_pending 4'),
      );
      server.child.kill('SIGTERM');
      await server.until(() => expect(messages(server).at(-1)).toMatch(/^SIGTERM: ending/));
      await own.kill('SIGCONT');
      expect(await server.ended()).toBe(0);
      for (const { client, heard } of streams) {
        expect(heard).toEqual(['answer 1', '14 UNAVAILABLE: the server is shutting down']);
        client.close();
      }
      expect(messages(server).at(-1)).toBe('ended');
      expect(workers.map(isAlive)).toEqual([false, false]);
      expect(server.err).toEqual([]);
    } finally {
      await own.stop();
    }
  });

  test('a second signal ends all of them at once with exit code 1', async ({ start, expect }) => {
    const { server, grpc, workers } = await serve(start, expect);
    const watches = [1, 2].map(() => start(['watch', 'alice', '--addr', grpc]));
    for (const watch of watches) {
      await watch.until(() => expect(watch.out.join()).toContain('synced'));
      // Whoever does not let go of the connection holds up the graceful end.
      watch.child.kill('SIGSTOP');
    }
    server.child.kill('SIGINT');
    await server.until(() => expect(server.out.join()).toContain('SIGINT: ending'));
    server.child.kill('SIGTERM');
    expect(await server.ended()).toBe(1);
    await server.until(() => expect(workers.map(isAlive)).toEqual([false, false]));
  });

  test('workers do not outlive the process that started them', async ({ start, expect }) => {
    const { server, workers } = await serve(start, expect);
    server.child.kill('SIGKILL');
    await server.until(() => expect(workers.map(isAlive)).toEqual([false, false]));
  });

  test('SIGHUP makes each of them take over thresholds', async ({ start, expect }) => {
    const yaml = 'namespaces: { web: { thresholds: { offline: { phi: 8 } } } }\n';
    const path = temporaryFile('phid.yaml', yaml);
    const { server, http } = await serve(start, expect, '--config', path);
    writeFileSync(path, yaml.replace('phi: 8', 'phi: 9'));
    server.child.kill('SIGHUP');
    const took = () =>
      server.json.filter(({ msg }) => msg === 'SIGHUP: the thresholds of web were taken over');
    await server.until(() =>
      expect(
        took()
          .map(({ worker }) => worker)
          .sort(),
      ).toEqual([1, 2]),
    );
    const threshold = 'phid_threshold_phi{namespace="web",status="offline"}';
    expect(await metric(http, threshold)).toBe(`${threshold} 9`);
  });

  test('is not ready while the store is gone', async ({ start, expect }) => {
    const own = await startRedis();
    try {
      const { server, http } = await serve(start, expect, '--redis', own.url);
      const ready = async () => (await fetch(`http://${http}/readyz`)).status;
      await server.until(async () => expect(await ready()).toBe(200));
      await own.kill();
      await server.until(async () => expect(await ready()).toBe(503));
      expect(await (await fetch(`http://${http}/readyz`)).text()).toBe('the store cannot be reached\n');
      await own.restart();
      await server.until(async () => expect(await ready()).toBe(200));
    } finally {
      await own.stop();
    }
  });

  test('an occupied port is one plain line', async ({ phid, expect }) => {
    await expectOccupiedPortsNamed({ phid, expect }, [
      'serve',
      '--workers',
      '2',
      '--redis',
      redis.url,
      ...FREE,
    ]);
  });

  test('without Redis they do not start, with exit code 2', async ({ phid, expect }) => {
    const { code, err, out } = await phid('serve', '--workers', '2');
    expect(err).toEqual([
      'phid: workers: 2 needs redis: the embedded store is within one process (--workers)',
    ]);
    expect([code, out]).toEqual([2, []]);
  });
});
