import type { OutgoingHttpHeaders, ServerResponse } from 'node:http';

/** What a browser may do with anything from here: the console is of one piece, and nobody else's page may show it. */
const SECURITY_HEADERS = {
  'content-security-policy':
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; " +
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
};

interface Reply {
  readonly status: number;
  readonly type: string;
  readonly body: string | Buffer;
  readonly headers?: OutgoingHttpHeaders;
}

/** Sends a whole answer; to a HEAD without its body, which Node leaves out. */
export function send(response: ServerResponse, { status, type, body, headers = {} }: Reply): void {
  begin(response, status, { 'content-type': type, 'content-length': Buffer.byteLength(body), ...headers });
  response.end(body);
}

/** One line for people. */
export function sendText(
  response: ServerResponse,
  status: number,
  line: string,
  headers: OutgoingHttpHeaders = {},
): void {
  send(response, { status, type: 'text/plain; charset=utf-8', body: `${line}\n`, headers });
}

/** Writes the head of an answer. */
export function begin(response: ServerResponse, status: number, headers: OutgoingHttpHeaders): void {
  response.writeHead(status, { ...SECURITY_HEADERS, ...headers });
}
