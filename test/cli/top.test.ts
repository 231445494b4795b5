import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, it } from 'vitest';
import { MetricsPage } from '../../src/cli/metrics-page.js';
import { figuresOf } from '../../src/cli/node-figures.js';
import { topLines } from '../../src/cli/top-lines.js';
import { suspectLines } from '../../src/cli/top-suspects.js';
import { version } from '../../src/version.js';
import { PROCESS_TEST, test } from './phid.js';

const NAMESPACE = 'namespace="web"';
/** A node that has been up for a while; `beats` and 5 mistakes since. */
const pageAt = (atMs: number, beats: number) =>
  new MetricsPage(
    [
      '# HELP phid_heartbeats_total Heartbeats.',
      `phid_build_info{version="1.2.3",node_version="v20"} 1`,
      'phid_store_ready 1',
      `process_start_time_seconds ${Date.now() / 1000 - 90}`,
      `phid_threshold_phi{${NAMESPACE},status="suspect"} 3`,
      `phid_threshold_phi{${NAMESPACE},status="offline"} 5`,
      `phid_heartbeats_total{${NAMESPACE},outcome="recorded"} ${beats}`,
      `phid_heartbeats_total{${NAMESPACE},outcome="failed"} 7`,
      `phid_arrival_phi_bucket{le="1",${NAMESPACE}} 900`,
      `phid_arrival_phi_bucket{le="2",${NAMESPACE}} 999`,
      `phid_arrival_phi_bucket{le="3",${NAMESPACE}} 1000`,
      `phid_arrival_phi_count{${NAMESPACE}} 1000`,
      `phid_mistake_duration_seconds_count{${NAMESPACE},status="suspect"} 5`,
      `phid_watches{${NAMESPACE},status="suspect"} 2`,
      `phid_holds{${NAMESPACE},cause="silence"} 1`,
      `phid_ingest_latency_seconds_bucket{le="0.005"} ${beats}`,
      `phid_ingest_latency_seconds_bucket{le="0.01"} ${2 * beats}`,
      `phid_ingest_latency_seconds_bucket{le="+Inf"} ${2 * beats}`,
    ].join('\n'),
    atMs,
  );

describe('figures of a node', () => {
  const figures = figuresOf(pageAt(3_000, 160), pageAt(1_000, 100));
  const [web] = figures.namespaces;

  it('rates and quantiles are of the time between two pages', () => {
    expect(figures).toMatchObject({ version: '1.2.3', isStoreReady: true, heartbeatsPerSecond: 30 });
    expect(web).toMatchObject({ namespace: 'web', heartbeatsPerSecond: 30, massSilences: 1, drains: 0 });
    expect(figures.recordedP99Seconds).toBe(0.01);
    expect(figures.redisP99Seconds).toBeNull();
  });

  it('several workers, whose page says no time of start, have been up for an unknown time', () => {
    const workers = new MetricsPage('phid_store_ready 1\n', 0);
    expect(figuresOf(workers, workers).uptimeSeconds).toBeNull();
    expect(topLines('', figuresOf(workers, workers), 100)[0]).toMatch(/ {2}well$/);
  });

  it('a node that was started again in between has no rates below zero', () => {
    expect(figuresOf(pageAt(3_000, 10), pageAt(1_000, 100)).heartbeatsPerSecond).toBe(0);
  });

  it('say what φ really is, where enough was seen, and how many mistakes the threshold stands for', () => {
    expect(web?.deliveredPhi).toEqual([expect.closeTo(1, 1), expect.closeTo(2.7, 1), null, null]);
    expect(web).toMatchObject({ mistakes: { suspect: 5, offline: 0 }, watches: { suspect: 2 } });
    expect(web?.mistakesExpected).toEqual({ suspect: expect.closeTo(1), offline: expect.closeTo(0.01) });
  });

  it('are lines that fit the screen', () => {
    const lines = topLines('127.0.0.1:9464', figures, 60);
    expect(lines[0]).toMatch(/^phid 1\.2\.3 on 127\.0\.0\.1:9464 {2}up .* well$/);
    expect(lines[1]).toMatch(/^30 heartbeats\/s/);
    expect(lines.at(-1)).toMatch(/^web {8}30 /);
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThan(60);
    expect(topLines('', figures, 1_000).at(-1)).toMatch(
      /3\.00, 5\.00 +1\.0 2\.7 - - +5, 0 .*silent origins: 1$/,
    );
  });
});

it('suspects are lines: who will be OFFLINE next first', () => {
  const suspect = { namespace: 'web', userId: 'alice', phi: 4.25, silenceMs: 31_000, offlineInMs: 2_500 };
  expect(suspectLines([suspect, { ...suspect, userId: 'bob', offlineInMs: 0 }], 100)).toEqual([
    '',
    expect.stringMatching(/^SUSPECT +NAMESPACE +φ +SILENCE +OFFLINE IN$/),
    expect.stringMatching(/^alice +web +4\.25 +31\.0s +2\.5s$/),
    expect.stringMatching(/^bob +web +4\.25 +31\.0s +withheld$/),
  ]);
});

it('a page is read by the text format of Prometheus', () => {
  const page = new MetricsPage(
    'a{b="x\\"y\\\\z\\n",c="1"} 2\na{b="q"} 3\n# TYPE a gauge\nd 1e3 1700000000000\n',
    0,
  );
  expect(page.labelValues('a', 'b')).toEqual(['x"y\\z\n', 'q']);
  expect([page.sum('a'), page.sum('a', { c: '1' }), page.sum('d'), page.sum('nothing')]).toEqual([
    5, 2, 1000, 0,
  ]);
  expect([page.has('d'), page.has('e')]).toEqual([true, false]);
});

describe('phid top', PROCESS_TEST, () => {
  test('tells once, for people and for machines', async ({ node, phid, expect }) => {
    const { httpPort, addr } = await node();
    await phid('heartbeat', '--user', 'alice', '--addr', addr);
    const at = ['--http-addr', `127.0.0.1:${httpPort}`, '--addr', addr, '--interval', '100ms'];
    const once = await phid('top', ...at);
    expect(once.err).toEqual([]);
    expect(once.out[0]).toMatch(new RegExp(`^phid ${version} on 127.0.0.1:${httpPort} .* well$`));
    expect(once.out.join('\n')).toMatch(/\nNAMESPACE +BEATS.*\ndefault /);
    expect(once.out.at(-1)).toBe('nobody who is watched is SUSPECT');
    const { code, json } = await phid('top', '--json', ...at);
    expect(code).toBe(0);
    expect(json).toMatchObject([
      { version, isStoreReady: true, namespaces: [{ namespace: 'default', liveUsers: 1 }], suspects: [] },
    ]);
    const unknown = await phid('top', ...at, '--addr', '127.0.0.1:9');
    expect(unknown.out.at(-1)).toMatch(/^suspects are not known: nothing answers on 127\.0\.0\.1:9 /);
  });

  test('says plainly what is wrong where there is no phid', async ({ phid, expect }) => {
    const other = createServer((_, response) => response.end('hello\n')).listen(0, '127.0.0.1');
    await new Promise((resolve) => other.once('listening', resolve));
    const { port } = other.address() as AddressInfo;
    const stranger = await phid('top', '--http-addr', `127.0.0.1:${port}`);
    other.close();
    expect(stranger.err).toEqual([
      `phid: http://127.0.0.1:${port}/metrics is not the page of phid; --http-addr names another address`,
    ]);
    const nobody = await phid('top', '--once', '--http-addr', `127.0.0.1:${port}`);
    expect(nobody.err[0]).toMatch(
      /^phid: nothing answers on 127\.0\.0\.1:\d+ \(ECONNREFUSED\); start a server with/,
    );
    expect([stranger.code, nobody.code]).toEqual([1, 1]);
  });
});
