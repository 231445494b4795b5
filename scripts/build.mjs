// Builds dist/ from src/ and console/: compiled afresh, so that nothing of a deleted source file is left, with the Lua
// scripts and the descriptors beside the modules that read them. proto/ stays where it is, at the root of the package: src/ and
// dist/ are equally deep.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, rmSync } from 'node:fs';

/** Resolves with whether it succeeded; what is wrong, it has said. @param {string} script @param {...string} args */
async function succeeds(script, ...args) {
  const child = spawn(process.execPath, [`node_modules/${script}`, ...args], { stdio: 'inherit' });
  const [code] = await once(child, 'exit');
  return code === 0;
}

rmSync('dist', { recursive: true, force: true });
const done = await Promise.all([
  succeeds('typescript/bin/tsc', '-p', 'tsconfig.build.json'),
  succeeds('vite/bin/vite.js', 'build', '--config', 'console/vite.config.ts'),
]);
if (done.includes(false)) process.exit(1);
for (const data of ['store/redis/scripts', 'gen/descriptor-set.binpb']) {
  cpSync(`src/${data}`, `dist/${data}`, { recursive: true });
}
