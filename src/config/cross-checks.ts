import { describeValue, type Entry } from './entry.js';
import { namespaceSettings } from './namespace-settings.js';
import { nodeSettings } from './node-settings.js';
import type { Problem } from './problem.js';
import type { Setting } from './setting.js';

/** What has been read so far; the checks add to it. */
interface Findings {
  readonly entries: readonly Entry[];
  readonly problems: Problem[];
  readonly warnings: string[];
}

/** Two settings that only make sense together: `left <relation> right`. */
interface Relation {
  readonly left: Setting<number>;
  readonly relation: 'at most' | 'below';
  readonly right: Setting<number>;
}

const nodeRelations: readonly Relation[] = [
  // A full message that can never be taken would be refused for ever.
  { left: nodeSettings.heartbeatsPerMessageMax, relation: 'at most', right: nodeSettings.pendingMax },
];

const { minSamples, window, expectedIntervalMs, maxSilenceMs, retentionMs, suspect, offline } =
  namespaceSettings;
const namespaceRelations: readonly Relation[] = [
  { left: minSamples, relation: 'at most', right: window },
  { left: expectedIntervalMs, relation: 'below', right: maxSilenceMs },
  { left: maxSilenceMs, relation: 'below', right: retentionMs },
  { left: suspect, relation: 'at most', right: offline },
];

const normalOnly = [
  namespaceSettings.logistic,
  namespaceSettings.acceptablePauseMs,
  namespaceSettings.minStdDevMs,
];

export function checkNode(findings: Findings): void {
  for (const relation of nodeRelations) checkRelation(relation, '', findings);
}

/** Checks the settings of one namespace against each other. */
export function checkNamespace(name: string, findings: Findings): void {
  const prefix = `namespaces.${name}.`;
  for (const relation of namespaceRelations) checkRelation(relation, prefix, findings);
  if (find(namespaceSettings.model, prefix, findings).value === 'normal') return;
  for (const setting of normalOnly) {
    const { path, origin } = find(setting, prefix, findings);
    if (origin.source !== 'default')
      findings.warnings.push(`${path}: has no effect, because model is not normal`);
  }
}

function checkRelation({ left, relation, right }: Relation, prefix: string, findings: Findings): void {
  const lesser = find(left, prefix, findings);
  const greater = find(right, prefix, findings);
  if (!lesser.isValid || !greater.isValid) return;
  const [a, b] = [lesser.value as number, greater.value as number];
  if (relation === 'below' ? a < b : a <= b) return;
  // Blame the one that somebody wrote: the way out is to change it, or to write the other one too.
  const blamed = lesser.origin.source === 'default' ? greater : lesser;
  const other = blamed === lesser ? greater : lesser;
  const required = {
    'at most': { left: 'at most', right: 'at least' },
    below: { left: 'below', right: 'above' },
  };
  const side = blamed === lesser ? 'left' : 'right';
  const isDefault = other.origin.source === 'default' ? ' by default' : '';
  findings.problems.push({
    path: blamed.path,
    text: `${describeValue(blamed)} is not ${required[relation][side]} ${other.path}, ${describeValue(other)}${isDefault}`,
    origin: blamed.origin,
  });
}

function find(setting: Setting, prefix: string, { entries }: Findings): Entry {
  return entries.find(({ path }) => path === prefix + setting.path) as Entry;
}
