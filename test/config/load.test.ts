import { describe, expect, test } from 'vitest';
import type { NamespaceSettings } from '../../src/presence/namespace.js';
import { load, problemsOf } from './config-fixture.js';

describe('precedence', () => {
  const yaml = 'log_level: error\n';
  const env = { PHID_LOG_LEVEL: 'warn' };
  const flags = { '--log-level': 'debug' };

  test.each([
    ['default', {}, 'info', { source: 'default' }],
    ['file over default', { yaml }, 'error', { source: 'file', line: 1 }],
    ['environment over file', { yaml, env }, 'warn', { source: 'environment', name: 'PHID_LOG_LEVEL' }],
    ['flag over environment', { yaml, env, flags }, 'debug', { source: 'flag', name: '--log-level' }],
  ])('%s', (_, given, level, origin) => {
    const { settings, entries } = load(given);
    expect(settings.logLevel).toBe(level);
    expect(entries.find(({ path }) => path === 'log_level')?.origin).toMatchObject(origin);
  });

  test('a wrong value that something else overrides is not in the way', () => {
    expect(load({ yaml: 'log_level: loud\n', flags }).settings.logLevel).toBe('debug');
  });

  test('an empty variable is not set', () => {
    expect(load({ env: { PHID_REDIS: '', PHID_CONFIG: '' } }).settings.redis).toBeUndefined();
  });

  test('PHID_CONFIG names the file, --config wins', () => {
    const env = { PHID_CONFIG: '/does/not/exist.yaml' };
    expect(problemsOf({ env })).toEqual([
      'config: cannot read /does/not/exist.yaml: no such file (PHID_CONFIG)',
    ]);
    expect(load({ yaml, env }).settings.logLevel).toBe('error');
  });
});

describe('namespaces', () => {
  const names = (yaml?: string) => Object.keys(load(yaml === undefined ? {} : { yaml }).settings.namespaces);

  test('without a file, or a list in it, there is default', () => {
    expect(names()).toEqual(['default']);
    expect(names('log_level: info')).toEqual(['default']);
    expect(names('')).toEqual(['default']);
    expect(names('namespaces:\n')).toEqual(['default']);
  });

  test('a list is complete: default exists only when it is in it, and its absence is a warning', () => {
    expect(names('namespaces: { web: }')).toEqual(['web']);
    expect(load({ yaml: 'namespaces: { web: }' }).warnings).toEqual([
      'namespaces: none is called default, so a request that names no namespace is refused',
    ]);
    expect(load({ yaml: 'namespaces: { default: , web: }' }).warnings).toEqual([]);
  });

  test('defaults are those of the documentation', () => {
    expect(load({}).settings.namespaces.default).toEqual({
      detector: {
        model: 'adaptive',
        logistic: false,
        window: 100,
        minSamples: 10,
        expectedIntervalMs: 10_000,
        acceptablePauseMs: 3_000,
        minStdDevMs: 100,
        maxSilenceMs: 90_000,
        sessionsMax: 16,
      },
      retentionMs: 86_400_000,
      halfLifeMs: 86_400_000,
      usersMax: 1_000_000,
      intents: { suspect: { phi: 3 }, offline: { phi: 5 } },
      massSilence: { share: 0.25, usersMin: 20, holdMs: 120_000, releasePerSecond: 100 },
    });
  });

  test('every setting is read', () => {
    const yaml = `
namespaces:
  a: &a
    model: exponential
    logistic: true
    window: 50
    min_samples: 5
    expected_interval: 2s
    acceptable_pause: 4s
    min_std_dev: 250ms
    max_silence: 1m
    retention: 2h
    half_life: 3h
    sessions_max: 4
    users_max: 5000
    mass_silence: { share: 0.5, users: 7, hold: 30s, release_per_second: 9 }
    thresholds: { suspect: { phi: 1.5 }, offline: { phi: 8 } }
  b: { <<: *a, window: 60 }
`;
    const { a, b } = load({ yaml }).settings.namespaces;
    expect(a).toEqual({
      detector: {
        model: 'exponential',
        logistic: true,
        window: 50,
        minSamples: 5,
        expectedIntervalMs: 2_000,
        acceptablePauseMs: 4_000,
        minStdDevMs: 250,
        maxSilenceMs: 60_000,
        sessionsMax: 4,
      },
      retentionMs: 7_200_000,
      halfLifeMs: 10_800_000,
      usersMax: 5_000,
      intents: { suspect: { phi: 1.5 }, offline: { phi: 8 } },
      massSilence: { share: 0.5, usersMin: 7, holdMs: 30_000, releasePerSecond: 9 },
    });
    expect(b?.detector).toEqual({ ...a?.detector, window: 60 });
  });

  test('what has no effect under the model is a warning', () => {
    expect(
      load({ yaml: 'namespaces: { default: { model: exponential, min_std_dev: 1s } }' }).warnings,
    ).toEqual(['namespaces.default.min_std_dev: has no effect, because model is not normal']);
    // What thresholds cost is counted under every model.
    expect(load({ yaml: 'namespaces: { default: { model: normal, half_life: 1h } }' }).warnings).toEqual([]);
  });

  test.each([
    ['{ phi: 4 }', { phi: 4 }],
    ['{ false_alarms_per_user_day: 0.1 }', { falseAlarmsPerUserDay: 0.1 }],
    ['{ detection_time: 20s }', { detectionTimeMs: 20_000 }],
    ['{ detection_time: 20s, phi: }', { detectionTimeMs: 20_000 }],
    ['{}', { phi: 3 }],
  ])('a threshold is for one thing: %s', (written, intent) => {
    const { intents } = load({ yaml: `namespaces: { default: { thresholds: { suspect: ${written} } } }` })
      .settings.namespaces.default as NamespaceSettings;
    expect(intents).toEqual({ suspect: intent, offline: { phi: 5 } });
  });

  test.each(['web', 'a', '0', 'a-b_c9', 'x'.repeat(63)])('the name %j is allowed', (name) => {
    expect(names(`namespaces: { ${name}: }`)).toEqual([name]);
  });

  test.each(['Web', '-a', '_a', 'a:b', 'a.b', 'ä', 'x'.repeat(64), '""'])(
    'the name %j is refused',
    (name) => {
      const [problem, ...others] = problemsOf({ yaml: `namespaces: { ${name}: }` });
      expect(problem).toMatch(/is not a name of 1 to 63 characters .*phid\.yaml:1\)$/);
      expect(others).toEqual([]);
    },
  );

  test('an empty list is refused', () => {
    expect(problemsOf({ yaml: 'namespaces: {}' })).toEqual([
      'namespaces: the list is empty; name at least one, or leave it out for one namespace "default" (phid.yaml:1)',
    ]);
  });
});

describe('problems', () => {
  test('all of them are reported at once, with name, value, what is allowed and where it came from', () => {
    const yaml = `
http_adr: 127.0.0.1:1
ingest: { batch_delay: 5s }
namespaces:
  web:
    model: adaptiv
    windw: 20
    thresholds: { suspect: 3, offline: { phi: 0.5 } }
`;
    const flags = { '--grpc-addr': '50051' };
    const env = { PHID_LIMITS_STREAMS_MAX: 'many' };
    expect(problemsOf({ yaml, flags, env })).toEqual([
      'grpc_addr: "50051" is not host:port with a port from 0 to 65535, such as 127.0.0.1:50051 or [::1]:50051 (--grpc-addr)',
      'ingest.batch_delay: "5s" is not a duration from 0ms to 1s, such as 10s, 2m or 100ms (phid.yaml:3)',
      'limits.streams_max: "many" is not a whole number from 1 to 1000000 (PHID_LIMITS_STREAMS_MAX)',
      'namespaces.web.model: "adaptiv" is not one of adaptive, normal, exponential (phid.yaml:6)',
      'namespaces.web.thresholds.offline.phi: 0.5 is not a number from 1 to 300 (phid.yaml:8)',
      'http_adr: there is no such setting; did you mean http_addr? (phid.yaml:2)',
      'namespaces.web.windw: there is no such setting; did you mean window? (phid.yaml:7)',
      'namespaces.web.thresholds.suspect: 3 is not a mapping, such as { phi: ..., false_alarms_per_user_day: ..., detection_time: ... } (phid.yaml:8)',
    ]);
  });

  test.each([
    [
      '- 1',
      'config: [1] is not a mapping, such as { grpc_addr: ..., http_addr: ..., insecure: ... } (phid.yaml)',
    ],
    ['namespaces: 5', 'namespaces: 5 is not a mapping (phid.yaml:1)'],
    ['namespaces: [web]', 'namespaces: ["web"] is not a mapping (phid.yaml:1)'],
    ['a: 1\ngrpc_addr: x:1\ngrpc_addr: y:1', 'config: not valid YAML: Map keys must be unique (phid.yaml:3)'],
    ['grpc_addr: "x', 'config: not valid YAML: Missing closing "quote (phid.yaml:1)'],
    ['grpc_addr: *x', /^config: not valid YAML: Unresolved alias .*: x \(phid\.yaml\)$/],
    ['<<: 5', 'config: not valid YAML: Merge sources must be maps or map aliases (phid.yaml)'],
    ['a: 1\n---\nb: 1', 'config: not valid YAML: Source contains multiple documents (phid.yaml:2)'],
    ['? [1, 2]\n: 3', 'config: not valid YAML: With stringKeys, all keys must be strings (phid.yaml:1)'],
    ['limits: { users: 1 }', /^limits\.users: there is no such setting; known here: stream_users_max, /],
    ['namespaces: { web: { minSamples: 1 } }', /did you mean min_samples\?/],
    [
      'namespaces: { web: { thresholds: { offline: { fi: 3 } } } }',
      /^namespaces\.web\.thresholds\.offline\.fi: .*phi/,
    ],
  ])('%j', (yaml, expected) => {
    const problems = problemsOf({ yaml });
    expect(problems).toHaveLength(1);
    expect(problems[0]).toEqual(typeof expected === 'string' ? expected : expect.stringMatching(expected));
  });

  test('a setting of the file that a flag overrides is not unknown', () => {
    expect(problemsOf({ yaml: 'redis: redis://a', flags: { '--redis': 'redis://b' } })).toEqual([]);
  });

  test('a variable one slip away from a setting is a warning; those of Kubernetes are not', () => {
    const env = {
      PHID_GRPC_ADRR: 'x',
      PHID_SERVICE_HOST: '10.0.0.1',
      PHID_PORT_50051_TCP_ADDR: '10.0.0.1',
      PHID_REDIS_PORT: 'tcp://10.0.0.1',
      PHID_UNRELATED_THING: 'x',
      PHID_ADDR: 'localhost:1',
    };
    expect(load({ env }).warnings).toEqual([
      'PHID_GRPC_ADRR: no such setting, and so ignored; did you mean PHID_GRPC_ADDR?',
    ]);
  });
});

test.each([
  ['http: redis://user:secret@localhost:6379/1', 'http: '],
  [' grpc_addr: 127.0.0.1:1\nredis: redis://user:secret@localhost:6379/1', 'config: not valid YAML'],
  ['redis://user:secret@localhost:6379/1', 'config: '],
  ['grpc_addr: *redis://user:secret@localhost:6379/1', 'config: not valid YAML: Unresolved alias'],
  [
    '? redis://user:secret@localhost:6379/1\n: 5',
    '://(not shown)@localhost:6379/1: there is no such setting',
  ],
])('a password that is out of place is not repeated (%#)', (yaml, begins) => {
  const problems = problemsOf({ yaml });
  expect(problems.join('\n')).toContain(begins);
  expect(problems.join('\n')).not.toContain('secret');
});

test('an alias within what it stands for is no value of a setting', () => {
  expect(problemsOf({ yaml: 'grpc_addr: &a [*a]' })[0]).toMatch(
    /^grpc_addr: a value that holds itself is not /,
  );
});

test('a setting without a name is named as that', () => {
  expect(problemsOf({ yaml: ': 1' })[0]).toMatch(/^"": there is no such setting/);
});
