import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { randomNumbers } from '../test/support/replay.js';
import { type BenchResult, bench } from './support/bench.js';

const main = fileURLToPath(new URL('../dist/cli/main.js', import.meta.url));
const USERS = 200;
const INTERVAL_MS = 10_000;
const LOST = 0.01;
/** Has the process say, as its last words, how much memory it ever had. */
const SAY_RSS = `data:text/javascript,process.on("exit",()=>process._rawDebug("maxRSS "+process.resourceUsage().maxRSS))`;

export const replay = bench({
  question:
    'How long does `phid replay` take for a large trace, all detectors, and how much memory does it need?',
  defaults: { heartbeats: 10_000_000 },
  run,
});

async function run({ heartbeats }: { readonly heartbeats: number }): Promise<BenchResult> {
  const folder = await mkdtemp(join(tmpdir(), 'phid-bench-'));
  try {
    const path = join(folder, 'trace.csv');
    await writeTrace(path, heartbeats);
    const startedMs = performance.now();
    const child = spawn(process.execPath, ['--import', SAY_RSS, main, 'replay', path, '--json'], {
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let said = '';
    child.stdout.resume();
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      said += text;
      process.stderr.write(text);
    });
    const [code] = await once(child, 'close');
    const rssKiB = /maxRSS (\d+)/.exec(said)?.[1];
    if (code !== 0 || rssKiB === undefined) throw new Error(`phid replay ended with ${code}: ${said}`);
    const seconds = (performance.now() - startedMs) / 1_000;
    return {
      figures: { heartbeats, users: USERS, duration_s: seconds, peak_rss_mib: Number(rssKiB) / 1024 },
    };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Users who beat every 10 s, mixed: a hundredth is lost, delays are short and now and then long. */
async function writeTrace(path: string, heartbeats: number): Promise<void> {
  const random = randomNumbers(1);
  const file = createWriteStream(path);
  file.write('user,session,sequence,sent_ms,received_ms\n');
  const lastMs = new Float64Array(USERS);
  const sequences = new Uint32Array(USERS);
  let lines: string[] = [];
  for (let i = 0; i < heartbeats; i++) {
    const user = i % USERS;
    const sequence = (sequences[user] as number) + (random() < LOST ? 2 : 1);
    const delayMs = 40 * random() + (random() < 0.005 ? 20_000 * random() : 0);
    const atMs = Math.max(lastMs[user] as number, INTERVAL_MS * sequence + delayMs);
    sequences[user] = sequence;
    lastMs[user] = atMs;
    lines.push(`user-${user},0,${sequence},,${atMs.toFixed(1)}\n`);
    if (lines.length < 10_000 && i < heartbeats - 1) continue;
    if (!file.write(lines.join(''))) await once(file, 'drain');
    lines = [];
  }
  file.end();
  await once(file, 'close');
}
