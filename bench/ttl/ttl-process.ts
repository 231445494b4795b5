import { firstMessage, startChild, stopChild } from '../support/child.js';
import type { Mode } from './ttl-service.js';

interface TtlProcess {
  readonly address: string;
  readonly pid: number;
  stop(): Promise<void>;
}

/** The TTL service as a process of its own, on a free port. */
export async function startTtlService(mode: Mode, redisUrl: string): Promise<TtlProcess> {
  const child = startChild(new URL('./ttl-service.ts', import.meta.url), [mode, redisUrl]);
  const { address } = await firstMessage<{ address: string }>(child);
  return { address, pid: child.pid as number, stop: () => stopChild(child) };
}
