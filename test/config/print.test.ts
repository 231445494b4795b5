import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { printJson, printYaml } from '../../src/config/print.js';
import { needingRestart } from '../../src/config/restart.js';
import { load, problemsOf } from './config-fixture.js';

const yaml = `
grpc_addr: "[::1]:50051"
ingest: { batch_delay: 3 }
namespaces:
  web: { window: 50, thresholds: { offline: { phi: 8.5 } } }
  sensors: { model: exponential, expected_interval: 10m, max_silence: 2h }
  phones: { thresholds: { suspect: { detection_time: 20s }, offline: { false_alarms_per_user_day: 5 } } }
`;

describe('config print', () => {
  test.each([false, true])('loads again to the same settings (explain: %j)', (explain) => {
    const loaded = load({ yaml });
    expect(load({ yaml: printYaml(loaded, explain) }).settings).toEqual(loaded.settings);
  });

  test('says where each value came from', () => {
    const lines = printYaml(
      load({ yaml, flags: { '--log-level': 'warn' }, env: { PHID_HTTP_ADDR: 'localhost:1' } }),
      false,
    );
    expect(lines).toMatch(/^grpc_addr: "\[::1\]:50051" {2}# .*phid\.yaml:2$/m);
    expect(lines).toMatch(/^http_addr: localhost:1 {2}# PHID_HTTP_ADDR$/m);
    expect(lines).toMatch(/^log_level: warn {2}# --log-level$/m);
    expect(lines).toMatch(/^ {4}window: 50 {2}# .*phid\.yaml:5$/m);
    expect(lines).toMatch(/^ {4}window: 100 {2}# default$/m);
  });

  test('explains every setting: meaning, what is allowed, what too low and too high cost', () => {
    const text = printYaml(load({}), true);
    expect(text).toContain(
      '    # Intervals kept for each session.\n    # Value: a whole number from 1 to 1000.\n',
    );
    expect(text.match(/# Value: /g)).toHaveLength(load({}).entries.length);
  });

  test('beside what a threshold is for stand the other ways to say it, as comments', () => {
    const yaml =
      'namespaces: { web: { model: normal, thresholds: { offline: { false_alarms_per_user_day: 0.1 } } } }';
    const lines = printYaml(load({ yaml }), false)
      .split('\n')
      .map((line) => line.replace(/\(.*\//, ''));
    const behind = '  # what it comes to before anything is learned';
    // Heartbeats every 10 s, 8,640 gaps a day; a pause of 3 s, and a deviation of a quarter of the interval.
    expect(lines.slice(lines.indexOf('    thresholds:'), -1)).toEqual([
      '    thresholds:',
      '      suspect:',
      '        phi: 3  # default',
      `        # false_alarms_per_user_day: 8.6${behind}`,
      `        # detection_time: 20.7s${behind}`,
      '      offline:',
      `        # phi: 4.94${behind}`,
      expect.stringMatching(/^ {8}false_alarms_per_user_day: 0\.1 {2}# .*phid\.yaml:1$/),
      `        # detection_time: 23.6s${behind}`,
    ]);
  });

  test('for machines: value and origin by path, durations in ms', () => {
    const printed = JSON.parse(printJson(load({ yaml }))) as Record<string, unknown>;
    expect(printed['namespaces.sensors.expected_interval']).toMatchObject({ value: 600_000 });
    expect(printed['namespaces.web.retention']).toEqual({ value: 86_400_000, origin: 'default' });
    expect(printed['namespaces.phones.thresholds.suspect.detection_time']).toMatchObject({ value: 20_000 });
    expect(printed['namespaces.phones.thresholds.suspect.phi']).toEqual({
      value: null,
      origin: 'default',
      derived: expect.closeTo(2.5, 0),
    });
    expect(printed.redis).toEqual({ value: null, origin: 'default' });
  });
});

describe('a password', () => {
  const flags = { '--redis': 'rediss://user:s3cret@redis.internal:6380/2' };

  test('is hidden in what is printed, and the rest is not', () => {
    for (const text of [printYaml(load({ flags }), true), printJson(load({ flags }))]) {
      expect(text).not.toContain('s3cret');
      expect(text).toContain('rediss://user:***@redis.internal:6380/2');
    }
    expect(load({ flags }).settings.redis).toBe('rediss://user:s3cret@redis.internal:6380/2');
  });

  test.each([
    'redis://:s3cret/x@host',
    's3cret',
    'redis://host?password=s3cret',
    'http://:s3cret@host',
    'redis://s3cret@',
  ])('is not repeated when the URL is wrong: %j', (url) => {
    const [problem] = problemsOf({ flags: { '--redis': url } });
    expect(problem).toContain('redis: the value (not shown: it may hold a password) is not redis://');
    expect(problem).not.toContain('s3cret');
  });

  test('is hidden when a reload says what needs a restart', () => {
    const lines = needingRestart(load({}).entries, load({ flags }).entries);
    expect(lines).toEqual(['redis unset -> rediss://user:***@redis.internal:6380/2']);
  });
});

describe('a reload', () => {
  const entriesOf = (text: string) => load({ yaml: text }).entries;

  test('needs no restart for thresholds', () => {
    const next = yaml.replace('phi: 8.5', 'phi: 9').replace('window: 50,', 'window: 50, ');
    expect(needingRestart(entriesOf(yaml), entriesOf(next))).toEqual([]);
    const byTime = yaml.replace('phi: 8.5', 'detection_time: 30s');
    expect(needingRestart(entriesOf(yaml), entriesOf(byTime))).toEqual([]);
  });

  test('needs one for anything else, and says from what to what', () => {
    const next = yaml
      .replace('window: 50', 'window: 60')
      .replace('sensors:', 'things:')
      .replace('delay: 3', 'delay: 4');
    expect(needingRestart(entriesOf(yaml), entriesOf(next))).toEqual([
      'namespaces.sensors was removed',
      'namespaces.things was added',
      'ingest.batch_delay 3ms -> 4ms',
      'namespaces.web.window 50 -> 60',
    ]);
  });
});

test('the printed defaults are plain YAML', () => {
  expect(parse(printYaml(load({}), false))).toMatchObject({
    grpc_addr: '127.0.0.1:50051',
    namespaces: { default: { retention: '24h', thresholds: { suspect: { phi: 3 }, offline: { phi: 5 } } } },
  });
});
