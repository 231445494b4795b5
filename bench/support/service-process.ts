import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { stringify } from 'yaml';

const main = fileURLToPath(new URL('../../dist/cli/main.js', import.meta.url));

interface ServiceProcess {
  /** host:port of gRPC. */
  readonly address: string;
  readonly pid: number;
  /** What /metrics says of a metric, summed over its labels. Rejects when there is no such metric. */
  metric(name: string): Promise<number>;
  stop(): Promise<void>;
}

/** `phid serve` as a process of its own, on free ports, with this configuration file. */
export async function startServiceProcess(config: object): Promise<ServiceProcess> {
  const dir = await mkdtemp(join(tmpdir(), 'phid-bench-'));
  const file = join(dir, 'phid.yaml');
  await writeFile(file, stringify({ grpc_addr: '127.0.0.1:0', http_addr: '127.0.0.1:0', ...config }));
  const child = spawn(process.execPath, [main, 'serve', '--config', file], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const endWithThisProcess = () => void child.kill('SIGKILL');
  process.once('exit', endWithThisProcess);
  const lines = createInterface({ input: child.stdout });
  let output = '';
  for await (const line of lines) {
    output += `${line}\n`;
    const { grpc, http } = JSON.parse(line) as { grpc?: string; http?: string };
    if (grpc === undefined) continue;
    child.stdout.resume();
    return {
      address: grpc,
      pid: child.pid as number,
      metric: async (name) => sumOf(await (await fetch(`http://${http}/metrics`)).text(), name),
      async stop() {
        child.kill('SIGTERM');
        await once(child, 'exit');
        process.off('exit', endWithThisProcess);
        await rm(dir, { recursive: true, force: true });
      },
    };
  }
  throw new Error(`phid serve did not start:\n${output}`);
}

/** The sum of a metric over its labels, in Prometheus' text format. */
function sumOf(text: string, name: string): number {
  const values = [...text.matchAll(new RegExp(`^${name}(?:\\{.*\\})? (\\S+)$`, 'gm'))].map(([, value]) =>
    Number(value),
  );
  if (values.length === 0) throw new Error(`/metrics has no ${name}`);
  return values.reduce((a, b) => a + b);
}
