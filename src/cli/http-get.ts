import { once } from 'node:events';
import { type IncomingMessage, request as requestPlain } from 'node:http';
import { request as requestTls } from 'node:https';
import { authorizationOf, type CredentialOptions, tlsOf } from './credentials.js';

interface GetOptions extends CredentialOptions {
  readonly addr: string;
  readonly path: string;
  readonly timeout: number;
}

/** Asks a node for a page. Not by fetch: that takes no certificates. Rejects where nothing answers, or not in time (ABORT_ERR). */
export async function httpGet(
  options: GetOptions,
): Promise<{ readonly status: number; readonly text: string }> {
  const { addr, path, timeout } = options;
  const tls = tlsOf(options);
  const get = tls ? requestTls : requestPlain;
  const url = `${tls ? 'https' : 'http'}://${addr}${path}`;
  const headers = authorizationOf(options, addr);
  const request = get(url, { ...tls, headers, agent: false, signal: AbortSignal.timeout(timeout) });
  request.end();
  const [response] = (await once(request, 'response')) as [IncomingMessage];
  const chunks = await response.toArray();
  return { status: response.statusCode as number, text: Buffer.concat(chunks as Buffer[]).toString('utf8') };
}
