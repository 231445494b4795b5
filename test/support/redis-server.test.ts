import { execFile } from 'node:child_process';
import { connect } from 'node:net';
import { promisify } from 'node:util';
import { Redis } from 'ioredis';
import { afterEach, expect, test, vi } from 'vitest';
import { type RedisOptions, type RedisServer, startRedis } from './redis-server.js';

const cleanups: (() => Promise<unknown> | unknown)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

async function start(options?: RedisOptions): Promise<RedisServer> {
  const server = await startRedis(options);
  cleanups.push(() => server.stop());
  return server;
}

function clientOf(server: RedisServer): Redis {
  const client = new Redis(server.url);
  client.on('error', () => {}); // it reconnects by itself; the tests kill servers on purpose
  cleanups.push(() => client.disconnect());
  return client;
}

/** Whether somebody listens on a port of the loopback address. */
function listens(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => resolve(true)).once('error', () => resolve(false));
    socket.once('connect', () => socket.destroy());
  });
}

test('a started server answers', async () => {
  const server = await start();
  expect(await clientOf(server).ping()).toBe('PONG');
});

test('two servers run side by side', async () => {
  const [one, other] = await Promise.all([start(), start()]);
  expect(one.port).not.toBe(other.port);
});

test('a server that cannot start says why', async () => {
  await expect(startRedis({ args: ['--no-such-setting', '1'] })).rejects.toThrow(/no-such-setting/);
});

test('a killed server is gone, and a restarted one is empty on the same port', async () => {
  const server = await start();
  const client = clientOf(server);
  await client.set('key', 'value');
  const pidBefore = server.pid;

  await server.kill();
  expect(await listens(server.port)).toBe(false);

  await server.restart();
  expect(server.pid).not.toBe(pidBefore);
  expect(await client.get('key')).toBeNull();
});

test('a restarted server has what it was asked to persist', async () => {
  const server = await start({ args: ['--appendonly', 'yes', '--appendfsync', 'always'] });
  const client = clientOf(server);
  await client.set('key', 'value');
  await server.restart();
  expect(await client.get('key')).toBe('value');
});

test('a frozen server can be stopped', async () => {
  const server = await start();
  await server.kill('SIGSTOP');
  await server.stop();
  expect(await listens(server.port)).toBe(false);
});

test('a server ends with the process that started it, however that ends', async () => {
  const module = new URL('redis-server.ts', import.meta.url).href;
  const program = `
    import { writeSync } from 'node:fs';
    const { startRedis } = await import('${module}');
    writeSync(1, String((await startRedis()).port));
    process.kill(process.pid, 'SIGKILL');`;
  const crash = promisify(execFile)(process.execPath, [
    ...['--import', 'tsx', '--input-type', 'module', '--eval', program],
  ]);
  const { stdout, signal } = await crash.then(
    () => expect.unreachable('it must not end by itself'),
    (error) => error,
  );
  expect(signal).toBe('SIGKILL');
  await vi.waitFor(async () => expect(await listens(Number(stdout))).toBe(false), { timeout: 5_000 });
});
