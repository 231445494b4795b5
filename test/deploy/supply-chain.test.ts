import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';

interface Locked {
  readonly version: string;
  readonly dev?: boolean;
  readonly integrity?: string;
}

interface Component {
  readonly name: string;
  readonly version: string;
  readonly properties: readonly { readonly name: string }[];
}

const manifest = JSON.parse(readFileSync('package.json', 'utf8'));
const lock = JSON.parse(readFileSync('package-lock.json', 'utf8'));
const locked = Object.entries<Locked>(lock.packages).filter(([path]) => path !== '');

describe('dependencies', () => {
  it('are of one version each, and what is installed is what was looked at', () => {
    for (const version of Object.values({ ...manifest.dependencies, ...manifest.devDependencies }))
      expect(version).toMatch(/^\d+\.\d+\.\d+$/);
    for (const [path, { integrity }] of locked) expect(integrity, path).toMatch(/^sha512-/);
  });

  it('run nothing when they are installed', () => {
    expect(Object.values(manifest.allowScripts)).not.toContain(true);
  });

  it('are all in the bill of materials, which says of those that only build and test phid that they do', () => {
    const [, command = '', ...args] = manifest.scripts.sbom.split(' ');
    const bom = JSON.parse(execFileSync('npm', [command, ...args], { encoding: 'utf8', maxBuffer: 2 ** 26 }));
    expect(bom.bomFormat).toBe('CycloneDX');
    const told = bom.components.map(({ name, version, properties }: Component) => {
      const isDev = properties.some((one) => one.name === 'cdx:npm:package:development');
      return `${name}@${version}${isDev ? ' dev' : ''}`;
    });
    const wanted = locked.map(
      ([path, { version, dev }]) => `${path.split('node_modules/').at(-1)}@${version}${dev ? ' dev' : ''}`,
    );
    expect([...new Set(told)].sort()).toEqual([...new Set(wanted)].sort());
  });
});
