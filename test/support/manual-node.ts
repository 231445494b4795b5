import { type ServiceSettings, startService } from '../../src/service.js';
import { MemoryLog } from './log.js';
import { ManualClock } from './manual-clock.js';
import { type Node, nodeOf } from './node.js';
import { serviceSettings } from './settings.js';

/** A real node on the embedded store, for which time passes only when it is told to. */
export interface ManualNode extends Node {
  readonly clock: ManualClock;
}

export async function startManualNode(overrides: Partial<ServiceSettings> = {}): Promise<ManualNode> {
  const clock = new ManualClock();
  const log = new MemoryLog();
  const node = nodeOf(await startService(serviceSettings(overrides), log, { clock }), log);
  return {
    ...node,
    clock,
    async seed(past) {
      const seeded = node.seed(past);
      await clock.advance(10);
      await seeded;
    },
  };
}
