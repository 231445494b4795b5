import type { Logger } from 'pino';
import type { Loaded } from '../config/load.js';
import { isLoopback } from '../config/loopback.js';
import { redisUrl } from '../config/redis-url.js';
import { boundAddress } from './node.js';

interface Listening {
  readonly grpcPort: number;
  readonly httpPort: number;
  /** Ids of the processes that serve, where there are several. */
  readonly workers?: readonly number[];
}

/** What phid serve says of itself, alone or with workers. */
export function sayListening(
  { settings, file }: Loaded,
  log: Logger,
  { grpcPort, httpPort, workers }: Listening,
): void {
  const grpc = boundAddress(settings.grpcAddr, grpcPort);
  const http = boundAddress(settings.httpAddr, httpPort);
  const store = settings.redis ? `Redis at ${redisUrl.show(settings.redis)}` : 'embedded';
  const namespaces = Object.keys(settings.namespaces);
  const tls = settings.tls !== undefined;
  const facts = {
    grpc,
    http,
    tls,
    store,
    namespaces,
    ...(workers && { workers }),
    ...(file && { config: file }),
  };
  const text = `phid listens: gRPC on ${grpc}, HTTP on ${http}; store: ${store}; namespaces: ${namespaces.join(', ')}`;
  const isOpen = !settings.access && ![settings.grpcAddr, settings.httpAddr].every(isLoopback);
  if (isOpen)
    log.warn(
      {},
      'no callers are configured (auth.callers): whoever reaches these addresses may do everything',
    );
  log.info(facts, workers ? `${text}; workers: ${workers.length}` : text);
}

export function sayEnding(log: Logger, signal: string): void {
  log.info({}, `${signal}: ending; what was acknowledged is recorded`);
}

export function sayEnded(log: Logger): void {
  log.info({}, 'ended');
}
