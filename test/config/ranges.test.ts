import { describe, expect, test } from 'vitest';
import { namespaceSettings } from '../../src/config/namespace-settings.js';
import { nodeSettings } from '../../src/config/node-settings.js';
import { envOf, flagOf } from '../../src/config/setting.js';
import { load, problemsOf } from './config-fixture.js';

/** What each setting takes and what it does not, besides what relates it to others. */
interface Range {
  readonly good: string[];
  readonly bad: string[];
  /** Variables without which it means nothing. */
  readonly besides?: Readonly<Record<string, string>>;
}

const FILE = { good: ['/etc/phid/x', 'x.pem'], bad: [''] };
const NAME = { good: ['phid', 'https://id.example/'], bad: ['', 'x'.repeat(1_025)] };
const SWITCH = { good: ['true', 'false'], bad: ['yes', '1'] };
const WITH_CALLERS = { besides: { PHID_AUTH_CALLERS: 'x' } };
const WITH_CERTIFICATE = { PHID_TLS_CERT: 'x', PHID_TLS_KEY: 'x' };
const WITH_JWT = {
  besides: {
    PHID_AUTH_CALLERS: 'x',
    PHID_AUTH_JWT_KEYS: 'x',
    PHID_AUTH_JWT_ISSUER: 'x',
    PHID_AUTH_JWT_AUDIENCE: 'x',
  },
};

const node: Record<string, Range> = {
  grpc_addr: {
    good: ['127.0.0.1:0', '0.0.0.0:65535', '[::1]:1', '[::]:0', 'node-1.internal:50051'],
    bad: ['127.0.0.1', ':50051', '127.0.0.1:65536', '::1:1', 'http://a:1', 'a b:1', '127.0.0.1:-1', 'x:1.5'],
    besides: { PHID_INSECURE: 'true' },
  },
  http_addr: { good: ['127.0.0.1:0', 'localhost:1'], bad: ['9464', 'x:99999'] },
  insecure: SWITCH,
  'tls.cert': { ...FILE, besides: { PHID_TLS_KEY: 'x' } },
  'tls.key': { ...FILE, besides: { PHID_TLS_CERT: 'x' } },
  'tls.client_ca': { ...FILE, besides: WITH_CERTIFICATE },
  'tls.client_certificate': { good: ['required', 'optional'], bad: ['yes', 'none'] },
  'auth.callers': FILE,
  'auth.jwt_keys': { ...FILE, ...WITH_JWT },
  'auth.jwt_issuer': { ...NAME, ...WITH_JWT },
  'auth.jwt_audience': { ...NAME, ...WITH_JWT },
  'auth.open_metrics': { ...SWITCH, ...WITH_CALLERS },
  'auth.reflection': { ...SWITCH, ...WITH_CALLERS },
  redis: {
    good: [
      ...['redis://h', 'rediss://u:p%40ss@h:6380/1', 'redis://:p@[::1]:6379', 'redis://h:6379/'],
      ...['redis://a:7000,b:7001,c:7002?cluster', 'rediss://u:p@a,[::1]:7001/0?cluster', 'redis://a?cluster'],
      ...[
        'redis://s1,s2:26380/3?sentinel=my-master',
        'redis://s?sentinel=m&sentinel_user=u&sentinel_password=p',
      ],
    ],
    bad: [
      'h:6379',
      'http://h',
      'redis://',
      'redis://h/db',
      'redis://:p/w@h',
      'redis://h?password=p',
      '/tmp/sock',
      ...['redis://a,b', 'redis://a,?cluster', 'redis://a:7000,b:x?cluster', 'redis://a/1?cluster'],
      ...['redis://a?cluster=yes', 'redis://a?cluster&cluster', 'redis://a?cluster&sentinel=m'],
      ...['redis://a?sentinel', 'redis://a?sentinel_password=p', 'redis://a?family=6', 'redis://:%zz@h'],
    ],
  },
  'redis_tls.ca': { ...FILE, besides: { PHID_REDIS: 'rediss://h' } },
  'redis_tls.cert': { ...FILE, besides: { PHID_REDIS_TLS_KEY: 'x' } },
  'redis_tls.key': { ...FILE, besides: { PHID_REDIS_TLS_CERT: 'x' } },
  redis_cached_users_max: { good: ['0', '10000000'], bad: ['-1', '10000001'] },
  workers: { good: ['1'], bad: ['0', '257', '1.5', 'all'] },
  log_level: { good: ['debug', 'info', 'warn', 'error', 'silent'], bad: ['INFO', 'trace'] },
  log_users: SWITCH,
  'ingest.batch_delay': {
    good: ['0', '0ms', '2', '1s', '1000ms'],
    bad: ['-1ms', '1001ms', '2s', '0.5ms', 'fast'],
  },
  'ingest.batch_heartbeats_max': { good: ['1', '2000'], bad: ['0', '2001', '1.5', 'x', '0x10'] },
  'ingest.pending_heartbeats_max': { good: ['1000', '10000000'], bad: ['0', '10000001'] },
  'learning.interval': { good: ['1s', '10m'], bad: ['999ms', '11m', 'often'] },
  stall_ms: { good: ['50', '60000'], bad: ['49', '60001', '1s'] },
  'limits.stream_users_max': { good: ['1', '1000000'], bad: ['0', '1000001'] },
  'limits.stream_groups_max': { good: ['1', '10000'], bad: ['0', '10001'] },
  'limits.group_members_max': { good: ['1', '100000'], bad: ['0', '100001'] },
  'limits.tracked_users_max': { good: ['1', '10000000'], bad: ['0', '10000001'] },
  'limits.streams_max': { good: ['1', '1000000'], bad: ['0', '1000001'] },
  'limits.census_users_max': { good: ['0', '100000000'], bad: ['-1', '100000001'] },
  'limits.log_streams_max': { good: ['1', '100000'], bad: ['0', '100001'] },
  'limits.message_heartbeats_max': { good: ['1', '10000'], bad: ['0', '10001'] },
  'limits.stream_messages_in_flight_max': { good: ['1', '1000'], bad: ['0', '1001'] },
  'limits.heartbeat_streams_max': { good: ['1', '1000000'], bad: ['0', '1000001'] },
  'limits.stream_idle': { good: ['1s', '1d'], bad: ['999ms', '25h', 'never'] },
  'limits.stream_unread': { good: ['1s', '1d'], bad: ['999ms', '25h', 'never'] },
  'limits.caller_calls_per_second': { good: ['1', '1000000'], bad: ['0', '1000001', 'unlimited'] },
  'limits.caller_heartbeats_per_second': { good: ['1', '10000000'], bad: ['0', '10000001'] },
  'limits.caller_streams_max': { good: ['1', '1000000'], bad: ['0', '1000001'] },
  'limits.connections_max': { good: ['1', '1000000'], bad: ['0', '1000001'] },
  'limits.unfinished_bytes_max': { good: ['8388608', '4294967296'], bad: ['8388607', '4294967297'] },
  'limits.message_bytes_max': { good: ['65536', '67108864'], bad: ['65535', '67108865', '4MB'] },
  'limits.connection_calls_max': { good: ['1', '1000000'], bad: ['0', '1000001'] },
  'limits.connection_age': { good: ['1s', '7d'], bad: ['999ms', '8d', 'never'] },
  'http.connections_max': { good: ['1', '100000'], bad: ['0', '100001'] },
  'http.body_bytes_max': { good: ['1024', '1048576'], bad: ['1023', '1048577', '64k'] },
  'http.header_bytes_max': { good: ['4096', '65536'], bad: ['4095', '65537'] },
  'http.hosts': { good: ['phid', 'phid.internal, phid'], bad: ['phid:9464', 'a b', 'a,,b', '*.example'] },
  'http.event_streams_max': { good: ['1', '10000'], bad: ['0', '10001'] },
};

const namespace: Record<string, { good: string[]; bad: string[] }> = {
  model: { good: ['adaptive', 'normal', 'exponential'], bad: ['Adaptive', 'gamma', '1', '[normal]'] },
  logistic: { good: ['true', 'false', '"true"'], bad: ['yes', '1', '{}'] },
  window: { good: ['10', '1000', '"100"'], bad: ['0', '1001', '10.5', 'big', '-5', '.nan', '.inf', '[100]'] },
  min_samples: { good: ['1', '100'], bad: ['0', '1001', '1e-3'] },
  expected_interval: { good: ['1ms', '89s', '5'], bad: ['0', '31m', '-1s', '1.5ms', '10 parsecs', 'soon'] },
  acceptable_pause: { good: ['0s', '1h', '3000'], bad: ['-1ms', '61m', 'a while'] },
  min_std_dev: { good: ['1ms', '1h'], bad: ['0', '61m'] },
  max_silence: { good: ['10001ms', '23h'], bad: ['1ms', '8d', '.inf'] },
  retention: { good: ['90001ms', '365d', '2 hours'], bad: ['2ms', '366d', '2 y'] },
  half_life: { good: ['1m', '365d'], bad: ['59s', '366d', 'never'] },
  sessions_max: { good: ['1', '16'], bad: ['0', '17', 'all'] },
  users_max: { good: ['1', '1000000000'], bad: ['0', '1000000001', 'many'] },
  'mass_silence.share': { good: ['0.01', '1'], bad: ['0', '1.1', 'many'] },
  'mass_silence.users': { good: ['2', '1000000'], bad: ['1', '2.5'] },
  'mass_silence.hold': { good: ['0', '2m', '24h'], bad: ['-1s', '25h'] },
  'mass_silence.release_per_second': { good: ['1', '1000000'], bad: ['0', '1.5'] },
  'thresholds.suspect.phi': { good: ['1', '5', '4.5'], bad: ['0', '0.99', '300.1', 'high'] },
  'thresholds.suspect.false_alarms_per_user_day': {
    good: ['0.000001', '1', '1e5'],
    bad: ['0', '-1', '100001', 'few'],
  },
  'thresholds.suspect.detection_time': { good: ['1ms', '90s'], bad: ['0', '8d', 'soon'] },
  'thresholds.offline.phi': { good: ['3', '300'], bad: ['0.5', '301', '.nan', '-5'] },
  'thresholds.offline.false_alarms_per_user_day': { good: ['0.1'], bad: ['0', '1e6'] },
  'thresholds.offline.detection_time': { good: ['30s'], bad: ['0', '8d'] },
};

/** `a.b.c` with a value, as nested YAML on one line. */
function nested(path: string, value: string): string {
  return path
    .split('.')
    .reverse()
    .reduce((inner, key) => `{ ${key}: ${inner} }`, value);
}

test('every setting is covered here', () => {
  expect(Object.keys(node)).toEqual(Object.values(nodeSettings).map(({ path }) => path));
  expect(Object.keys(namespace)).toEqual(Object.values(namespaceSettings).map(({ path }) => path));
});

describe.each(Object.values(nodeSettings))('$path', (setting) => {
  const { good, bad, besides = {} } = node[setting.path] as Range;

  test.each(good)('takes %j from the environment and a flag', (value) => {
    expect(problemsOf({ env: { ...besides, [envOf(setting)]: value } })).toEqual([]);
    expect(problemsOf({ env: besides, flags: { [flagOf(setting)]: value } })).toEqual([]);
  });

  test.each(bad)('refuses %j, by name', (value) => {
    const [problem, ...others] = problemsOf({ env: besides, flags: { [flagOf(setting)]: value } });
    expect(problem?.startsWith(`${setting.path}: `)).toBe(true);
    expect(problem?.endsWith(` (${flagOf(setting)})`)).toBe(true);
    expect(others).toEqual([]);
  });
});

describe.each(Object.values(namespaceSettings))('namespaces.web.$path', (setting) => {
  const { good, bad } = namespace[setting.path] as { good: string[]; bad: string[] };
  const yamlOf = (value: string) => nested(`namespaces.web.${setting.path}`, value);

  test.each(good)('takes %s', (value) => {
    expect(problemsOf({ yaml: yamlOf(value) })).toEqual([]);
  });

  test.each(bad)('refuses %s, by name', (value) => {
    const [problem, ...others] = problemsOf({ yaml: yamlOf(value) });
    expect(problem).toContain(`namespaces.web.${setting.path}: `);
    expect(problem).toContain(`is not ${setting.kind.allowed} (phid.yaml:1)`);
    expect(others).toEqual([]);
  });
});

describe('what is served to others in plaintext', () => {
  const REFUSED =
    /^grpc_addr: (\S+) can be reached from other machines, in plaintext; set tls.cert and tls.key, or say --insecure \(--grpc-addr\)$/;

  test.each(['0.0.0.0:1', '[::]:1', '10.0.0.1:1', 'phid:1', '127.0.0.1.example:1', '[::2]:1'])(
    'is refused on %s, unless it is said that it is meant, or there is a certificate',
    (address) => {
      const flags = { '--grpc-addr': address };
      expect(problemsOf({ flags })).toEqual([expect.stringMatching(REFUSED)]);
      expect(problemsOf({ flags: { ...flags, '--insecure': 'true' } })).toEqual([]);
      expect(problemsOf({ flags, env: WITH_CERTIFICATE })).toEqual([]);
    },
  );

  test.each(['127.0.0.1:1', '127.255.0.9:1', 'localhost:1', '[::1]:1'])('is no matter on %s', (address) => {
    expect(problemsOf({ flags: { '--grpc-addr': address, '--http-addr': address } })).toEqual([]);
  });
});

describe('settings that belong together', () => {
  test.each([
    ['tls.cert', 'tls.key', { PHID_TLS_CERT: 'x' }],
    ['tls.key', 'tls.cert', { PHID_TLS_KEY: 'x' }],
    ['tls.client_ca', 'tls.cert', { PHID_TLS_CLIENT_CA: 'x' }],
    ['auth.jwt_issuer', 'auth.jwt_keys', { PHID_AUTH_CALLERS: 'x', PHID_AUTH_JWT_ISSUER: 'x' }],
  ])('%s needs %s', (path, needed, env) => {
    expect(problemsOf({ env })).toEqual([
      expect.stringMatching(`^${path}: needs ${needed}, which is not set `),
    ]);
  });

  const web = (yaml: string) => problemsOf({ yaml: `namespaces: { web: { ${yaml} } }` });

  test.each([
    ['min_samples: 11, window: 10', 'min_samples: 11 is not at most namespaces.web.window, 10'],
    ['window: 5', 'window: 5 is not at least namespaces.web.min_samples, 10 by default'],
    [
      'expected_interval: 90s',
      'expected_interval: 90s is not below namespaces.web.max_silence, 90s by default',
    ],
    ['max_silence: 10s', 'max_silence: 10s is not above namespaces.web.expected_interval, 10s by default'],
    ['retention: 90s', 'retention: 90s is not above namespaces.web.max_silence, 90s by default'],
    ['max_silence: 2h, retention: 2h', 'max_silence: 2h is not below namespaces.web.retention, 2h'],
    [
      'thresholds: { suspect: { phi: 6 } }',
      'thresholds.suspect.phi: 6 is not at most namespaces.web.thresholds.offline.phi, 5 by default',
    ],
    [
      'thresholds: { suspect: { false_alarms_per_user_day: 1 }, offline: { false_alarms_per_user_day: 2 } }',
      'thresholds.offline.false_alarms_per_user_day: 2 is not at most namespaces.web.thresholds.suspect.false_alarms_per_user_day, 1',
    ],
    [
      'thresholds: { suspect: { detection_time: 40s }, offline: { detection_time: 30s } }',
      'thresholds.suspect.detection_time: 40s is not at most namespaces.web.thresholds.offline.detection_time, 30s',
    ],
    [
      'thresholds: { offline: { detection_time: 2m } }',
      'thresholds.offline.detection_time: 2m is not at most namespaces.web.max_silence, 90s by default',
    ],
    [
      'thresholds: { offline: { detection_time: 30s, phi: 5 } }',
      'thresholds.offline.detection_time: cannot be set together with namespaces.web.thresholds.offline.phi: each follows from the other',
    ],
  ])('%s', (yaml, problem) => {
    expect(web(yaml)).toEqual([`namespaces.web.${problem} (phid.yaml:1)`]);
  });

  test('equal where equal is allowed', () => {
    expect(web('min_samples: 10, window: 10, thresholds: { suspect: { phi: 5 } }')).toEqual([]);
  });

  test('thresholds that are for different things are not compared: OFFLINE follows SUSPECT', () => {
    expect(web('thresholds: { suspect: { phi: 6 }, offline: { detection_time: 30s } }')).toEqual([]);
    expect(web('thresholds: { suspect: { false_alarms_per_user_day: 1 }, offline: { phi: 1 } }')).toEqual([]);
  });

  test('three ways to say a threshold are two too many', () => {
    const problems = web(
      'thresholds: { suspect: { phi: 3, false_alarms_per_user_day: 1, detection_time: 9s } }',
    );
    expect(problems).toHaveLength(2);
    for (const problem of problems)
      expect(problem).toContain('set together with namespaces.web.thresholds.suspect.phi');
  });

  test('what is wrong by itself is not compared', () => {
    expect(web('window: 5, min_samples: few')).toEqual([
      expect.stringContaining('min_samples: "few" is not a whole'),
    ]);
  });

  test('workers need a store that they can share', () => {
    expect(problemsOf({ flags: { '--workers': '2' } })).toEqual([
      'workers: 2 needs redis: the embedded store is within one process (--workers)',
    ]);
    expect(problemsOf({ flags: { '--workers': '256', '--redis': 'redis://h' } })).toEqual([]);
    expect(load({ env: { PHID_WORKERS: '4', PHID_REDIS: 'redis://h' } }).settings.workers).toBe(4);
  });

  test('a message that could never be taken is refused', () => {
    expect(problemsOf({ env: { PHID_INGEST_PENDING_HEARTBEATS_MAX: '999' } })).toEqual([
      'ingest.pending_heartbeats_max: 999 is not at least limits.message_heartbeats_max, 1000 by default (PHID_INGEST_PENDING_HEARTBEATS_MAX)',
    ]);
  });
});

test('limits reach the part that enforces them', () => {
  const env = {
    PHID_INGEST_BATCH_DELAY: '7ms',
    PHID_INGEST_BATCH_HEARTBEATS_MAX: '11',
    PHID_INGEST_PENDING_HEARTBEATS_MAX: '12000',
    PHID_LEARNING_INTERVAL: '9s',
    PHID_LIMITS_STREAM_USERS_MAX: '13',
    PHID_LIMITS_STREAM_GROUPS_MAX: '18',
    PHID_LIMITS_GROUP_MEMBERS_MAX: '19',
    PHID_LIMITS_TRACKED_USERS_MAX: '14',
    PHID_LIMITS_STREAMS_MAX: '15',
    PHID_LIMITS_MESSAGE_HEARTBEATS_MAX: '16',
    PHID_LIMITS_STREAM_MESSAGES_IN_FLIGHT_MAX: '17',
    PHID_LIMITS_CENSUS_USERS_MAX: '18',
    PHID_LIMITS_LOG_STREAMS_MAX: '19',
  };
  const { ingest, groups, tracker, stream, learning, shards, logs } = load({ env }).settings;
  expect(ingest).toEqual({ batchDelayMs: 7, batchSizeMax: 11, pendingMax: 12_000 });
  expect(learning).toEqual({ intervalMs: 9_000 });
  expect(groups).toEqual({ membersMax: 19 });
  const users = { subscriptionUsersMax: 13, trackedUsersMax: 14 };
  expect(tracker).toEqual({ ...users, subscriptionGroupsMax: 18, subscriptionsMax: 15 });
  expect(stream).toEqual({ heartbeatsPerMessageMax: 16, batchesInFlightMax: 17 });
  expect([shards, logs]).toEqual([{ usersMax: 18 }, { followersMax: 19 }]);
});
