// Builds dist/ from src/: compiled afresh, so that nothing of a deleted source file is left, with the Lua
// scripts and the descriptors beside the modules that read them. proto/ stays where it is, at the root of the package: src/ and
// dist/ are equally deep.
import { execFileSync } from 'node:child_process';
import { cpSync, rmSync } from 'node:fs';

rmSync('dist', { recursive: true, force: true });
try {
  execFileSync(process.execPath, ['node_modules/typescript/bin/tsc', '-p', 'tsconfig.build.json'], {
    stdio: 'inherit',
  });
} catch {
  process.exit(1); // tsc has already said what is wrong
}
for (const data of ['store/redis/scripts', 'gen/descriptor-set.binpb']) {
  cpSync(`src/${data}`, `dist/${data}`, { recursive: true });
}
