import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';
import { type Loaded, loadConfig } from '../../src/config/load.js';
import { ConfigError, describeProblem } from '../../src/config/problem.js';

const root = mkdtempSync(join(tmpdir(), 'phid-test-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));

/** A file of this content in a folder of its own, gone after the tests of the file. */
export function temporaryFile(name: string, content: string | Buffer): string {
  const folder = mkdtempSync(join(root, 'case-'));
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}

interface Given {
  readonly yaml?: string;
  readonly flags?: Readonly<Record<string, string>>;
  readonly env?: Readonly<Record<string, string>>;
}

export function load({ yaml, flags = {}, env = {} }: Given): Loaded {
  const file = yaml === undefined ? {} : { '--config': temporaryFile('phid.yaml', yaml) };
  return loadConfig({ flags: new Map(Object.entries({ ...file, ...flags })), env });
}

/** The problems that stop the start, a line each, with the file's folder left out; none when it would start. */
export function problemsOf(given: Given): string[] {
  try {
    load(given);
    return [];
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return error.problems.map(describeProblem).map((line) => line.replace(/\([^()]*\/(phid\.yaml)/, '($1'));
  }
}
