import type { IncomingMessage } from 'node:http';
import { isIP } from 'node:net';

/**
 * Whether a request names a host that this is known by: an address, `localhost`, or one of `names`. A page of another site whose name was
 * made to lead here (DNS rebinding) has the browser say that name, and it is its own origin then, so that Origin says nothing.
 */
export function isKnownHost({ headers: { host } }: IncomingMessage, names: readonly string[]): boolean {
  if (host === undefined || !URL.canParse(`http://${host}`)) return false;
  const { hostname, username, pathname } = new URL(`http://${host}`);
  if (username !== '' || pathname !== '/') return false;
  const isAddress = isIP(hostname.replace(/^\[|\]$/g, '')) > 0;
  return isAddress || hostname === 'localhost' || names.some((name) => name.toLowerCase() === hostname);
}
