import { execFileSync } from 'node:child_process';
import { obtainRedisServer } from './redis-binary.js';

/**
 * Vitest runs this once before all tests: builds the CLI that the tests run as a user would, and gets a redis-server, so
 * that a download is never made by several test files, or timed as one.
 */
export default async function setup(): Promise<void> {
  execFileSync(process.execPath, ['scripts/build.mjs'], { stdio: 'inherit' });
  await obtainRedisServer();
}
