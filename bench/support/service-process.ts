import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import type { IncomingMessage } from 'node:http';
import { get } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { stringify } from 'yaml';

const main = fileURLToPath(new URL('../../dist/cli/main.js', import.meta.url));

export interface ServiceProcess {
  /** host:port of gRPC. */
  readonly address: string;
  /** Of HTTP: the console. */
  readonly url: string;
  readonly pid: number;
  /** What /metrics says. */
  page(): Promise<string>;
  /** What it says of a metric, summed over its labels. Rejects when there is no such metric. */
  metric(name: string): Promise<number>;
  /** Sends a signal, and waits for the end where there is one: SIGKILL is a crash, SIGSTOP and SIGCONT end nothing. */
  signal(signal: 'SIGKILL' | 'SIGSTOP' | 'SIGCONT'): Promise<void>;
  stop(): Promise<void>;
}

/**
 * `phid serve` as a process of its own, with this configuration file; on free ports where it names none. `onLine` hears
 * each line of its log. `ca`, PEM: whose certificate it has, where it speaks TLS.
 */
export async function startServiceProcess(
  config: object,
  onLine: (line: string) => void = () => {},
  ca?: string,
): Promise<ServiceProcess> {
  const dir = await mkdtemp(join(tmpdir(), 'phid-serve-'));
  const file = join(dir, 'phid.yaml');
  await writeFile(file, stringify({ grpc_addr: '127.0.0.1:0', http_addr: '127.0.0.1:0', ...config }));
  const child = spawn(process.execPath, [main, 'serve', '--config', file], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const endWithThisProcess = () => void child.kill('SIGKILL');
  process.once('exit', endWithThisProcess);
  const ended = once(child, 'exit');
  const { grpc, http } = await listening(child, onLine);
  const url = `${ca === undefined ? 'http' : 'https'}://${http}`;
  const page = async () =>
    ca === undefined ? (await fetch(`${url}/metrics`)).text() : securePage(`${url}/metrics`, ca);
  return {
    address: grpc,
    url,
    pid: child.pid as number,
    page,
    metric: async (name) => sumOf(await page(), name),
    async signal(signal) {
      child.kill(signal);
      if (signal === 'SIGKILL') await ended;
    },
    async stop() {
      child.kill('SIGCONT');
      child.kill('SIGTERM');
      await ended;
      process.off('exit', endWithThisProcess);
      await rm(dir, { recursive: true, force: true });
    },
  };
}

/** `fetch` knows no certificates but those of Node. */
async function securePage(url: string, ca: string): Promise<string> {
  const [response] = (await once(get(url, { ca, agent: false }), 'response')) as [IncomingMessage];
  return text(response);
}

/** Where a process serves, once its log says so. Rejects with the log when it ends before. */
function listening(child: ChildProcessByStdio<null, Readable, null>, onLine: (line: string) => void) {
  return new Promise<{ readonly grpc: string; readonly http: string }>((resolve, reject) => {
    let isListening = false;
    let output = '';
    const lines = createInterface({ input: child.stdout });
    lines.on('line', (line) => {
      onLine(line);
      if (isListening) return;
      output += `${line}\n`;
      const { grpc, http } = JSON.parse(line) as { grpc?: string; http?: string };
      if (grpc === undefined || http === undefined) return;
      isListening = true;
      resolve({ grpc, http });
    });
    lines.on('close', () => reject(new Error(`phid serve did not start:\n${output}`)));
  });
}

/** The sum of a metric over its labels, in Prometheus' text format. */
function sumOf(text: string, name: string): number {
  const values = [...text.matchAll(new RegExp(`^${name}(?:\\{.*\\})? (\\S+)$`, 'gm'))].map(([, value]) =>
    Number(value),
  );
  if (values.length === 0) throw new Error(`/metrics has no ${name}`);
  return values.reduce((a, b) => a + b);
}
