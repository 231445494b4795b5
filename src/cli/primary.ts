import type { Logger } from 'pino';
import type { Loaded } from '../config/load.js';
import { forwardingListener } from '../http/forwarding.js';
import { startHttpServer } from '../http/server.js';
import { metricsOfWorkers } from '../http/worker-metrics.js';
import { explained, stopSignal } from './node.js';
import { sayEnded, sayEnding, sayListening } from './serve-log.js';
import { Workers } from './workers.js';

/**
 * Runs the process that starts the workers, serves /metrics and readiness for all of them, and passes other requests on to one
 * after the other; until a signal ends it.
 */
export async function runPrimary(loaded: Loaded, log: Logger): Promise<void> {
  const { settings } = loaded;
  const stop = stopSignal();
  const workers = new Workers(log);
  process.on('SIGHUP', () => workers.reload());
  const http = await explained(() =>
    startHttpServer(settings.httpAddr, {
      metrics: metricsOfWorkers(workers),
      unreadiness: () => workers.unreadiness(),
      rest: forwardingListener(() => workers.nextHttpPort()),
    }),
  );
  const grpcPort = await workers.start(settings.workers);
  sayListening(loaded, log, { grpcPort, httpPort: http.port, workers: workers.pids });
  sayEnding(log, await stop);
  await workers.stop();
  await http.stop();
  sayEnded(log);
}
