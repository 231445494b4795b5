import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

interface HttpServer {
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
}

/**
 * The page for machines: /metrics for Prometheus, /healthz (the process answers), /readyz (it can serve: the store is
 * reachable). Rejects when the address, host:port, cannot be bound.
 */
export async function startHttpServer(address: string, options: HttpOptions): Promise<HttpServer> {
  const server = createServer((request, response) => {
    const path = (request.url ?? '/').split('?', 1)[0];
    if (request.method !== 'GET' && request.method !== 'HEAD')
      send(response, 405, 'only GET is served here\n');
    else if (path === '/healthz') send(response, 200, 'ok\n');
    else if (path === '/readyz') {
      const reason = options.unreadiness();
      send(response, reason === undefined ? 200 : 503, `${reason ?? 'ok'}\n`);
    } else if (path === '/metrics') void sendMetrics(response, options.metrics);
    else send(response, 404, 'not found; served here: /metrics /healthz /readyz\n');
  });
  const colon = address.lastIndexOf(':');
  const host = address.slice(0, colon).replace(/^\[|\]$/g, '');
  server.listen(Number(address.slice(colon + 1)), host);
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
    const body = await metrics.metrics();
    send(response, 200, body, metrics.contentType);
  } catch (error) {
    send(response, 500, `${(error as Error).message}\n`);
  }
}

function send(
  response: ServerResponse,
  code: number,
  body: string,
  type = 'text/plain; charset=utf-8',
): void {
  response.writeHead(code, { 'content-type': type, 'content-length': Buffer.byteLength(body) });
  response.end(body);
}
