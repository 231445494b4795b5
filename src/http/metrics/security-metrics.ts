import type { FileBacked } from '../../file-backed.js';
import type { Security } from '../../security.js';
import type { HttpCounts } from '../server.js';
import type { Declarations } from './declarations.js';

/** What keeps others out. */
export interface Guarded extends Pick<Security, 'access' | 'certificates'> {
  readonly http: HttpCounts;
}

/** Who was not let in, and whether what decides that is as it was meant. */
export function declareSecurity(declare: Declarations, { access, certificates, http }: Guarded): void {
  declare.counters(
    'phid_denied_total',
    'Calls and requests that were not allowed, by the reason.',
    function* () {
      for (const [reason, denials] of access.denials) yield [{ reason }, denials];
    },
  );
  declareCallers(declare, access);
  const files: readonly (readonly [string, Pick<FileBacked<unknown>, 'counts'> | undefined])[] = [
    ['callers', access.files],
    ['certificate', certificates?.files],
  ];
  declare.counters(
    'phid_file_reloads_total',
    'Times that files had changed and were taken over.',
    function* () {
      for (const [what, backed] of files) if (backed) yield [{ what }, backed.counts.reloads];
    },
  );
  declare.counters(
    'phid_file_reload_failures_total',
    'Times that files had changed and could not be used: those before stay in force.',
    function* () {
      for (const [what, backed] of files) if (backed) yield [{ what }, backed.counts.failures];
    },
  );
  declare.gauges(
    'phid_certificate_expiry_timestamp_seconds',
    'When the certificate of this node ends, in seconds since 1970.',
    function* () {
      if (certificates) yield [{}, certificates.files.value.expiresMs / 1000];
    },
    'min',
  );
  declare.counter(
    'phid_http_connections_dropped_total',
    'Connections of HTTP closed as they came: there were http.connections_max, and none of them idle.',
    () => http.connections.dropped,
  );
  declare.counter(
    'phid_http_connections_evicted_total',
    'Connections of HTTP that were idle, closed for one that came when there were http.connections_max.',
    () => http.connections.evicted,
  );
  declare.counter(
    'phid_http_foreign_hosts_total',
    'Requests refused because they named a host that is not in http.hosts.',
    () => http.foreignHosts,
  );
}

/** By name of the caller: there are no others than the file has. */
function declareCallers(declare: Declarations, { allowances }: Guarded['access']): void {
  declare.counters(
    'phid_caller_refused_total',
    'Calls and streams refused at the limits of their caller.',
    function* () {
      for (const [caller, { counts }] of allowances) {
        yield [{ caller, limit: 'calls_per_second' }, counts.callsRefused];
        yield [{ caller, limit: 'streams_max' }, counts.streamsRefused];
      }
    },
  );
  declare.counters(
    'phid_caller_held_total',
    'Times that a stream was read no further for a while, because its caller had sent too much in a second.',
    function* () {
      for (const [caller, { counts }] of allowances) yield [{ caller }, counts.held];
    },
  );
  declare.gauges('phid_caller_streams', 'Open streams of a caller.', function* () {
    for (const [caller, { streams }] of allowances) yield [{ caller }, streams];
  });
  declare.gauges('phid_caller_streams_limit', 'Limit of phid_caller_streams.', function* () {
    for (const [caller, { streamsMax }] of allowances) yield [{ caller }, streamsMax];
  });
}
