import { randomBytes, timingSafeEqual } from 'node:crypto';
import { request as ask, type IncomingMessage, type RequestListener, type ServerResponse } from 'node:http';
import { pipeline } from 'node:stream';
import { sendText } from './send.js';
import { type Sender, senderOf } from './sender.js';

/** Where a request came from that another process passed on. */
const FORWARDED_FOR = 'x-forwarded-for';
/** Names in its certificate, as JSON. */
const FORWARDED_CERTIFICATE = 'x-phid-certificate-names';
/** Proves that another process of phid passed it on. */
const FORWARDED_KEY = 'x-phid-forwarding-key';

/** Of one connection, not of what is passed on. */
const HOP_HEADERS = ['connection', 'keep-alive'];

/** Where another process on this machine takes what is passed on. */
export interface ForwardingPlace {
  readonly port: number;
  readonly key: string;
}

/** A key that nobody else on this machine knows. */
export function newForwardingKey(): string {
  return randomBytes(32).toString('base64url');
}

/**
 * Passes requests on to another process on this machine, and its answers back, as they come. `nextPlace`: whose turn it is;
 * undefined when there is none.
 */
export function forwardingListener(nextPlace: () => ForwardingPlace | undefined): RequestListener {
  return (request, response) => {
    const place = nextPlace();
    if (!place) return refuse(response);
    const { port, key } = place;
    const { peer, certificateNames } = senderOf(request);
    const { method, url: path } = request;
    const headers = {
      ...request.headers,
      [FORWARDED_FOR]: peer,
      [FORWARDED_CERTIFICATE]: encodeURIComponent(JSON.stringify(certificateNames())),
      [FORWARDED_KEY]: key,
    };
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

/** Whether a request was passed on by whoever knows the key: anybody on this machine may send one. */
export function isForwardedBy(key: string, { headers }: IncomingMessage): boolean {
  const given = Buffer.from(String(headers[FORWARDED_KEY] ?? ''));
  const expected = Buffer.from(key);
  return given.length === expected.length && timingSafeEqual(given, expected);
}

/** Who sent a request that was passed on. */
export function forwardedSenderOf({ headers }: IncomingMessage): Sender {
  const names = String(headers[FORWARDED_CERTIFICATE]);
  return {
    peer: String(headers[FORWARDED_FOR]),
    certificateNames: () => JSON.parse(decodeURIComponent(names)) as readonly string[],
  };
}

function refuse(response: ServerResponse): void {
  sendText(response, 503, 'no worker answers');
}
