import { obtainRedisServer } from './redis-binary.js';

/**
 * Vitest runs this once before all tests, so that a download is never made by several test files, or timed as
 * one.
 */
export default async function setup(): Promise<void> {
  await obtainRedisServer();
}
