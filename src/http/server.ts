import cluster from 'node:cluster';
import { once } from 'node:events';
import {
  createServer,
  type IncomingMessage,
  type RequestListener,
  type ServerOptions,
  type ServerResponse,
} from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { promisify } from 'node:util';
import { constants, gzip } from 'node:zlib';
import { AccessDeniedError } from '../access/denial.js';
import { ConnectionCounts, Connections } from '../connections.js';
import { RateReachedError } from '../presence/errors.js';
import { accepts } from './accepts.js';
import { credentialsOf } from './credentials.js';
import type { Exposure } from './exposure.js';
import { isForwardedBy } from './forwarding.js';
import { isKnownHost } from './host-check.js';
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
  readonly counts: HttpCounts;
  /** To whom; `key`: to another process of phid, which has it, in plaintext. */
  readonly to: Exposure | { readonly key: string };
}

/** For /metrics. */
export class HttpCounts {
  readonly connections = new ConnectionCounts();
  /** Requests for hosts that nobody knows this by. */
  foreignHosts = 0;
}

/** What a client may take its time with: Node would wait a minute for headers and five for the rest, and look every half. */
const PATIENCE = {
  headersTimeout: 10_000,
  requestTimeout: 30_000,
  connectionsCheckingInterval: 5_000,
  keepAliveTimeout: 5_000,
} as const satisfies ServerOptions;

/** Between processes of phid, which add to the headers. */
const FORWARDED = {
  certificates: undefined,
  connectionsMax: Number.POSITIVE_INFINITY,
  headerBytesMax: 131_072,
};

/** Off the event loop: a thread of its own does it. */
const dense = promisify(gzip);

/** A connection is closed after so many requests: those of one client do not all go to one worker for ever. */
const REQUESTS_PER_CONNECTION_MAX = 10_000;

/**
 * Serves /metrics for Prometheus, /healthz (the process answers), /readyz (it can serve: the store is reachable), and the rest.
 * Rejects when the address, host:port, cannot be bound.
 */
export async function startHttpServer(address: string, options: HttpOptions): Promise<HttpServer> {
  const { to, counts } = options;
  const listener = 'key' in to ? forwardedListener(to.key, options) : exposedListener(to, options);
  const { certificates, connectionsMax, headerBytesMax: maxHeaderSize } = 'key' in to ? FORWARDED : to;
  const patience = { ...PATIENCE, maxHeaderSize };
  const server = certificates
    ? createTlsServer(
        { ...patience, ...certificates.connection, ...certificates.files.value.context },
        listener,
      )
    : createServer(patience, listener);
  certificates?.files.follow(({ context }) =>
    (server as ReturnType<typeof createTlsServer>).setSecureContext(context),
  );
  server.maxRequestsPerSocket = REQUESTS_PER_CONNECTION_MAX;
  const connections = new Connections(connectionsMax, counts.connections);
  connections.guard(server);
  server.prependListener('request', ({ socket }: IncomingMessage, response: ServerResponse) => {
    const connection = connections.of(socket);
    connection?.began();
    response.once('close', () => connection?.ended());
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
      connections.closeAll();
      await closed;
    },
  };
}

/** Answers what another process of phid has passed on: others on this machine might say that they are whoever they like. */
function forwardedListener(key: string, { rest }: HttpOptions): RequestListener {
  return (request, response) => {
    if (isForwardedBy(key, request)) rest(request, response);
    else sendText(response, 403, 'only the first process of phid is answered here');
  };
}

function exposedListener({ access, hosts }: Exposure, options: HttpOptions): RequestListener {
  const { metrics, unreadiness, rest, counts } = options;
  const machinePages: Readonly<Record<string, (request: IncomingMessage, response: ServerResponse) => void>> =
    {
      '/healthz': (_, response) => sendText(response, 200, 'ok'),
      '/readyz': (_, response) => {
        const reason = unreadiness();
        sendText(response, reason === undefined ? 200 : 503, reason ?? 'ok');
      },
      '/metrics': (request, response) => void sendMetrics(request, response, { metrics, access }),
    };
  return (request, response) => {
    const page = machinePages[request.url?.split('?', 1)[0] ?? ''];
    if (!page) {
      if (!hosts || isKnownHost(request, hosts)) return rest(request, response);
      counts.foreignHosts += 1;
      return sendText(response, 421, 'this host is not known here (http.hosts)');
    }
    if (request.method === 'GET' || request.method === 'HEAD') page(request, response);
    else sendText(response, 405, 'only GET is served here', { allow: 'GET, HEAD' });
  };
}

async function sendMetrics(
  request: IncomingMessage,
  response: ServerResponse,
  { metrics, access }: Pick<HttpOptions, 'metrics'> & Pick<Exposure, 'access'>,
): Promise<void> {
  try {
    const permit = await access?.admit(['Metrics'], credentialsOf(request, false));
    permit?.check('');
    const page = Buffer.from(await metrics.metrics());
    const isDense = accepts(request, 'gzip');
    const headers = { vary: 'accept-encoding', ...(isDense && { 'content-encoding': 'gzip' }) };
    const body = isDense ? await dense(page, { level: constants.Z_BEST_SPEED }) : page;
    send(response, { status: 200, type: metrics.contentType, body, headers });
  } catch (error) {
    const { message } = error as Error;
    if (error instanceof RateReachedError) {
      sendText(response, 429, message, { 'retry-after': String(Math.ceil(error.retryAfterMs / 1000)) });
    } else if (!(error instanceof AccessDeniedError)) sendText(response, 500, message);
    else if (error.code === 'PERMISSION_DENIED') sendText(response, 403, message);
    else sendText(response, 401, message, { 'www-authenticate': 'Bearer' });
  }
}
