import { readFileSync } from 'node:fs';
import { expect } from 'vitest';
import { CONFIG_FLAG, type Loaded, loadConfig } from '../../src/config/load.js';
import { nodeSettings } from '../../src/config/node-settings.js';
import { envOf, flagOf } from '../../src/config/setting.js';

const KNOWN_FLAGS = [CONFIG_FLAG, ...Object.values(nodeSettings).map(flagOf)];
const KNOWN_ENV = Object.values(nodeSettings).map(envOf);

/** A container that runs phid, as a manifest describes it. */
interface PhidCommand {
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** Files that the container sees, by the path there: where they are here. */
  readonly files?: Readonly<Record<string, string>>;
}

/** What phid makes of such a command line and environment. Every flag and variable must be one that it has. */
export function loadedOf({ args: [command, ...args], env = {}, files = {} }: PhidCommand): Loaded {
  expect(command).toMatch(/^(serve|demo)$/);
  const flags = new Map<string, string>();
  const left = [...args];
  while (left.length > 0) {
    const flag = left.shift() as string;
    // It stands alone.
    const value = flag === '--insecure' ? 'true' : (left.shift() as string);
    if (command === 'demo' && flag === '--users') continue;
    expect(KNOWN_FLAGS).toContain(flag);
    flags.set(flag, flag === CONFIG_FLAG ? (files[value] as string) : value);
  }
  for (const variable of Object.keys(env)) expect(KNOWN_ENV).toContain(variable);
  const loaded = loadConfig({ flags, env });
  expect(loaded.warnings).toEqual([]);
  return loaded;
}

/** Port of host:port. */
export function portOf(address: string): number {
  return Number(address.slice(address.lastIndexOf(':') + 1));
}

/** What the image says of itself. */
export const dockerfile = readFileSync('Dockerfile', 'utf8');
