import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { endWithThisProcess, pidOf } from './end-with-this-process.js';
import { obtainRedisServer } from './redis-binary.js';

/** Longest time until a server accepts connections, in ms; loading a test's data takes a small part of it. */
const startMsMax = 20_000;

/** How often a start is tried again with another free port, when a stranger took the last one in between. */
const portTriesMax = 5;

export interface RedisOptions {
  /** More arguments of redis-server, after ours, so that they win: `['--appendonly', 'yes']`. */
  args?: string[];
  /** TCP port on 127.0.0.1. Default: a free one. */
  port?: number;
  /** Lines of a configuration file of Sentinel: the server is one, and stores nothing. */
  sentinel?: string[];
}

/** A real redis-server or valkey-server for one test, in a temporary folder of its own. */
export interface RedisServer {
  /** redis://127.0.0.1:<port> */
  readonly url: string;
  readonly port: number;
  /** Process id of the present process; another one after restart(). */
  readonly pid: number;
  /** Ends the server and deletes its folder. May be called twice. */
  stop(): Promise<void>;
  /**
   * Sends a signal (default SIGKILL: a crash) and waits for the end, unless it is SIGSTOP or SIGCONT. The
   * folder stays.
   */
  kill(signal?: NodeJS.Signals): Promise<void>;
  /** Starts it again on the same port, folder and arguments; a running one is killed first. */
  restart(): Promise<void>;
}

/**
 * Starts a server, and returns when it accepts connections. It persists nothing unless the arguments ask for
 * it, and ends with this process, however that ends. Throws with the server's own output when it does not
 * start.
 */
export async function startRedis({ args = [], port, sentinel }: RedisOptions = {}): Promise<RedisServer> {
  const dir = await mkdtemp(join(tmpdir(), 'phid-redis-'));
  try {
    for (let tries = 1; ; tries += 1) {
      const chosenPort = port ?? (await freePort());
      try {
        return await serve({ args, port: chosenPort, dir, sentinel });
      } catch (error) {
        const portTaken = String(error).includes('Address already in use');
        if (port !== undefined || !portTaken || tries === portTriesMax) throw error;
      }
    }
  } catch (error) {
    await rm(dir, { recursive: true, force: true });
    throw error;
  }
}

interface Place {
  args: string[];
  port: number;
  dir: string;
  sentinel: string[] | undefined;
}

async function serve(place: Place): Promise<RedisServer> {
  let child = await launch(place);
  const kill = async (signal: NodeJS.Signals = 'SIGKILL'): Promise<void> => {
    if (hasEnded(child)) return;
    const ended = once(child, 'exit');
    child.kill(signal);
    if (signal !== 'SIGSTOP' && signal !== 'SIGCONT') await ended;
  };
  return {
    url: `redis://127.0.0.1:${place.port}`,
    port: place.port,
    get pid() {
      return pidOf(child);
    },
    kill,
    async stop() {
      // Not SIGTERM: a server that a test froze with SIGSTOP would never end.
      await kill('SIGKILL');
      await rm(place.dir, { recursive: true, force: true });
    },
    async restart() {
      await kill('SIGKILL');
      child = await launch(place);
    },
  };
}

/**
 * One process; returns when it has logged that it accepts connections, after loading what it had persisted.
 */
async function launch({ args, port, dir, sentinel }: Place): Promise<ChildProcess> {
  const { path, env } = await obtainRedisServer();
  const common = ['--bind', '127.0.0.1', '--port', String(port), '--dir', dir];
  const own = sentinel
    ? [await sentinelFile(dir, sentinel), '--sentinel', ...common]
    : [...common, '--save', '', '--appendonly', 'no'];
  const readyLine = sentinel ? 'Sentinel ID is' : 'Ready to accept connections';
  const child = spawn(path, [...own, ...args], {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  await once(child, 'spawn');
  endWithThisProcess(child, dir);

  const output: string[] = [];
  await new Promise<void>((resolve, reject) => {
    const fail = (what: string) => {
      child.kill('SIGKILL');
      reject(new Error(`${path} ${what} on port ${port}:\n${output.join('\n')}`));
    };
    const timer = setTimeout(() => fail(`did not accept connections within ${startMsMax} ms`), startMsMax);
    child.once('close', (code, signal) => {
      clearTimeout(timer);
      fail(`ended (${signal ?? `exit code ${code}`}) before it accepted connections`);
    });
    for (const stream of [child.stdout, child.stderr]) {
      // Read to the end, also after the start: a full pipe would stop the server.
      createInterface({ input: stream }).on('line', (line) => {
        if (output.length < 100) output.push(line);
        if (!line.includes(readyLine)) return;
        clearTimeout(timer);
        resolve();
      });
    }
  });
  return child;
}

/** A Sentinel needs a file that it can write to. One that is there already knows more than these lines. */
async function sentinelFile(dir: string, lines: string[]): Promise<string> {
  const path = join(dir, 'sentinel.conf');
  await writeFile(path, `${lines.join('\n')}\n`, { flag: 'wx' }).catch((error) => {
    if (error.code !== 'EEXIST') throw error;
  });
  return path;
}

function hasEnded(child: ChildProcess): boolean {
  return child.exitCode !== null || child.signalCode !== null;
}

/** A TCP port on loopback that nobody listens on at the moment. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('no TCP address');
  return address.port;
}
