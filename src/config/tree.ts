import type { ConfigFile } from './config-file.js';
import { nearest } from './nearest.js';
import { type Origin, type Problem, quote } from './problem.js';

type Mapping = Readonly<Record<string, unknown>>;

/**
 * A mapping of the file while settings are taken from it. It remembers what was asked for, so that the rest can be
 * reported with the name that was probably meant.
 */
export class Tree {
  /** Where this mapping is in the file. */
  readonly keys: readonly string[];
  readonly isMapping: boolean;
  readonly #mapping: Mapping;
  readonly #content: unknown;
  readonly #file: ConfigFile | undefined;
  readonly #problems: Problem[];
  readonly #known = new Set<string>();
  readonly #children = new Map<string, Tree | undefined>();

  constructor(keys: readonly string[], content: unknown, file: ConfigFile | undefined, problems: Problem[]) {
    this.keys = keys;
    this.#file = file;
    this.#problems = problems;
    this.isMapping = content === null || (typeof content === 'object' && !Array.isArray(content));
    this.#content = content;
    this.#mapping = this.isMapping ? ((content ?? {}) as Mapping) : {};
  }

  get origin(): Origin {
    return this.#file?.originOf(this.keys) ?? { source: 'default' };
  }

  originOf(key: string): Origin {
    return this.#file?.originOf([...this.keys, key]) ?? { source: 'default' };
  }

  names(): string[] {
    return Object.keys(this.#mapping);
  }

  /** The value at a path below this mapping, and where it is; undefined when there is none. */
  take([key, ...rest]: readonly string[]): { raw: unknown; origin: Origin } | undefined {
    if (key === undefined) return undefined;
    if (rest.length > 0) return this.child(key)?.take(rest);
    this.#known.add(key);
    return Object.hasOwn(this.#mapping, key)
      ? { raw: this.#mapping[key], origin: this.originOf(key) }
      : undefined;
  }

  /** The mapping under a key; undefined when there is none. The same one each time. */
  child(key: string): Tree | undefined {
    this.#known.add(key);
    if (!this.#children.has(key)) {
      const exists =
        Object.hasOwn(this.#mapping, key) && (this.keys.length > 0 || this.#mapping[key] !== null);
      const tree = exists
        ? new Tree([...this.keys, key], this.#mapping[key], this.#file, this.#problems)
        : undefined;
      this.#children.set(key, tree);
    }
    return this.#children.get(key);
  }

  ignore(key: string): void {
    this.#known.add(key);
  }

  /** Reports every key, here and below, that nobody asked for. */
  reportUnknown(): void {
    if (!this.isMapping) {
      const known = [...this.#known].slice(0, 3).map((key) => `${key}: ...`);
      const text = `${quote(this.#content)} is not a mapping${known.length > 0 ? `, such as { ${known.join(', ')} }` : ''}`;
      this.#problems.push({ path: this.keys.join('.') || 'config', text, origin: this.origin });
    }
    for (const key of this.names()) {
      if (this.#known.has(key)) continue;
      const meant = nearest(key, this.#known);
      const hint = meant ? `did you mean ${meant}?` : `known here: ${[...this.#known].join(', ')}`;
      this.#problems.push({
        path: [...this.keys, key === '' ? '""' : key].join('.'),
        text: `there is no such setting; ${hint}`,
        origin: this.originOf(key),
      });
    }
    for (const child of this.#children.values()) child?.reportUnknown();
  }
}
