import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { stringify } from 'yaml';

const main = fileURLToPath(new URL('../dist/cli/main.js', import.meta.url));

export interface ServiceProcess {
  /** host:port of gRPC. */
  readonly address: string;
  readonly child: ChildProcess;
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
  const lines = createInterface({ input: child.stdout });
  let output = '';
  for await (const line of lines) {
    output += `${line}\n`;
    const { grpc } = JSON.parse(line) as { grpc?: string };
    if (grpc === undefined) continue;
    child.stdout.resume();
    return {
      address: grpc,
      child,
      async stop() {
        child.kill('SIGTERM');
        await once(child, 'exit');
        await rm(dir, { recursive: true, force: true });
      },
    };
  }
  throw new Error(`phid serve did not start:\n${output}`);
}
