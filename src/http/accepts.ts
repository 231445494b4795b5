import type { IncomingMessage } from 'node:http';

/** Whether the client takes a body in this encoding; `q=0` refuses one. */
export function accepts({ headers }: IncomingMessage, encoding: string): boolean {
  return String(headers['accept-encoding'] ?? '')
    .split(',')
    .map((offer) => offer.trim())
    .some((offer) => offer.split(';', 1)[0] === encoding && !/;\s*q=0(\.0*)?$/.test(offer));
}
