import { request as ask, type RequestListener, type ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { pipeline } from 'node:stream';
import { sendText } from './send.js';

/** Where a request came from that another process passed on. */
export const FORWARDED_FOR = 'x-forwarded-for';

/** Of one connection, not of what is passed on. */
const HOP_HEADERS = ['connection', 'keep-alive'];

/**
 * Passes requests on to another process on this machine, and its answers back, as they come. `nextPort`: whose turn it is;
 * undefined when there is none.
 */
export function forwardingListener(nextPort: () => number | undefined): RequestListener {
  return (request, response) => {
    const port = nextPort();
    if (port === undefined) return refuse(response);
    const { method, url: path } = request;
    const headers = { ...request.headers, [FORWARDED_FOR]: addressOf(request.socket) };
    // A connection each: a kept one may end just when a request is sent on it.
    const forwarded = ask({ host: '127.0.0.1', port, method, path, headers, agent: false });
    forwarded.on('response', (answer) => {
      for (const header of HOP_HEADERS) delete answer.headers[header];
      response.writeHead(answer.statusCode as number, answer.headers);
      pipeline(answer, response, () => {});
    });
    forwarded.on('error', () => (response.headersSent ? response.destroy() : refuse(response)));
    response.on('close', () => forwarded.destroy());
    request.pipe(forwarded);
  };
}

function refuse(response: ServerResponse): void {
  sendText(response, 503, 'no worker answers');
}

/** `127.0.0.1:4321`, `[::1]:4321`: as gRPC writes it. */
export function addressOf({ remoteAddress = '', remotePort = 0 }: Socket): string {
  const host = remoteAddress.includes(':') ? `[${remoteAddress}]` : remoteAddress;
  return `${host}:${remotePort}`;
}
