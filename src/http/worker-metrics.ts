import type { Worker } from 'node:cluster';
import { AggregatorRegistry } from 'prom-client';
import type { FamilyObject } from './metrics/family.js';
import { NodeRegistry } from './metrics/node-registry.js';
import { declareSecurity, type Guarded } from './metrics/security-metrics.js';
import type { MetricsSource } from './server.js';

/** A primary's question, and a worker's answer. */
interface MetricsMessage {
  readonly metricsId?: number;
  readonly metrics?: FamilyObject[];
}

/** A worker that does not answer in this time, ms, is left out. */
const ANSWER_MS_MAX = 3_000;

/** In a worker: its metrics are part of what the primary shows. */
export function shareMetrics(registry: NodeRegistry): void {
  process.on('message', async ({ metricsId }: MetricsMessage) => {
    if (metricsId === undefined) return;
    process.send?.({ metricsId, metrics: await registry.objects() });
  });
}

/** What the primary knows of its workers. */
interface WorkersSource {
  /** Those that serve. */
  readonly listening: Iterable<Worker>;
  readonly pids: readonly number[];
  /** Those that ended unasked. */
  readonly died: number;
}

/**
 * In the primary: the metrics of all workers, put together as each metric says (sums, mostly), and its own. Not by
 * clusterMetrics of prom-client: that waits for those that have not yet started, or have just died, and fails.
 */
export function metricsOfWorkers(workers: WorkersSource, security: Guarded): MetricsSource {
  const own = new NodeRegistry();
  declareSecurity(own.declare, security);
  own.declare.gauge('phid_workers', 'Processes that serve.', () => workers.pids.length);
  own.declare.counter(
    'phid_workers_died_total',
    'Workers that ended unasked; each was replaced.',
    () => workers.died,
  );
  return {
    contentType: own.contentType,
    async metrics() {
      const answers = await Promise.all(Array.from(workers.listening, metricsOf));
      const all = AggregatorRegistry.aggregate([...answers, await own.objects()]);
      return all.metrics();
    },
  };
}

let nextId = 1;

/** What a worker counted; nothing when it ends, or is too busy to say. */
function metricsOf(worker: Worker): Promise<FamilyObject[]> {
  return new Promise((resolve) => {
    const id = nextId++;
    const done = (metrics: FamilyObject[]) => {
      clearTimeout(timer);
      worker.off('message', onMessage);
      worker.off('exit', onExit);
      resolve(metrics);
    };
    const onMessage = ({ metricsId, metrics }: MetricsMessage) => {
      if (metricsId === id && metrics) done(metrics);
    };
    const onExit = () => done([]);
    const timer = setTimeout(onExit, ANSWER_MS_MAX);
    worker.on('message', onMessage);
    worker.on('exit', onExit);
    if (worker.isConnected()) worker.send({ metricsId: id });
    else done([]);
  });
}
