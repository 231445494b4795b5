// Every check short of the tests. Runs all of them, so that one run tells everything that is wrong; two at a
// time would only mix their output.
import { spawnSync } from 'node:child_process';

const checks = [
  { name: 'types', command: 'tsc' },
  { name: 'types of the console', command: 'tsc -p console' },
  { name: 'lint and format', command: 'biome check --error-on-warnings' },
  { name: 'proto lint', command: 'buf lint' },
  { name: 'proto format', command: 'buf format --diff --exit-code' },
  { name: 'unused files, exports and dependencies', command: 'knip' },
  { name: 'generated code', command: 'node scripts/gen.mjs --check' },
  { name: 'table of who may call what', command: 'tsx scripts/access-table.ts --check' },
  { name: 'dashboard', command: 'node scripts/dashboard.mjs --check' },
];

const failed = checks.filter(({ name, command }) => {
  const startedAtMs = performance.now();
  // `npm run` has put node_modules/.bin on the PATH; the shell makes that work for Windows' .cmd files too.
  const { status } = spawnSync(command, { shell: true, stdio: 'inherit' });
  const seconds = ((performance.now() - startedAtMs) / 1000).toFixed(1);
  console.log(`${status === 0 ? 'ok    ' : 'FAILED'} ${name} (${command}, ${seconds} s)`);
  return status !== 0;
});

if (failed.length > 0) {
  console.error(
    `${failed.length} of ${checks.length} checks failed: ${failed.map(({ name }) => name).join('; ')}`,
  );
  process.exitCode = 1;
}
