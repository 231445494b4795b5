// Builds dist/ from src/: compiled afresh, so that nothing of a deleted source file is left, with the Lua
// scripts beside the modules that read them. proto/ stays where it is, at the root of the package: src/ and
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
const lua = 'store/redis/scripts';
cpSync(`src/${lua}`, `dist/${lua}`, { recursive: true });
