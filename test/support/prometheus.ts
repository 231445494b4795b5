import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';
import { parse, stringify } from 'yaml';
import { endWithThisProcess } from './end-with-this-process.js';
import { obtainPrometheus } from './prometheus-binary.js';
import { freePort } from './redis-server.js';

const DEPLOYED = resolve('deploy/prometheus');
const START_MS_MAX = 20_000;

/** One series of an answer: its labels and its value. */
interface Sample {
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

/** A real Prometheus that scrapes every second, by the configuration that is deployed. */
export interface Prometheus {
  readonly url: string;
  /** The instant vector that an expression amounts to now. Rejects with Prometheus' own words where it is wrong. */
  query(expression: string): Promise<Sample[]>;
  stop(): Promise<void>;
}

interface ScrapeConfig {
  readonly job_name: string;
  static_configs: unknown;
  dns_sd_configs?: unknown;
  tls_config?: unknown;
}

/** A node with TLS. */
interface SecureTarget {
  /** host:port, by a name that is in its certificate. */
  readonly target: string;
  /** Path of the certificate of the authority that signed it. */
  readonly ca_file: string;
}

/** Starts one that scrapes `target`, host:port, and `secure` as phid, and itself; returns when it serves. */
export async function startPrometheus(target: string, secure: SecureTarget): Promise<Prometheus> {
  const { path, env } = await obtainPrometheus('prometheus');
  const dir = await mkdtemp(join(tmpdir(), 'phid-prometheus-'));
  const listen = `127.0.0.1:${await freePort()}`;
  const config = parse(await readFile(join(DEPLOYED, 'prometheus.yml'), 'utf8')) as {
    global: object;
    rule_files: string[];
    scrape_configs: ScrapeConfig[];
  };
  config.global = { scrape_interval: '1s', evaluation_interval: '1s' };
  config.rule_files = config.rule_files.map((file) => join(DEPLOYED, file));
  for (const scrape of config.scrape_configs) {
    delete scrape.dns_sd_configs;
    if (scrape.job_name !== 'phid') scrape.static_configs = [{ targets: [listen] }];
    else {
      const { ca_file } = secure;
      scrape.static_configs = [
        { targets: [target] },
        { targets: [secure.target], labels: { __scheme__: 'https' } },
      ];
      scrape.tls_config = { ca_file };
    }
  }
  const file = join(dir, 'prometheus.yml');
  await writeFile(file, stringify(config));
  const child = spawn(
    path,
    [`--config.file=${file}`, `--storage.tsdb.path=${join(dir, 'data')}`, `--web.listen-address=${listen}`],
    { env: { ...process.env, ...env }, stdio: ['ignore', 'ignore', 'pipe'] },
  );
  await once(child, 'spawn');
  endWithThisProcess(child, dir);
  const ended = once(child, 'exit');
  const stop = async () => {
    child.kill('SIGKILL');
    await ended;
    await rm(dir, { recursive: true, force: true });
  };
  const output: string[] = [];
  await new Promise<void>((resolve, reject) => {
    const fail = (what: string) => {
      void stop();
      reject(new Error(`Prometheus ${what}:\n${output.join('\n')}`));
    };
    const timer = setTimeout(() => fail('does not serve'), START_MS_MAX);
    child.once('exit', () => fail('ended'));
    createInterface({ input: child.stderr }).on('line', (line) => {
      if (output.length < 100) output.push(line);
      if (!line.includes('Server is ready')) return;
      clearTimeout(timer);
      resolve();
    });
  });
  const url = `http://${listen}`;
  return { url, query: (expression) => query(url, expression), stop };
}

async function query(url: string, expression: string): Promise<Sample[]> {
  const response = await fetch(`${url}/api/v1/query`, {
    method: 'POST',
    body: new URLSearchParams({ query: expression }),
  });
  const { status, error, data } = (await response.json()) as {
    status: string;
    error?: string;
    data?: { resultType: string; result: { metric: Record<string, string>; value: [number, string] }[] };
  };
  if (status !== 'success') throw new Error(`${expression}: ${error}`);
  return (data?.result ?? []).map(({ metric, value }) => ({ labels: metric, value: Number(value[1]) }));
}

/** Runs promtool in deploy/prometheus; resolves with its output, rejects with it where it found something wrong. */
export async function promtool(args: readonly string[], input = ''): Promise<string> {
  const { path, env } = await obtainPrometheus('promtool');
  const running = promisify(execFile)(path, [...args], { cwd: DEPLOYED, env: { ...process.env, ...env } });
  running.child.stdin?.end(input);
  const { stdout, stderr } = await running;
  return stdout + stderr;
}
