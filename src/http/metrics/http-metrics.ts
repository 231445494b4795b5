import type { EventStreams } from '../api/event-streams.js';
import type { Declarations } from './declarations.js';

/** Event streams of the HTTP API. */
export function declareHttp(declare: Declarations, streams: EventStreams): void {
  declare.gauge('phid_http_event_streams', 'Open event streams.', () => streams.size);
  declare.gauge('phid_http_event_streams_limit', 'Limit of phid_http_event_streams.', () => streams.max);
  declare.gauge(
    'phid_http_lagging_event_streams',
    'Event streams that are not read quickly enough.',
    () => streams.lagging,
  );
  declare.counter(
    'phid_http_event_streams_refused_total',
    'Event streams refused at the limit.',
    () => streams.counts.refused,
  );
  declare.counter(
    'phid_http_event_streams_unread_total',
    'Event streams ended because their readers took nothing for limits.stream_unread.',
    () => streams.counts.unread,
  );
  declare.counter(
    'phid_http_events_replaced_total',
    'Events that a newer one took the place of, because the reader did not keep up.',
    () => streams.replaced,
  );
}
