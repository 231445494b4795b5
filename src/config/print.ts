import { stringify } from 'yaml';
import { secondsText } from '../presence/threshold-text.js';
import { derivedThresholds } from './derived.js';
import type { Entry } from './entry.js';
import type { Loaded } from './load.js';
import { describeOrigin } from './problem.js';

type Printed = Pick<Loaded, 'entries' | 'settings'>;

/**
 * The settings in effect as YAML that can be loaded again, each with where it came from; passwords are hidden. Beside
 * what a threshold is for stand, as comments, the other ways to say it. With `explain` also what each means, its range, and what too low and too high cost.
 */
export function printYaml(loaded: Printed, explain: boolean): string {
  const { entries } = loaded;
  const derived = derivedThresholds(loaded);
  const lines: string[] = [];
  let open: string[] = [];
  for (const entry of entries) {
    const keys = entry.path.split('.');
    const parents = keys.slice(0, -1);
    let shared = 0;
    while (shared < parents.length && parents[shared] === open[shared]) shared += 1;
    if (explain && lines.length > 0) lines.push('');
    for (let depth = shared; depth < parents.length; depth++)
      lines.push(`${indent(depth)}${parents[depth]}:`);
    open = parents;
    const margin = indent(parents.length);
    if (explain) lines.push(...explanation(entry).map((text) => `${margin}# ${text}`));
    lines.push(`${margin}${assignment(entry, keys.at(-1) as string, derived.get(entry.path))}`);
  }
  return `${lines.join('\n')}\n`;
}

/**
 * The same for machines: value and origin by path; durations in ms, passwords hidden. What follows from the setting
 * that says what a threshold is for is `derived`.
 */
export function printJson(loaded: Printed): string {
  const { entries } = loaded;
  const derived = derivedThresholds(loaded);
  const settings = entries.map(({ path, setting, value, origin }) => {
    const isText = typeof value === 'string';
    const shown = {
      value: isText ? setting.kind.show(value) : (value ?? null),
      origin: describeOrigin(origin),
    };
    const follows = value === undefined ? derived.get(path) : undefined;
    return [path, follows === undefined ? shown : { ...shown, derived: follows }];
  });
  return `${JSON.stringify(Object.fromEntries(settings), null, 2)}\n`;
}

function assignment({ setting, value, origin }: Entry, key: string, derived: number | undefined): string {
  if (value === undefined && derived !== undefined) {
    const text = setting.kind.placeholder === 'duration' ? secondsText(derived) : derived;
    return `# ${key}: ${text}  # what it comes to before anything is learned`;
  }
  const comment = `  # ${describeOrigin(origin)}`;
  if (value === undefined) return `# ${key}:${comment}`;
  return `${key}: ${stringify(setting.kind.show(value)).trim()}${comment}`;
}

function explanation({ setting }: Entry): string[] {
  const { meaning, kind, tooLow, tooHigh } = setting;
  const lines = [meaning, `Value: ${kind.allowed}.`];
  if (tooLow) lines.push(`Too low: ${tooLow}.`);
  if (tooHigh) lines.push(`Too high: ${tooHigh}.`);
  return lines;
}

function indent(depth: number): string {
  return '  '.repeat(depth);
}
