import { DEFAULT_NAMESPACE } from '../presence/namespace.js';
import { type ConfigFile, readConfigFile } from './config-file.js';
import { checkNamespace, checkNode } from './cross-checks.js';
import type { Entry } from './entry.js';
import { NAMESPACE_NAME, NAMESPACE_NAME_ALLOWED, namespaceSettings } from './namespace-settings.js';
import { nearest } from './nearest.js';
import { nodeSettings } from './node-settings.js';
import { ConfigError, type Origin, type Problem, quote } from './problem.js';
import { envOf, flagOf, type Setting, type ValuesOf } from './setting.js';
import { type NamespaceValues, type NodeValues, type Settings, toSettings } from './settings.js';
import { Tree } from './tree.js';

/** What settings are read from; the file is named by `--config` or PHID_CONFIG. */
export interface Sources {
  /** Values of flags by their name, `--grpc-addr`. */
  readonly flags: ReadonlyMap<string, string>;
  readonly env: Readonly<Record<string, string | undefined>>;
}

export interface Loaded {
  readonly settings: Settings;
  /** Every setting in effect, in the order of the tables. */
  readonly entries: readonly Entry[];
  /** What is allowed and yet probably not meant, a line each. */
  readonly warnings: readonly string[];
  /** Path of the file, where there is one. */
  readonly file: string | undefined;
}

export const CONFIG_FLAG = '--config';
export const CONFIG_ENV = 'PHID_CONFIG';

type Table = Readonly<Record<string, Setting>>;

/** Flags over environment over file over defaults. Throws ConfigError with everything that is wrong. */
export function loadConfig({ flags, env }: Sources): Loaded {
  const file = fileOf({ flags, env });
  const problems: Problem[] = [];
  const entries: Entry[] = [];
  const warnings = misspeltVariables(env);
  const root = new Tree([], file?.content ?? {}, file, problems);

  const read = <T extends Table>(table: T, tree: Tree, isNode: boolean): ValuesOf<T> => {
    const values = Object.entries(table).map(([key, setting]) => {
      // Also when a flag wins: the file may say it.
      const inFile = tree.take(setting.path.split('.'));
      const found = (isNode ? override(setting, { flags, env }) : undefined) ?? inFile;
      const entry = entryOf(tree, setting, found, problems);
      entries.push(entry);
      return [key, entry.value];
    });
    return Object.fromEntries(values) as ValuesOf<T>;
  };

  const node: NodeValues = read(nodeSettings, root, true);
  const namespaces = new Map<string, NamespaceValues>();
  const named = root.child('namespaces');
  for (const name of namesOf(named, problems)) {
    const tree = named?.child(name) ?? new Tree(['namespaces', name], {}, undefined, problems);
    namespaces.set(name, read(namespaceSettings, tree, false));
  }
  root.reportUnknown();

  const findings = { entries, problems, warnings };
  checkNode(findings);
  for (const name of namespaces.keys()) checkNamespace(name, findings);
  if (problems.length > 0) throw new ConfigError(problems);
  if (!namespaces.has(DEFAULT_NAMESPACE)) {
    warnings.push(
      `namespaces: none is called ${DEFAULT_NAMESPACE}, so a request that names no namespace is refused`,
    );
  }
  return { settings: toSettings(node, namespaces), entries, warnings, file: file?.file };
}

interface Found {
  readonly raw: unknown;
  readonly origin: Origin;
}

/** What a flag or a variable says. An empty variable counts as not set: `PHID_REDIS=${REDIS:-}` of a compose file. */
function override(setting: Setting, { flags, env }: Sources): Found | undefined {
  const flag = flags.get(flagOf(setting));
  if (flag !== undefined) return { raw: flag, origin: { source: 'flag', name: flagOf(setting) } };
  const variable = env[envOf(setting)];
  if (variable) return { raw: variable, origin: { source: 'environment', name: envOf(setting) } };
  return undefined;
}

function entryOf(tree: Tree, setting: Setting, found: Found | undefined, problems: Problem[]): Entry {
  const path = [...tree.keys, setting.path].join('.');
  // `redis:` with nothing behind it is YAML's way to leave something out.
  if (!found || found.raw === null) {
    const isReplaced = setting.unless?.some((other) => isWritten(tree, other)) ?? false;
    const value = isReplaced ? undefined : setting.default;
    return { path, setting, value, isValid: true, origin: { source: 'default' } };
  }
  const { kind } = setting;
  const parsed = kind.schema.safeParse(found.raw);
  if (parsed.success) return { path, setting, value: parsed.data, isValid: true, origin: found.origin };
  const value = kind.secret ? 'the value (not shown: it may hold a password)' : quote(found.raw);
  const problem = kind.problem?.(found.raw);
  const text = `${value} is not ${kind.allowed}${problem ? `: ${problem}` : ''}`;
  problems.push({ path, text, origin: found.origin });
  return { path, setting, value: setting.default, isValid: false, origin: found.origin };
}

function fileOf({ flags, env }: Sources): ConfigFile | undefined {
  const flag = flags.get(CONFIG_FLAG);
  if (flag !== undefined) return readConfigFile(flag, { source: 'flag', name: CONFIG_FLAG });
  const variable = env[CONFIG_ENV];
  return variable ? readConfigFile(variable, { source: 'environment', name: CONFIG_ENV }) : undefined;
}

function isWritten(tree: Tree, path: string): boolean {
  const found = tree.take(path.split('.'));
  return found !== undefined && found.raw !== null;
}

/** Without a list of namespaces there is `default`; with one there is what it lists, and nothing else. */
function namesOf(named: Tree | undefined, problems: Problem[]): string[] {
  if (!named) return [DEFAULT_NAMESPACE];
  const names = named.names();
  if (names.length === 0 && named.isMapping) {
    const text = `the list is empty; name at least one, or leave it out for one namespace "${DEFAULT_NAMESPACE}"`;
    problems.push({ path: 'namespaces', text, origin: named.origin });
  }
  return names.filter((name) => {
    if (NAMESPACE_NAME.test(name)) return true;
    named.ignore(name);
    problems.push({
      path: `namespaces.${name}`,
      text: `${quote(name)} is not ${NAMESPACE_NAME_ALLOWED}`,
      origin: named.originOf(name),
    });
    return false;
  });
}

/**
 * Variables that are a slip of the hand away from a setting. Others that begin with PHID_ are left alone: Kubernetes
 * sets PHID_SERVICE_HOST, PHID_PORT and more for a service called `phid`.
 */
function misspeltVariables(env: Sources['env']): string[] {
  const known = new Set([
    ...Object.values(nodeSettings).map((setting) => envOf(setting)),
    CONFIG_ENV,
    'PHID_ADDR',
    'PHID_TOKEN',
  ]);
  return Object.keys(env).flatMap((name) => {
    if (!name.startsWith('PHID_') || known.has(name)) return [];
    const meant = nearest(
      name.slice('PHID_'.length),
      [...known].map((other) => other.slice('PHID_'.length)),
    );
    return meant ? [`${name}: no such setting, and so ignored; did you mean PHID_${meant}?`] : [];
  });
}
