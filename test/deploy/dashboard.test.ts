import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { Phid } from '../cli/phid.js';
import { type Prometheus, promtool, startPrometheus } from '../support/prometheus.js';
import { type RedisServer, startRedis } from '../support/redis-server.js';
import { NodeFiles, type SecureNode, startSecureNode } from '../support/secure-node.js';

interface Dashboard {
  readonly panels: readonly {
    readonly title: string;
    readonly type: string;
    readonly targets?: readonly { readonly expr: string }[];
  }[];
}

const { panels } = JSON.parse(readFileSync('deploy/grafana/dashboards/phid.json', 'utf8')) as Dashboard;

/** What Grafana makes of an expression: all namespaces, all nodes, four scrapes. */
const inserted = (expression: string) =>
  expression.replaceAll('$namespace', '.*').replaceAll('$node', '.*').replaceAll('$__rate_interval', '4s');

const queries = panels.flatMap(({ title, targets = [] }) =>
  targets.map(({ expr }) => ({ title, expression: inserted(expr) })),
);

const UNTIL = { timeout: 45_000, interval: 500 };

let redis: RedisServer;
let fleet: Phid;
/** What is known of certificates and of callers only one that has them tells. */
let secure: SecureNode;
let prometheus: Prometheus;
/** host:port of gRPC and of HTTP. */
let grpc: string;
let http: string;

beforeAll(async () => {
  redis = await startRedis();
  // So many that an hour's worth of mistakes happens in a quarter of a minute.
  const free = ['--grpc-addr', '127.0.0.1:0', '--http-addr', '127.0.0.1:0'];
  fleet = new Phid(['demo', '--users', '240', '--redis', redis.url, ...free]);
  await fleet.until(() => expect(fleet.out.join('\n')).toContain('gRPC on'));
  [, grpc, http] = /gRPC on (\S+), metrics on http:\/\/(\S+)\/metrics/.exec(
    fleet.out.join('\n'),
  ) as unknown as [string, string, string];
  const files = await NodeFiles.create();
  secure = await startSecureNode(files, { access: { ...files.access, isMetricsOpen: true } });
  const target = `localhost:${secure.node.service.httpPort}`;
  prometheus = await startPrometheus(http, { target, ca_file: files.clientCa });
});
afterAll(async () => {
  await prometheus?.stop();
  await secure?.node.stop();
  await fleet?.kill();
  await redis?.stop();
});

it('names and types of the metrics are as Prometheus wants them', async () => {
  const page = await (await fetch(`http://${http}/metrics`)).text();
  expect(await promtool(['check', 'metrics'], page)).toBe('');
});

it('every panel shows something of a fleet that is served', async () => {
  const untold = new Map(queries.map((query) => [`${query.title}: ${query.expression}`, query]));
  await vi.waitFor(async () => {
    // Calls whose duration one panel shows.
    const asked = new Phid(['suspicion', 'steady-1', '--namespace', 'demo', '--addr', grpc]);
    await asked.ended();
    await fetch(`http://${http}/api/v1/namespaces`);
    for (const [name, { expression }] of untold) {
      const samples = await prometheus.query(expression);
      if (samples.some(({ value }) => Number.isFinite(value))) untold.delete(name);
    }
    expect([...untold.keys()]).toEqual([]);
  }, UNTIL);
}, 60_000);

it('everything that a node tells of itself is on a panel', async () => {
  const names = await prometheus.query('count by (__name__) ({__name__=~"phid_.+", job="phid"})');
  const shown = queries.map(({ expression }) => expression).join('\n');
  const rules = readFileSync('deploy/prometheus/recording-rules.yml', 'utf8');
  const untold = names
    .map(({ labels }) => String(labels.__name__).replace(/_(bucket|sum|count)$/, ''))
    .filter((name) => !new RegExp(`\\b${name}(_bucket|_sum|_count)?\\b`).test(`${shown}\n${rules}`));
  expect([...new Set(untold)]).toEqual([]);
});

it('no alert is about a fleet that is well', async () => {
  expect(await prometheus.query('ALERTS{severity="critical"}')).toEqual([]);
});
