import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { parse } from 'yaml';
import { promtool } from '../support/prometheus.js';

interface Rules {
  readonly groups: readonly {
    readonly rules: readonly {
      readonly alert?: string;
      readonly annotations?: { readonly runbook_url: string };
    }[];
  }[];
}

const read = (file: string) => parse(readFileSync(`deploy/prometheus/${file}`, 'utf8'));
const alerts = (read('alert-rules.yml') as Rules).groups.flatMap(({ rules }) => rules);

it('Prometheus takes the configuration and the rules', async () => {
  expect(await promtool(['check', 'config', 'prometheus.yml'])).toContain('SUCCESS: 2 rule files found');
  const rules = ['recording-rules.yml', 'alert-rules.yml'];
  expect(await promtool(['check', 'rules', '--lint=all', '--lint-fatal', ...rules])).toContain('SUCCESS');
});

it('every alert fires when it must and not otherwise', async () => {
  expect(await promtool(['test', 'rules', 'alert-rules.test.yml'])).toContain('SUCCESS');
  const { tests } = read('alert-rules.test.yml') as {
    tests: { alert_rule_test: { alertname: string; exp_alerts: unknown[] }[] }[];
  };
  const tested = tests.flatMap(({ alert_rule_test }) => alert_rule_test);
  const named = (isFiring: boolean) =>
    new Set(
      tested.filter(({ exp_alerts }) => exp_alerts.length > 0 === isFiring).map(({ alertname }) => alertname),
    );
  const names = new Set(alerts.map(({ alert }) => alert));
  expect(named(true)).toEqual(names);
  expect(named(false)).toEqual(names);
});

it('every alert has its place in the runbook', () => {
  const headings = [...readFileSync('docs/runbook.md', 'utf8').matchAll(/^## (.*)$/gm)].map(
    ([, heading]) => heading,
  );
  expect(alerts.map(({ alert }) => alert).filter((alert) => !headings.includes(alert))).toEqual([]);
  for (const { alert, annotations } of alerts) {
    expect(annotations?.runbook_url).toBe(`docs/runbook.md#${alert?.toLowerCase()}`);
  }
});
