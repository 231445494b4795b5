import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { Phid } from '../cli/phid.js';
import { type Prometheus, promtool, startPrometheus } from '../support/prometheus.js';
import { type RedisServer, startRedis } from '../support/redis-server.js';

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
  prometheus = await startPrometheus(http);
});
afterAll(async () => {
  await prometheus?.stop();
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
    for (const [name, { expression }] of untold) {
      const samples = await prometheus.query(expression);
      if (samples.some(({ value }) => Number.isFinite(value))) untold.delete(name);
    }
    expect([...untold.keys()]).toEqual([]);
  }, UNTIL);
}, 60_000);

it('no alert is about a fleet that is well', async () => {
  expect(await prometheus.query('ALERTS{severity="critical"}')).toEqual([]);
});
