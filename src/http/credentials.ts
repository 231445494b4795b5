import type { IncomingMessage } from 'node:http';
import type { Credentials } from '../access/access.js';
import { forwardedSenderOf } from './forwarding.js';
import { senderOf } from './sender.js';

/** The cookie that holds a token: a browser gives an EventSource no header. */
export const TOKEN_COOKIE = 'phid_token';

const BEARER = /^Bearer +(\S+)$/i;

/** What a request brings to show who it is from; `isForwarded`: it comes by way of another process of phid. */
export function credentialsOf(request: IncomingMessage, isForwarded: boolean): Credentials {
  const sender = isForwarded ? forwardedSenderOf(request) : senderOf(request);
  return { ...sender, token: tokenOf(request) };
}

/** A header wins over the cookie. One that is no bearer token is a token that nobody has: it is there to prove something. */
function tokenOf({ headers: { authorization, cookie } }: IncomingMessage): string | undefined {
  if (authorization !== undefined) return BEARER.exec(authorization)?.[1] ?? '';
  for (const pair of cookie?.split(';') ?? []) {
    const [name, value] = pair.trim().split('=', 2);
    if (name === TOKEN_COOKIE) return value;
  }
  return undefined;
}
