import type { Access } from '../../access/access.js';
import type { Permit } from '../../access/permit.js';
import type { Rpc } from '../../access/roles.js';
import { validId, validResumeToken } from '../../api/ids.js';
import { suspicionMessage } from '../../api/suspicion-message.js';
import {
  type ApiContext,
  getFleet,
  getQuality,
  inspectUser,
  listNamespaces,
  listSuspects,
  setThresholds,
} from '../../api/tuning.js';
import type { SetThresholdsRequest__Output } from '../../gen/phid/v1/SetThresholdsRequest.js';
import { InvalidRequestError } from '../../presence/errors.js';
import type { EventSource } from './event-streams.js';
import type { FleetFeed } from './fleet-feed.js';
import { NamespaceEvents } from './namespace-events.js';
import { beginSession, endSession, type SessionAnswer, type SessionRequest, session } from './session.js';
import { UserEvents } from './user-events.js';

interface RouteContext extends ApiContext {
  readonly fleet: FleetFeed;
}

/** A request as a route sees it. */
interface RouteRequest {
  /** What the pattern names, decoded. */
  readonly path: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  /** The body as a message of this name. */
  readonly body: <Message>(name: string) => Promise<Message>;
  /** `Last-Event-ID`: where a stream that broke is to go on; empty when there was none. */
  readonly lastEventId: string;
  /** What whoever asks may do. */
  readonly permit: Permit;
  /** The address that the request came from. */
  readonly peer: string;
}

interface RoutePlace {
  readonly method: 'GET' | 'POST' | 'DELETE';
  /** `{name}` stands for one segment of the path. */
  readonly pattern: string;
  /** Parameters that may follow. */
  readonly query?: readonly string[];
}

/** What may be asked for by whoever may call these rpcs. */
interface AnsweringRoute extends RoutePlace {
  readonly rpcs: readonly Rpc[];
}

/** Answers with a message of phid.v1. */
export interface MessageRoute extends AnsweringRoute {
  readonly message: string;
  readonly answer: (context: RouteContext, request: RouteRequest) => Promise<object>;
}

/** Answers with a stream of events. */
export interface StreamRoute extends AnsweringRoute {
  readonly source: (context: RouteContext, request: RouteRequest) => EventSource;
}

/** Says who asks, and lets a browser keep a token: for everybody. */
export interface SessionRoute extends RoutePlace {
  readonly session: (access: Access, request: SessionRequest) => Promise<SessionAnswer>;
}

export type Route = MessageRoute | StreamRoute | SessionRoute;

/** Everything that is served below /api/v1. */
export const routes: readonly Route[] = [
  { method: 'GET', pattern: '/api/v1/session', session },
  { method: 'POST', pattern: '/api/v1/session', session: beginSession },
  { method: 'DELETE', pattern: '/api/v1/session', session: endSession },
  {
    method: 'GET',
    pattern: '/api/v1/fleet',
    rpcs: ['GetFleet'],
    message: 'GetFleetResponse',
    answer: (context) => getFleet(context),
  },
  {
    method: 'GET',
    pattern: '/api/v1/fleet/events',
    rpcs: ['GetFleet'],
    source: ({ fleet }) => fleet.source(),
  },
  {
    method: 'GET',
    pattern: '/api/v1/namespaces',
    rpcs: ['ListNamespaces'],
    message: 'ListNamespacesResponse',
    answer: (context) => listNamespaces(context),
  },
  {
    method: 'GET',
    pattern: '/api/v1/namespaces/{namespace}/quality',
    rpcs: ['GetQuality'],
    message: 'GetQualityResponse',
    answer: (context, { path }) => getQuality(context, { namespace: named(path) }),
  },
  {
    method: 'POST',
    pattern: '/api/v1/namespaces/{namespace}/thresholds',
    rpcs: ['SetThresholds'],
    message: 'SetThresholdsResponse',
    answer: async (context, { path, body, permit, peer }) => {
      const request = await body<SetThresholdsRequest__Output>('SetThresholdsRequest');
      if (request.namespace !== '') {
        throw new InvalidRequestError('namespace', 'is part of the path, and not of the body');
      }
      return setThresholds(context, { ...request, namespace: named(path) }, { permit, peer });
    },
  },
  {
    method: 'GET',
    pattern: '/api/v1/namespaces/{namespace}/suspects',
    rpcs: ['ListSuspects'],
    query: ['limit'],
    message: 'ListSuspectsResponse',
    answer: async (context, { path, query }) => {
      const request = { namespace: named(path), limit: wholeNumber('limit', query.get('limit') ?? '0') };
      return { suspicions: (await listSuspects(context, request)).map(suspicionMessage) };
    },
  },
  {
    method: 'GET',
    pattern: '/api/v1/namespaces/{namespace}/users/{user_id}',
    rpcs: ['InspectUser'],
    message: 'InspectUserResponse',
    answer: (context, { path, ...asker }) =>
      inspectUser(context, { namespace: named(path), userId: path.user_id as string }, asker),
  },
  {
    method: 'GET',
    pattern: '/api/v1/namespaces/{namespace}/users/{user_id}/events',
    rpcs: ['InspectUser', 'Watch'],
    source: (context, { path, permit }) => {
      const namespace = context.presence.namespaces.readable(named(path));
      const userId = validId('user_id', path.user_id as string);
      return new UserEvents(context, namespace, { userId, permit });
    },
  },
  {
    method: 'GET',
    pattern: '/api/v1/namespaces/{namespace}/changes',
    rpcs: ['WatchNamespace'],
    source: (context, { path, lastEventId, permit }) => {
      const namespace = context.presence.namespaces.readable(named(path));
      return new NamespaceEvents(context, namespace, { token: validResumeToken(lastEventId), permit });
    },
  },
];

/** An empty one means `default` elsewhere; in a path it is a mistake. */
function named({ namespace = '' }: RouteRequest['path']): string {
  if (namespace === '') throw new InvalidRequestError('namespace', '"" is empty');
  return namespace;
}

function wholeNumber(field: string, text: string): number {
  if (/^\d{1,9}$/.test(text)) return Number(text);
  throw new InvalidRequestError(field, `${JSON.stringify(text)} is no whole number`);
}
