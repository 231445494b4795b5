import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { newToken, tokenHash } from '../../src/access/token.js';
import { type Service, startService } from '../../src/service.js';
import { MemoryLog } from '../../test/support/log.js';
import { serviceSettings } from '../../test/support/settings.js';

/** A real node on loopback that asks who somebody is. */
export interface FuzzedNode {
  readonly service: Service;
  /** Of a caller who may do everything. */
  readonly token: string;
  /** Throws where the node has logged an error since it was asked last: whatever is thrown at it is nobody's fault but the sender's. */
  checkLog(): void;
  stop(): Promise<void>;
}

export async function startFuzzedNode(): Promise<FuzzedNode> {
  const folder = mkdtempSync(join(tmpdir(), 'phid-fuzz-'));
  const token = newToken();
  const callers = join(folder, 'callers.yml');
  const caller = { tokens: [tokenHash(token)], roles: ['admin'], namespaces: '*' };
  writeFileSync(callers, JSON.stringify({ callers: { fuzz: caller } }));
  const log = new MemoryLog();
  const limits = { callsPerSecond: 1_000_000, heartbeatsPerSecond: 10_000_000, streamsMax: 1_000 };
  const access = { callers, limits, jwt: undefined, isMetricsOpen: true, hasReflection: true };
  const service = await startService(serviceSettings({ access }), log);
  return {
    service,
    token,
    checkLog() {
      const errors = log.lines.filter(({ level }) => level === 'error');
      log.lines.length = 0;
      if (errors[0]) throw new Error(`the node logged ${JSON.stringify(errors[0])}`);
    },
    async stop() {
      await service.stop();
      rmSync(folder, { recursive: true });
    },
  };
}
