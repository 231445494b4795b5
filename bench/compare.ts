import { readFile } from 'node:fs/promises';
import type { Figure } from './support/bench.js';
import { numberText, table } from './support/print.js';
import { magnitudeOf } from './support/statistics.js';

/** What `--json` writes. */
export interface Saved {
  readonly bench: string;
  /** When it was measured, in ISO 8601. */
  readonly at: string;
  readonly node: string;
  readonly redis: string;
  readonly figures: Readonly<Record<string, Figure>>;
}

/** A table of two results of one bench: before, after, and what became of each figure. Throws when they are of two. */
export async function compare(beforePath: string, afterPath: string): Promise<string> {
  const [before, after] = await Promise.all([readSaved(beforePath), readSaved(afterPath)]);
  if (before.bench !== after.bench) {
    throw new Error(`${beforePath} is of ${before.bench}, ${afterPath} of ${after.bench}`);
  }
  const names = new Set([...Object.keys(before.figures), ...Object.keys(after.figures)]);
  const rows = [...names].map((name) => {
    const [was, is] = [before.figures[name], after.figures[name]].map((f) =>
      f === undefined ? undefined : magnitudeOf(f),
    );
    return [name, cell(was), cell(is), was === undefined || is === undefined ? '' : cell(is / was)];
  });
  return table(['figure', before.at, after.at, 'ratio'], rows);
}

const cell = (value: number | undefined) => (value === undefined ? '' : numberText(value));

async function readSaved(path: string): Promise<Saved> {
  const saved = JSON.parse(await readFile(path, 'utf8')) as Saved;
  if (typeof saved.figures !== 'object') throw new Error(`${path}: holds no figures; write it with --json`);
  return saved;
}
