import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    globalSetup: ['test/support/global-setup.ts'],
    // A process each: tests kill servers, stall event loops and change signal handlers.
    pool: 'forks',
    testTimeout: 20_000,
    hookTimeout: 30_000,
    // A forgotten `.only` or a file without tests must not pass as a green run, and a flaky test must be
    // seen.
    allowOnly: false,
    passWithNoTests: false,
    retry: 0,
    // .ci/run counts from the JSON report.
    reporters: process.env.CI ? ['default', 'json'] : ['default'],
    outputFile: { json: 'node_modules/.cache/phid/vitest.json' },
  },
});
