import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { test as base, vi } from 'vitest';
import { loadConfig } from '../../src/config/load.js';
import type { Log } from '../../src/log.js';
import { type Service, startService } from '../../src/service.js';
import { temporaryFile } from '../config/config-fixture.js';

/** For a test that runs processes of its own: a busy machine needs several seconds for each. */
export const PROCESS_TEST = { concurrent: true, timeout: 60_000 };
const WAIT_MS_MAX = 45_000;

const root = fileURLToPath(new URL('../..', import.meta.url));
const quiet: Log = { info() {}, warn() {}, error() {} };

/** A running `phid` of its own. */
export class Phid {
  readonly out: string[] = [];
  readonly err: string[] = [];
  readonly child: ChildProcess;
  readonly #closed: Promise<unknown[]>;

  constructor(args: readonly string[], env: Readonly<Record<string, string>> = {}) {
    const inherited = Object.entries(process.env).filter(
      ([name]) => !/^(PHID_|FORCE_COLOR|NODE_OPTIONS)/.test(name),
    );
    this.child = spawn(process.execPath, ['dist/cli/main.js', ...args], {
      cwd: root,
      env: { ...Object.fromEntries(inherited), ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.#closed = once(this.child, 'close');
    for (const [stream, lines] of [
      [this.child.stdout, this.out],
      [this.child.stderr, this.err],
    ] as const) {
      if (stream) createInterface({ input: stream }).on('line', (line) => lines.push(line));
    }
  }

  async kill(): Promise<void> {
    this.child.kill('SIGKILL');
    await this.#closed;
  }

  get json(): Record<string, unknown>[] {
    return this.out.map((line) => JSON.parse(line) as Record<string, unknown>);
  }

  /** Resolves when `check` no longer throws. */
  until(check: () => unknown): Promise<unknown> {
    return vi.waitFor(check, { timeout: WAIT_MS_MAX, interval: 20 });
  }

  /** The exit code, when it has ended and all its output was read; undefined when a signal killed it. */
  async ended(): Promise<number | null> {
    const [code] = await this.#closed;
    return code as number | null;
  }
}

export type Start = (args: readonly string[], env?: Readonly<Record<string, string>>) => Phid;

/** What a test gets; everything it started ends with it, also where tests run side by side. */
export interface Fixtures {
  /** Starts `phid`. */
  readonly start: Start;
  /** Runs `phid` to its end. */
  readonly phid: (...args: string[]) => Promise<Phid & { readonly code: number | null }>;
  /** Starts a node in this process, on the embedded store. */
  readonly node: (grpcAddr?: string) => Promise<Service & { readonly addr: string }>;
}

export const test = base.extend<Fixtures>({
  start: async ({ task: _ }, use) => {
    const running: Phid[] = [];
    await use((args, env) => {
      const child = new Phid(args, env);
      running.push(child);
      return child;
    });
    await Promise.all(running.map((child) => child.kill()));
  },
  phid: async ({ start }, use) => {
    await use(async (...args) => {
      const child = start(args);
      return Object.assign(child, { code: await child.ended() });
    });
  },
  node: async ({ task: _ }, use) => {
    const running: Service[] = [];
    // So slow a rhythm that nobody becomes suspect by himself, however busy the machine is.
    const config = temporaryFile(
      'phid.yaml',
      'namespaces: { default: { expected_interval: 10m, max_silence: 2h } }',
    );
    await use(async (grpcAddr = '127.0.0.1:0') => {
      const flags = new Map([
        ['--config', config],
        ['--grpc-addr', grpcAddr],
        ['--http-addr', '127.0.0.1:0'],
      ]);
      const service = await startService(loadConfig({ flags, env: {} }).settings, quiet);
      running.push(service);
      return { ...service, addr: `127.0.0.1:${service.grpcPort}` };
    });
    await Promise.all(running.map((service) => service.stop()));
  },
});
