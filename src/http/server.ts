import cluster from 'node:cluster';
import { once } from 'node:events';
import { createServer, type RequestListener, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { send, sendText } from './send.js';

export interface HttpServer {
  readonly port: number;
  stop(): Promise<void>;
}

/** What /metrics shows. */
export interface MetricsSource {
  readonly contentType: string;
  metrics(): Promise<string>;
}

interface HttpOptions {
  readonly metrics: MetricsSource;
  /** Undefined when the node can serve; otherwise why not, in one line. */
  readonly unreadiness: () => string | undefined;
  /** Answers everything else. */
  readonly rest: RequestListener;
}

/**
 * Serves /metrics for Prometheus, /healthz (the process answers), /readyz (it can serve: the store is reachable), and the rest.
 * Rejects when the address, host:port, cannot be bound.
 */
export async function startHttpServer(
  address: string,
  { metrics, unreadiness, rest }: HttpOptions,
): Promise<HttpServer> {
  const machinePages: Readonly<Record<string, (response: ServerResponse) => void>> = {
    '/healthz': (response) => sendText(response, 200, 'ok'),
    '/readyz': (response) => {
      const reason = unreadiness();
      sendText(response, reason === undefined ? 200 : 503, reason ?? 'ok');
    },
    '/metrics': (response) => void sendMetrics(response, metrics),
  };
  const server = createServer((request, response) => {
    const page = machinePages[request.url?.split('?', 1)[0] ?? ''];
    if (!page) rest(request, response);
    else if (request.method === 'GET' || request.method === 'HEAD') page(response);
    else sendText(response, 405, 'only GET is served here', { allow: 'GET, HEAD' });
  });
  const colon = address.lastIndexOf(':');
  const host = address.slice(0, colon).replace(/^\[|\]$/g, '');
  // Each worker has a port of its own, which only the primary asks.
  server.listen({ port: Number(address.slice(colon + 1)), host, exclusive: cluster.isWorker });
  try {
    await once(server, 'listening');
  } catch (error) {
    throw new Error(`HTTP cannot listen on ${address}: ${(error as Error).message}`);
  }
  return {
    port: (server.address() as AddressInfo).port,
    async stop() {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

async function sendMetrics(response: ServerResponse, metrics: MetricsSource): Promise<void> {
  try {
    send(response, { status: 200, type: metrics.contentType, body: await metrics.metrics() });
  } catch (error) {
    sendText(response, 500, (error as Error).message);
  }
}
