import { describeValue, type Entry } from './entry.js';
import { isLoopback } from './loopback.js';
import { namespaceSettings, thresholdWays } from './namespace-settings.js';
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
  readonly left: Setting<number> | Setting<number | undefined>;
  readonly relation: 'at most' | 'below';
  readonly right: Setting<number> | Setting<number | undefined>;
}

const nodeRelations: readonly Relation[] = [
  // A full message that can never be taken would be refused for ever.
  { left: nodeSettings.heartbeatsPerMessageMax, relation: 'at most', right: nodeSettings.pendingMax },
];

const { minSamples, window, expectedIntervalMs, maxSilenceMs, retentionMs } = namespaceSettings;
const { suspect, offline } = thresholdWays;
const namespaceRelations: readonly Relation[] = [
  { left: minSamples, relation: 'at most', right: window },
  { left: expectedIntervalMs, relation: 'below', right: maxSilenceMs },
  { left: maxSilenceMs, relation: 'below', right: retentionMs },
  { left: suspect.phi, relation: 'at most', right: offline.phi },
  { left: offline.falseAlarmsPerUserDay, relation: 'at most', right: suspect.falseAlarmsPerUserDay },
  { left: suspect.detectionTimeMs, relation: 'at most', right: offline.detectionTimeMs },
  { left: suspect.detectionTimeMs, relation: 'at most', right: maxSilenceMs },
  { left: offline.detectionTimeMs, relation: 'at most', right: maxSilenceMs },
];

/** Settings that the model `normal` alone looks at. */
const normalOnly: readonly Setting[] = [
  namespaceSettings.logistic as Setting,
  namespaceSettings.acceptablePauseMs as Setting,
  namespaceSettings.minStdDevMs as Setting,
];

/** Settings that mean nothing without others. */
const nodeNeeds: readonly (readonly [setting: Pick<Setting, 'path'>, ...needed: Pick<Setting, 'path'>[]])[] =
  [
    [nodeSettings.tlsCert, nodeSettings.tlsKey],
    [nodeSettings.tlsKey, nodeSettings.tlsCert],
    [nodeSettings.tlsClientCa, nodeSettings.tlsCert],
    [nodeSettings.authJwks, nodeSettings.authCallers, nodeSettings.authIssuer, nodeSettings.authAudience],
    [nodeSettings.redisCa, nodeSettings.redis],
    [nodeSettings.redisCert, nodeSettings.redisKey],
    [nodeSettings.redisKey, nodeSettings.redisCert],
    [nodeSettings.authIssuer, nodeSettings.authJwks],
    [nodeSettings.authAudience, nodeSettings.authJwks],
  ];

export function checkNode(findings: Findings): void {
  for (const relation of nodeRelations) checkRelation(relation, '', findings);
  for (const [setting, ...needed] of nodeNeeds) checkNeeds(setting, needed, findings);
  checkPlaintext(findings);
  checkWorkers(findings);
}

function checkNeeds(
  setting: Pick<Setting, 'path'>,
  needed: readonly Pick<Setting, 'path'>[],
  findings: Findings,
): void {
  const { path, value, origin } = find(setting, '', findings);
  if (value === undefined || origin.source === 'default') return;
  for (const other of needed) {
    const { isValid, value: there } = find(other, '', findings);
    if (!isValid || there !== undefined) continue;
    findings.problems.push({ path, text: `needs ${other.path}, which is not set`, origin });
  }
}

/** What is sent in the clear can be read, and what is answered forged, by whoever is on the way. */
function checkPlaintext(findings: Findings): void {
  const isMeant = find(nodeSettings.insecure, '', findings).value === true;
  if (isMeant || find(nodeSettings.tlsCert, '', findings).value !== undefined) return;
  for (const setting of [nodeSettings.grpcAddr, nodeSettings.httpAddr]) {
    const entry = find(setting, '', findings);
    if (!entry.isValid || isLoopback(entry.value as string)) continue;
    findings.problems.push({
      path: entry.path,
      text: `${describeValue(entry)} can be reached from other machines, in plaintext; set tls.cert and tls.key, or say --insecure`,
      origin: entry.origin,
    });
  }
}

function checkWorkers(findings: Findings): void {
  const workers = find(nodeSettings.workers, '', findings);
  if (!workers.isValid || (workers.value as number) <= 1) return;
  if (find(nodeSettings.redis, '', findings).value !== undefined) return;
  findings.problems.push({
    path: workers.path,
    text: `${describeValue(workers)} needs redis: the embedded store is within one process`,
    origin: workers.origin,
  });
}

/** Checks the settings of one namespace against each other. */
export function checkNamespace(name: string, findings: Findings): void {
  const prefix = `namespaces.${name}.`;
  for (const relation of namespaceRelations) checkRelation(relation, prefix, findings);
  for (const ways of Object.values(thresholdWays)) checkWays(Object.values(ways), prefix, findings);
  if (find(namespaceSettings.model, prefix, findings).value === 'normal') return;
  for (const setting of normalOnly) {
    const { path, origin } = find(setting, prefix, findings);
    if (origin.source !== 'default')
      findings.warnings.push(`${path}: has no effect, because model is not normal`);
  }
}

/** A threshold can be for one thing only: the rest follows from it. */
function checkWays(ways: readonly Setting<number | undefined>[], prefix: string, findings: Findings): void {
  const written = ways
    .map((way) => find(way, prefix, findings))
    .filter(({ origin }) => origin.source !== 'default');
  const [first, ...others] = written;
  for (const { path, origin } of others) {
    const text = `cannot be set together with ${first?.path}: each follows from the other`;
    findings.problems.push({ path, text, origin });
  }
}

function checkRelation({ left, relation, right }: Relation, prefix: string, findings: Findings): void {
  const lesser = find(left, prefix, findings);
  const greater = find(right, prefix, findings);
  if (!lesser.isValid || !greater.isValid) return;
  // One of several ways to say a thing, and not the one that was taken.
  if (lesser.value === undefined || greater.value === undefined) return;
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

function find(setting: Pick<Setting, 'path'>, prefix: string, { entries }: Findings): Entry {
  return entries.find(({ path }) => path === prefix + setting.path) as Entry;
}
