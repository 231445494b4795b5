import { execFileSync } from 'node:child_process';
import { obtainChromium } from './chromium.js';
import { obtainPrometheus } from './prometheus-binary.js';
import { obtainRedisServer } from './redis-binary.js';

/**
 * Vitest runs this once before all tests: builds the CLI that the tests run as a user would, and gets redis-server,
 * Prometheus and Chromium, so that a download is never made by several test files, or timed as one.
 */
export default async function setup(): Promise<void> {
  execFileSync(process.execPath, ['scripts/build.mjs'], { stdio: 'inherit' });
  await obtainRedisServer();
  await obtainPrometheus('prometheus');
  await obtainChromium();
}
