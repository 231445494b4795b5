import { rmSync, writeFileSync } from 'node:fs';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { FileBacked, LOOK_INTERVAL_MS } from '../src/file-backed.js';
import { temporaryFile } from './config/config-fixture.js';
import { MemoryLog } from './support/log.js';
import { ManualClock } from './support/manual-clock.js';

let clock: ManualClock;
let log: MemoryLog;
let paths: [string, string];
let backed: FileBacked<string>;
let heard: string[];

/** Takes what begins with the same letter in both files. */
function parse([a = Buffer.of(), b = Buffer.of()]: readonly Buffer[]): string {
  const text = `${a} ${b}`;
  if (String(a)[0] !== String(b)[0]) throw new Error(`${text} do not go together`);
  return text;
}

beforeEach(() => {
  clock = new ManualClock();
  log = new MemoryLog();
  paths = [temporaryFile('a', 'x1'), temporaryFile('b', 'x2')];
  backed = new FileBacked({ what: 'the pair', paths, parse, clock, log });
  heard = [];
  backed.follow((value) => heard.push(value));
});
afterEach(() => backed.close());

/** A look, and what it reads. */
async function look(): Promise<void> {
  await clock.advance(LOOK_INTERVAL_MS);
  await vi.waitFor(() => expect(clock.timers).toBe(1));
}

it('takes over what has changed when it has stood still for one look, and tells of it', async () => {
  writeFileSync(paths[0], 'y1');
  writeFileSync(paths[1], 'y2');
  await look();
  expect([backed.value, heard]).toEqual(['x1 x2', []]);
  await look();
  expect([backed.value, heard, backed.counts]).toEqual(['y1 y2', ['y1 y2'], { reloads: 1, failures: 0 }]);
  expect(log.text).toContain('the pair has changed and was taken over');
  await look();
  expect(heard).toHaveLength(1);
});

it('does not mind that one file of two is replaced before the other', async () => {
  writeFileSync(paths[0], 'y1');
  await look();
  writeFileSync(paths[1], 'y2');
  await look();
  await look();
  expect([backed.value, backed.counts]).toEqual(['y1 y2', { reloads: 1, failures: 0 }]);
});

it('keeps the last where the new cannot be used, says so once, and takes what comes after', async () => {
  writeFileSync(paths[0], 'y1');
  for (let i = 0; i < 5; i++) await look();
  expect([backed.value, heard, backed.counts]).toEqual(['x1 x2', [], { reloads: 0, failures: 1 }]);
  expect(log.lines.filter(({ level }) => level === 'error')).toHaveLength(1);
  expect(log.text).toContain('the one before stays in force: y1 x2 do not go together');
  writeFileSync(paths[0], 'x3');
  await look();
  await look();
  expect([backed.value, backed.counts]).toEqual(['x3 x2', { reloads: 1, failures: 1 }]);
});

it('keeps the last where a file is gone, and says which', async () => {
  rmSync(paths[1]);
  await look();
  await look();
  expect([backed.value, backed.counts.failures]).toEqual(['x1 x2', 1]);
  expect(log.text).toContain(`${paths[1]} cannot be read: ENOENT`);
});

it('has nothing to begin with where a file cannot be read or used', () => {
  const start = (files: string[]) => () => new FileBacked({ what: 'it', paths: files, parse, clock, log });
  expect(start(['/nowhere/a', paths[1]])).toThrow('/nowhere/a cannot be read: ENOENT');
  expect(start([paths[0], temporaryFile('b', 'y')])).toThrow('x1 y do not go together');
});

it('looks no more when it is closed', async () => {
  backed.close();
  expect(clock.timers).toBe(0);
});
