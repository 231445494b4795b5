import { isDeepStrictEqual } from 'node:util';
import { describeValue, type Entry } from './entry.js';
import { namespaceSettings, thresholdWays } from './namespace-settings.js';

const reloadable: readonly string[] = Object.values(thresholdWays).flatMap((ways) =>
  Object.values(ways).map(({ path }) => path),
);

/** What differs between the settings a node was started with and `next` and only a restart can apply, a line each. */
export function needingRestart(started: readonly Entry[], next: readonly Entry[]): string[] {
  const before = new Map(started.map((entry) => [entry.path, entry]));
  const after = new Map(next.map((entry) => [entry.path, entry]));
  const lines: string[] = [];
  for (const name of namespacesOf(started)) {
    if (!after.has(modelPath(name))) lines.push(`namespaces.${name} was removed`);
  }
  for (const name of namespacesOf(next)) {
    if (!before.has(modelPath(name))) lines.push(`namespaces.${name} was added`);
  }
  for (const [path, entry] of after) {
    const old = before.get(path);
    if (!old || isDeepStrictEqual(old.value, entry.value) || reloadable.includes(entry.setting.path))
      continue;
    lines.push(`${path} ${describeValue(old)} -> ${describeValue(entry)}`);
  }
  return lines;
}

function namespacesOf(entries: readonly Entry[]): string[] {
  const names = entries.filter(({ setting }) => setting.path === namespaceSettings.model.path);
  return names.map(({ path }) => path.split('.')[1] as string);
}

function modelPath(name: string): string {
  return `namespaces.${name}.${namespaceSettings.model.path}`;
}
