import { deepStrictEqual, ok } from 'node:assert';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { loadConfig } from '../../src/config/load.js';
import { namespaceSettings } from '../../src/config/namespace-settings.js';
import { nodeSettings } from '../../src/config/node-settings.js';
import { ConfigError } from '../../src/config/problem.js';
import { envOf, flagOf } from '../../src/config/setting.js';
import { mutatedText } from '../support/mutated.js';
import type { Target } from '../support/target.js';

const FILE = `grpc_addr: 127.0.0.1:50051
redis: redis://user:secret@localhost:6379/1
http: { hosts: [phid.example], connections_max: 100 }
limits: &limits { streams_max: 10 }
ingest: { batch_delay: 2ms }
namespaces:
  default:
    model: adaptive
    window: 100
    expected_interval: 10s
    thresholds: { suspect: { phi: 3 }, offline: { false_alarms_per_user_day: 0.1 } }
  mobile: &mobile { max_silence: 2m, retention: 24h, mass_silence: { share: 0.3 } }
  web: { <<: *mobile, model: normal }
`;
const words = [
  ...[...Object.values(nodeSettings), ...Object.values(namespaceSettings)].map(({ path }) => path),
  ...['10s', '0', '-1ms', '1d', 'adaptive', 'namespaces:', '  ', '\n  default: ', '*limits', '<<: *mobile'],
];
const texts = mutatedText(fc.constant(FILE), words);
const value = mutatedText(
  fc.constantFrom('127.0.0.1:50051', '10s', '100', 'true', 'redis://h', '[::1]:0'),
  words,
);
const settings = Object.values(nodeSettings);
const overrides = fc.array(fc.tuple(fc.constantFrom(...settings), value), { maxLength: 3 });

/** What is loaded, or the text of what is wrong. */
function outcomeOf(sources: Parameters<typeof loadConfig>[0]): object {
  try {
    const { settings, warnings } = loadConfig(sources);
    return { settings, warnings };
  } catch (error) {
    ok(error instanceof ConfigError, error as Error);
    ok(error.problems.length > 0, 'an error says what is wrong');
    for (const { path, text } of error.problems) {
      ok(path !== '' && text !== '', 'a problem names a setting and says what is wrong');
    }
    ok(!error.message.includes('://user:secret@'), 'a password is shown');
    return { problems: error.message };
  }
}

export const config: Target = {
  name: 'config',
  what: 'YAML, environment and flags: settings, or every problem by its name',
  cases: 15_000,
  quickCases: 25,
  open() {
    const folder = mkdtempSync(join(tmpdir(), 'phid-fuzz-'));
    const file = join(folder, 'phid.yaml');
    const property = fc.property(texts, overrides, overrides, (text, flags, env) => {
      writeFileSync(file, text);
      const sources = {
        flags: new Map([['--config', file], ...flags.map(([each, raw]) => [flagOf(each), raw] as const)]),
        env: Object.fromEntries(env.map(([each, raw]) => [envOf(each), raw])),
      };
      deepStrictEqual(outcomeOf(sources), outcomeOf(sources));
      ok(!('polluted' in {}), 'no prototype is touched');
    });
    return { property, close: async () => rmSync(folder, { recursive: true }) };
  },
};
