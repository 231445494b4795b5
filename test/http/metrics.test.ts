import { AggregatorRegistry } from 'prom-client';
import { afterEach, expect, it, vi } from 'vitest';
import { Distribution } from '../../src/distribution.js';
import { Declarations } from '../../src/http/metrics/declarations.js';
import { version } from '../../src/version.js';
import { openStream } from '../grpc/gateway-stream.js';
import { type Node, startNode } from '../support/node.js';
import { startRedis } from '../support/redis-server.js';
import { namespaceSettings } from '../support/settings.js';

const cleanups: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

async function start(...args: Parameters<typeof startNode>): Promise<Node> {
  const node = await startNode(...args);
  cleanups.push(() => node.stop());
  return node;
}

const page = async (node: Node) => (await fetch(node.httpUrl('/metrics'))).text();

it('a histogram is shown cumulated, in the unit of its name, and adds up over workers', async () => {
  const durationsMs = new Distribution([100, 500]);
  for (const durationMs of [50, 100, 300, 1_000]) durationsMs.add(durationMs);
  const declare = new Declarations();
  declare.histograms('x_seconds', 'Help.', () => [[{ of: 'a' }, durationsMs]], { scale: 0.001 });
  const of = (n: number) =>
    [
      '# HELP x_seconds Help.',
      '# TYPE x_seconds histogram',
      `x_seconds_bucket{le="0.1",of="a"} ${2 * n}`,
      `x_seconds_bucket{le="0.5",of="a"} ${3 * n}`,
      `x_seconds_bucket{le="+Inf",of="a"} ${4 * n}`,
      `x_seconds_sum{of="a"} ${1.45 * n}`,
      `x_seconds_count{of="a"} ${4 * n}`,
      '',
    ].join('\n');
  expect(declare.text()).toBe(of(1));
  const worker = declare.objects();
  expect(await AggregatorRegistry.aggregate([worker, worker]).metrics()).toBe(of(2));
});

it('every namespace of the configuration is there from the start, also one that nobody uses', async () => {
  const node = await start({ namespaces: { default: namespaceSettings(), idle: namespaceSettings() } });
  const text = await page(node);
  for (const line of [
    'phid_heartbeats_total{namespace="idle",outcome="recorded"} 0',
    'phid_arrival_phi_bucket{le="+Inf",namespace="idle"} 0',
    'phid_mistake_duration_seconds_count{namespace="idle",status="offline"} 0',
    'phid_detection_time_predicted_seconds{namespace="idle",status="suspect"} 1.',
    `phid_build_info{version="${version}",node_version="${process.version}"} 1`,
  ]) {
    expect(text).toContain(`\n${line}`);
  }
});

it('the page is compressed for who takes that: it is of many lines that are alike', async () => {
  const node = await start();
  const ask = (encodings: string) =>
    fetch(node.httpUrl('/metrics'), { headers: { 'accept-encoding': encodings } });
  const [gzipped, plain] = [await ask('gzip'), await ask('gzip;q=0')];
  const lengthOf = ({ headers }: Response) => Number(headers.get('content-length'));
  expect([gzipped, plain].map(({ headers }) => headers.get('content-encoding'))).toEqual(['gzip', null]);
  expect(lengthOf(gzipped)).toBeLessThan(lengthOf(plain) / 4);
  for (const answer of [gzipped, plain]) expect(await answer.text()).toContain('\nphid_store_ready 1\n');
});

it('heartbeats that were not valid are counted as rejected, those of their batch as recorded', async () => {
  const node = await start();
  const { stream, answers } = openStream(node);
  const heartbeats = [{ userId: 'alice', sessionId: 'phone' }, { userId: '' }, { userId: 'bob' }];
  stream.write({ batchId: 1, heartbeats });
  await vi.waitFor(() => expect(answers).toHaveLength(1));
  const text = await page(node);
  expect(text).toMatch(/^phid_heartbeats_total\{namespace="default",outcome="rejected"\} 2$/m);
  expect(text).toMatch(/^phid_heartbeats_total\{namespace="default",outcome="recorded"\} 1$/m);
  expect(text).toMatch(/^phid_ingest_batch_heartbeats_bucket\{le="1"\} 1$/m);
  expect(text).toMatch(/^phid_ingest_latency_seconds_count 1$/m);
  stream.end();
});

it('calls of Redis are timed, and those that fail are counted', async () => {
  const redis = await startRedis();
  cleanups.push(() => redis.stop());
  const node = await start({ redis: redis.url });
  await node.seed({ intervalMs: 1_000, n: 1, agoMs: 0 });
  const metric = async (name: string) => {
    const ofScripts = (await page(node)).matchAll(new RegExp(`^${name}\\{script="\\w+"\\} (.*)$`, 'gm'));
    return Array.from(ofScripts, ([, value]) => Number(value)).reduce((sum, value) => sum + value);
  };
  expect(await metric('phid_redis_call_duration_seconds_count')).toBeGreaterThan(0);
  expect(await metric('phid_redis_call_failures_total')).toBe(0);
  await redis.kill('SIGSTOP');
  expect(await node.outcome('Suspicion', { userId: 'alice' })).toMatch(/UNAVAILABLE/);
  expect(await metric('phid_redis_call_failures_total')).toBeGreaterThan(0);
});
