import type { Kind } from './kinds.js';

/** One setting: everything that validation, `--help` and `config print` know about it. */
export interface Setting<T = unknown> {
  /** Where it is in the YAML file, dotted; for a setting of a namespace, below that namespace. */
  readonly path: string;
  readonly kind: Kind<T>;
  /** Undefined: unset, where that means something. */
  readonly default: NoInfer<T>;
  /** Paths of settings that take its place: where one of them is written, there is no default. */
  readonly unless?: readonly string[];
  readonly meaning: string;
  /** What a value too low, or too high, costs. */
  readonly tooLow?: string;
  readonly tooHigh?: string;
}

/** The values of a table of settings. */
export type ValuesOf<Table> = {
  [Key in keyof Table]: Table[Key] extends Setting<infer T> ? T : never;
};

export function setting<T>(definition: Setting<T>): Setting<T> {
  return definition;
}

/** A setting that may be left out altogether. */
export function optional<T>(definition: Omit<Setting<T>, 'default'>): Setting<T | undefined> {
  return { ...definition, kind: definition.kind as Kind<T | undefined>, default: undefined };
}

/** `limits.streams_max` is `--limits-streams-max`. */
export function flagOf({ path }: Pick<Setting, 'path'>): string {
  return `--${path.replace(/[._]/g, '-')}`;
}

/** `limits.streams_max` is `PHID_LIMITS_STREAMS_MAX`. */
export function envOf({ path }: Pick<Setting, 'path'>): string {
  return `PHID_${path.replace(/\./g, '_').toUpperCase()}`;
}

/** The value as it is shown, `unset` where there is none. */
export function shown<T>({ kind }: Setting<T>, value: T): string {
  return value === undefined ? 'unset' : String(kind.show(value));
}
