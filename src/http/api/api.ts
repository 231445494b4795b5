import type { IncomingMessage, OutgoingHttpHeaders, RequestListener, ServerResponse } from 'node:http';
import type { Access } from '../../access/access.js';
import type { ApiContext } from '../../api/tuning.js';
import { InvalidRequestError } from '../../presence/errors.js';
import { credentialsOf } from '../credentials.js';
import { begin, send } from '../send.js';
import { readBody } from './body.js';
import { beginEvents } from './event-stream.js';
import type { EventStreams } from './event-streams.js';
import { FleetFeed } from './fleet-feed.js';
import { HttpError, toHttpError } from './http-error.js';
import { messageJson, parseMessage } from './json.js';
import { type Match, matching, methodsOf } from './matching.js';
import { routes } from './routes.js';

/** Told of every request that ended: the pattern of its route, its status, and how long it took; a stream, was open. */
type HttpObserver = (route: string, status: number, durationMs: number) => void;

interface HttpApiOptions extends ApiContext {
  readonly access: Access;
  readonly streams: EventStreams;
  readonly observe: HttpObserver;
  /** Bytes of a body, at most. */
  readonly bodyBytesMax: number;
  /** Requests come by way of another process of phid, which says in `x-forwarded-for` from where. */
  readonly isForwarded: boolean;
  /** By TLS: cookies are for that only, then. */
  readonly isSecure: boolean;
}

/** The client went away before it was answered: the status that nginx has for it. */
const CLIENT_GONE = 499;

/** What no route is. */
const NO_ROUTE = 'none';

/** Answers what is below /api: JSON (https://protobuf.dev/programming-guides/json) and server-sent events. */
export function apiListener(options: HttpApiOptions): RequestListener {
  const { log, observe, presence } = options;
  const fleet = new FleetFeed(options);
  return (request, response) => {
    const startedMs = presence.clock.nowMs();
    let route = NO_ROUTE;
    response.on('close', () => {
      const status = response.headersSent ? response.statusCode : CLIENT_GONE;
      observe(route, status, presence.clock.nowMs() - startedMs);
    });
    const found = (match: Match) => {
      route = match.route.pattern;
    };
    answer(request, response, { ...options, fleet, found }).catch((error: unknown) => {
      // Who has gone away is told nothing, and that is no fault of ours.
      if (request.socket.destroyed) return;
      const { status, code, message, headers } = toHttpError(error, log);
      sendJson(response, status, JSON.stringify({ error: { code, message } }), headers);
    });
  };
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  options: HttpApiOptions & { readonly fleet: FleetFeed; readonly found: (match: Match) => void },
): Promise<void> {
  refuseForeign(request);
  const { pathname, query } = targetOf(request);
  const matches = matching(pathname);
  if (!matches[0]) throw notFound(pathname);
  options.found(matches[0]);
  const allow = methodsOf(matches).join(', ');
  if (request.method === 'OPTIONS') {
    begin(response, 204, { allow });
    response.end();
    return;
  }
  const method = request.method === 'HEAD' ? 'GET' : request.method;
  const match = matches.find(({ route }) => route.method === method);
  if (!match) {
    const message = `${request.method} is not for ${pathname}; allowed: ${allow}`;
    throw new HttpError({ code: 'UNIMPLEMENTED', message }, { status: 405, headers: { allow } });
  }
  const { route } = match;
  checkQuery(query, route.query);
  const credentials = credentialsOf(request, options.isForwarded);
  if ('session' in route) {
    const asked = {
      credentials,
      isSecure: options.isSecure,
      body: () => readBody(request, options.bodyBytesMax),
    };
    const { session, cookie } = await route.session(options.access, asked);
    return sendJson(
      response,
      200,
      JSON.stringify(session),
      cookie === undefined ? {} : { 'set-cookie': cookie },
    );
  }
  const permit = await options.access.admit(route.rpcs, credentials);
  permit.check(match.path.namespace ?? '');
  const call = {
    path: match.path,
    query,
    body: async <Message>(name: string) =>
      parseMessage<Message>(name, await readBody(request, options.bodyBytesMax)),
    lastEventId: String(request.headers['last-event-id'] ?? ''),
    permit,
    peer: credentials.peer,
  };
  if (!('source' in route)) {
    return sendJson(response, 200, messageJson(route.message, await route.answer(options, call)));
  }
  const source = route.source(options, call);
  if (request.method === 'HEAD') beginEvents(response).end();
  else options.streams.start(response, source, permit);
}

/** Not by URL, which takes `//` for a host and `..` for a step. */
function targetOf({ url = '' }: IncomingMessage): { pathname: string; query: URLSearchParams } {
  const [pathname = '', ...search] = url.split('?');
  return { pathname, query: new URLSearchParams(search.join('?')) };
}

/** A page of another site may send requests, and must not set thresholds by that. */
function refuseForeign({ headers: { origin, host } }: IncomingMessage): void {
  if (origin === undefined || (URL.canParse(origin) && new URL(origin).host === host)) return;
  const message = `origin: ${JSON.stringify(origin)} is not where this is served, ${JSON.stringify(host)}`;
  throw new HttpError({ code: 'PERMISSION_DENIED', message });
}

function notFound(path: string): HttpError {
  const served = routes.map(({ method, pattern }) => `${method} ${pattern}`).join(', ');
  return new HttpError({ code: 'NOT_FOUND', message: `${path} is not served; there is: ${served}` });
}

function checkQuery(query: URLSearchParams, known: readonly string[] = []): void {
  for (const name of query.keys()) {
    if (known.includes(name)) continue;
    const allowed = known.length === 0 ? 'none' : known.join(', ');
    throw new InvalidRequestError(name, `is no parameter of this (allowed: ${allowed})`);
  }
}

function sendJson(
  response: ServerResponse,
  status: number,
  json: string,
  headers: OutgoingHttpHeaders = {},
): void {
  const type = 'application/json; charset=utf-8';
  send(response, { status, type, body: json, headers: { 'cache-control': 'no-store', ...headers } });
}
