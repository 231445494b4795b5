import type { Command } from 'commander';
import { type Loaded, loadConfig } from '../config/load.js';
import { printJson, printYaml } from '../config/print.js';
import { addSettingOptions, givenFlags } from './options.js';
import { count } from './text.js';

const CHECK_HELP = `
Exit code 0: the settings can be used; what is allowed and probably not meant is listed on stderr.
Exit code 2: they cannot; every problem is listed on stderr, a line each.

Example:
  phid config check --config phid.yaml`;

const PRINT_HELP = `
The output is YAML that phid can load. A password is hidden, so put it back there. Thresholds that were set at run time
(phid tune --set) win over these; only a server knows of them: phid tune.

Examples:
  phid config print --config phid.yaml
  phid config print --explain > phid.yaml    a file to begin with, every setting explained
  phid config print --json | jq '."namespaces.default.window"'`;

export function addConfig(program: Command): void {
  const config = program
    .command('config')
    .description('check or show the settings that serve would use, from flags, environment and file');
  addSettingOptions(config.command('check').description('report everything that is wrong with the settings'))
    .addHelpText('after', CHECK_HELP)
    .action(check);
  addSettingOptions(
    config.command('print').description('show every setting in effect and where it came from'),
  )
    .option('--explain', 'also what each setting means, its range, and what too low and too high cost', false)
    .option(
      '--json',
      'by path: {"value": ..., "origin": ...}, "derived" where it follows from another; durations in ms',
      false,
    )
    .addHelpText('after', PRINT_HELP)
    .action(print);
}

function check(options: Record<string, unknown>): void {
  const loaded = load(options);
  const names = Object.keys(loaded.settings.namespaces);
  const where = loaded.file ?? 'no file';
  process.stdout.write(`ok (${where}): ${count(names.length, 'namespace')}: ${names.join(', ')}\n`);
}

function print(
  options: Record<string, unknown> & { readonly explain: boolean; readonly json: boolean },
): void {
  const loaded = load(options);
  process.stdout.write(options.json ? printJson(loaded) : printYaml(loaded, options.explain));
}

function load(options: Record<string, unknown>): Loaded {
  const loaded = loadConfig({ flags: givenFlags(options), env: process.env });
  for (const warning of loaded.warnings) process.stderr.write(`phid: warning: ${warning}\n`);
  return loaded;
}
