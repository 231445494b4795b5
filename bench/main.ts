import { execFileSync } from 'node:child_process';
import { parseArgs } from 'node:util';
import { obtainRedisServer } from '../test/support/redis-binary.js';
import { access } from './access.js';
import { compare, type Saved } from './compare.js';
import { console as consoleBench } from './console.js';
import { crossing } from './crossing.js';
import { detector } from './detector.js';
import { fanout } from './fanout.js';
import { ingest } from './ingest.js';
import { memory } from './memory.js';
import { metrics } from './metrics.js';
import { nodes } from './nodes.js';
import { overload } from './overload.js';
import { query } from './query.js';
import { record } from './record.js';
import { replay } from './replay.js';
import { scale } from './scale.js';
import { scaleModel } from './scale-model.js';
import type { Bench, Options } from './support/bench.js';
import { markdownOf } from './support/print.js';
import { sayNoMore } from './support/progress.js';
import { takeover } from './takeover.js';
import { watch } from './watch.js';

/** Every measurement. What each one asks, how, and what to make of the answer is in bench/README.md. */
const benches: Readonly<Record<string, Bench>> = {
  ingest,
  query,
  watch,
  fanout,
  overload,
  scale,
  memory,
  detector,
  crossing,
  record,
  replay,
  metrics,
  console: consoleBench,
  nodes,
  'scale-model': scaleModel,
  takeover,
  access,
};

const kebab = (option: string) => option.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);

function usage(): string {
  const lines = Object.entries(benches).map(([name, { question, cases, defaults }]) => {
    const options = Object.entries(defaults).map(([option, value]) => `--${kebab(option)} ${value}`);
    const details = [...(cases.length > 0 ? [`CASE: ${cases.join(', ')}`] : []), ...options];
    return `  ${name.padEnd(10)}${question}\n${details.length > 0 ? `${' '.repeat(12)}${details.join('  ')}\n` : ''}`;
  });
  return `usage: npm run bench -- NAME [CASE...] [--json] [options, here with their defaults]   --json: tables go to stderr
       npm run bench -- compare BEFORE.json AFTER.json

${lines.join('')}`;
}

class UsageError extends Error {}

async function main(args: readonly string[]): Promise<string> {
  const [name = '', ...rest] = args;
  if (name === 'compare') {
    const [before, after] = rest;
    if (before === undefined || after === undefined || rest.length > 2)
      throw new UsageError('compare takes two files');
    return compare(before, after);
  }
  if (name === '') return usage();
  const chosen = benches[name];
  if (!chosen) throw new UsageError(`${JSON.stringify(name)} is no bench`);
  const { isJson, cases, options } = parsed(chosen, rest);
  const result = await chosen.run(options, cases);
  sayNoMore();
  if (!isJson) return markdownOf(result);
  console.error(markdownOf(result));
  const saved: Saved = {
    ...{ bench: name, at: new Date().toISOString(), node: process.version, redis: await redisVersion() },
    figures: result.figures,
  };
  return JSON.stringify(saved, (_, value) => (typeof value === 'number' ? rounded(value) : value), 2);
}

function parsed({ cases, defaults }: Bench, args: string[]) {
  const options: Record<string, number> = { ...defaults };
  const flags = Object.keys(defaults).map((option) => [kebab(option), { type: 'string' }] as const);
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: { json: { type: 'boolean' }, ...Object.fromEntries(flags) },
  });
  for (const option of Object.keys(defaults)) {
    const text = (values as Record<string, unknown>)[kebab(option)];
    if (text === undefined) continue;
    options[option] = Number(text);
    if (!(Number.isSafeInteger(options[option]) && options[option] > 0)) {
      throw new UsageError(`--${kebab(option)}: ${JSON.stringify(text)} is not a whole number from 1`);
    }
  }
  const stranger = positionals.find((name) => !cases.includes(name));
  if (stranger !== undefined)
    throw new UsageError(`${JSON.stringify(stranger)} is no case (${cases.join(', ')})`);
  return {
    isJson: values.json === true,
    cases: positionals.length > 0 ? positionals : cases,
    options: options as Options,
  };
}

/** To more digits than anything measured here has. */
const rounded = (value: number) => Number(value.toPrecision(6));

/** Of the redis-server that the benches start. */
async function redisVersion(): Promise<string> {
  const { path, env } = await obtainRedisServer();
  const said = execFileSync(path, ['--version'], { env: { ...process.env, ...env }, encoding: 'utf8' });
  return /v=(\S+)/.exec(said)?.[1] ?? said.trim();
}

// What was started ends with this process, once it ends in order.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1));

try {
  console.log(await main(process.argv.slice(2)));
} catch (error) {
  sayNoMore();
  const isUsage =
    error instanceof UsageError || (error as { code?: string }).code?.startsWith('ERR_PARSE_ARGS');
  console.error(isUsage ? `${(error as Error).message}\n\n${usage()}` : error);
  process.exitCode = isUsage ? 2 : 1;
}
