import type { Logger } from 'pino';
import type { Loaded, Sources } from '../config/load.js';
import { type ForwardingPlace, newForwardingKey } from '../http/forwarding.js';
import { shareMetrics } from '../http/worker-metrics.js';
import type { Presence } from '../presence/presence.js';
import { startNode, stopSignal } from './node.js';
import { reload } from './reload.js';

/** What a worker tells the primary. */
export type WorkerMessage =
  | { readonly listening: { readonly grpcPort: number; readonly http: ForwardingPlace } }
  /** Why it cannot serve now; null when it can. */
  | { readonly unreadiness: string | null };

/** What the primary tells a worker: to end gracefully. */
export const STOP = 'phid:stop';

/** Where the primary finds its HTTP. */
const HTTP_ADDR = '127.0.0.1:0';

/** How often a worker looks whether it can serve, ms. */
const READINESS_INTERVAL_MS = 250;

/**
 * Runs one of several processes that serve on the same port: a node like any other, but that what it serves by HTTP is asked
 * for by the primary only. It ends when a signal or the primary says so, and at once when the primary is gone.
 */
export async function runWorker(sources: Sources, loaded: Loaded, log: Logger): Promise<void> {
  const signal = stopSignal();
  let presence: Presence | undefined;
  process.on('SIGHUP', () => presence && reload(presence, { sources, started: loaded, log }));
  const forwardingKey = newForwardingKey();
  const settings = { ...loaded.settings, httpAddr: HTTP_ADDR };
  const service = await startNode(settings, log, { forwardingKey }).catch((error: unknown) => {
    // Otherwise the connection to the primary would keep a process alive that could not start.
    process.channel?.unref();
    throw error;
  });
  presence = service.presence;
  const told = new Promise<void>((resolve) => {
    process.on('message', (message) => message === STOP && resolve());
  });
  shareMetrics(service.registry);
  const tell = (message: WorkerMessage) => process.send?.(message);
  let before: string | null | undefined;
  const report = () => {
    const unreadiness = service.unreadiness() ?? null;
    if (unreadiness !== before) tell({ unreadiness });
    before = unreadiness;
  };
  report();
  const reporting = setInterval(report, READINESS_INTERVAL_MS);
  const { grpcPort, httpPort } = service;
  tell({ listening: { grpcPort, http: { port: httpPort, key: forwardingKey } } });
  presence.sayThresholds();
  await Promise.race([told, signal]);
  clearInterval(reporting);
  await service.stop();
}
