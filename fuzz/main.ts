import { parseArgs } from 'node:util';
import { table } from '../bench/support/print.js';
import { say, sayNoMore } from '../bench/support/progress.js';
import { type Outcome, runTarget } from './support/run.js';
import { targets } from './targets/all.js';

const list = () =>
  targets
    .map(({ name, what, cases }) => `  ${name.padEnd(17)}${what} (${cases.toLocaleString('en')})\n`)
    .join('');

const usage = () => `usage: npm run fuzz -- [NAME...] [options]

Throws input that nobody should send at what reads it, and holds what it does against what it should: a million cases in all.
Progress goes to stderr, the table to stdout. Exit code 1: something did not hold; how to run just that case is said.

  --cases N     cases of each, in place of those below
  --seed S      the cases of this seed, always the same; without it, others each time
  --path P      one case: that of a failure
  --json        the outcomes as JSON on stdout, the table on stderr
  --list        names, one a line
  --help        this

${list()}`;

class UsageError extends Error {}

function wholeNumber(name: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  if (/^-?\d{1,10}$/.test(text)) return Number(text);
  throw new UsageError(`--${name}: ${JSON.stringify(text)} is not a whole number`);
}

function parsed(args: readonly string[]) {
  const flag = { type: 'boolean', default: false } as const;
  const text = { type: 'string' } as const;
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: { list: flag, json: flag, help: flag, cases: text, seed: text, path: text },
  });
  const chosen = positionals.map((name) => {
    const found = targets.find((one) => one.name === name);
    if (!found) throw new UsageError(`${JSON.stringify(name)} is no target. There are:\n${list()}`);
    return found;
  });
  const cases = wholeNumber('cases', values.cases);
  if (cases !== undefined && cases < 1)
    throw new UsageError(`--cases: ${cases} is not a whole number from 1`);
  const seed = wholeNumber('seed', values.seed);
  if (values.path !== undefined && (chosen.length !== 1 || seed === undefined))
    throw new UsageError('--path is of one target, and of a --seed');
  return { ...values, cases, seed, chosen: chosen.length > 0 ? chosen : targets };
}

function tableOf(outcomes: readonly Outcome[]): string {
  const rows = outcomes.map(({ target, cases, seed, seconds, grownBytes, failure }) => [
    ...[target, cases.toLocaleString('en'), String(seed), String(seconds), (grownBytes / 2 ** 20).toFixed(1)],
    failure ? 'failed' : 'holds',
  ]);
  return table(['target', 'cases', 'seed', 's', 'grown, MiB', 'verdict'], rows);
}

async function main(args: readonly string[]): Promise<void> {
  const { list: isList, help, json, cases, seed, path, chosen } = parsed(args);
  if (help) return console.log(usage());
  if (isList) return console.log(chosen.map(({ name }) => name).join('\n'));
  const outcomes: Outcome[] = [];
  for (const target of chosen) {
    const all = cases ?? target.cases;
    const outcome = await runTarget(target, {
      ...{ cases: all, path, seed: seed ?? Math.floor(Math.random() * 2 ** 31) },
      progress: (count) =>
        say(`${target.name.padEnd(17)}${count.toLocaleString('en')} of ${all.toLocaleString('en')}`),
    });
    sayNoMore();
    outcomes.push(outcome);
    if (!outcome.failure) continue;
    const { error, input, command } = outcome.failure;
    console.error(`${target.name}: ${error}\n\n${input}\n\n${command}\n`);
    process.exitCode = 1;
  }
  if (!json) return console.log(tableOf(outcomes));
  console.error(tableOf(outcomes));
  console.log(JSON.stringify(outcomes, null, 2));
}

// What was started ends with this process, once it ends in order.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1));

try {
  await main(process.argv.slice(2));
} catch (error) {
  sayNoMore();
  const isUsage =
    error instanceof UsageError || (error as { code?: string }).code?.startsWith('ERR_PARSE_ARGS');
  console.error(isUsage ? `${(error as Error).message}\nnpm run fuzz -- --help says more.` : error);
  process.exitCode = isUsage ? 2 : 1;
}
