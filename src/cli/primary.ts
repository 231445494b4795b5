import type { Logger } from 'pino';
import { systemClock } from '../clock.js';
import type { Loaded } from '../config/load.js';
import { exposureOf } from '../http/exposure.js';
import { forwardingListener } from '../http/forwarding.js';
import { HttpCounts, startHttpServer } from '../http/server.js';
import { metricsOfWorkers } from '../http/worker-metrics.js';
import { openSecurity } from '../security.js';
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
  const counts = new HttpCounts();
  const http = await explained(async () => {
    const security = openSecurity(settings, { clock: systemClock, log });
    return startHttpServer(settings.httpAddr, {
      metrics: metricsOfWorkers(workers, { ...security, http: counts }),
      unreadiness: () => workers.unreadiness(),
      rest: forwardingListener(() => workers.nextHttpPlace()),
      counts,
      to: exposureOf(settings, security),
    });
  });
  const grpcPort = await workers.start(settings.workers);
  sayListening(loaded, log, { grpcPort, httpPort: http.port, workers: workers.pids });
  sayEnding(log, await stop);
  await workers.stop();
  await http.stop();
  sayEnded(log);
}
