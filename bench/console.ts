import { credentials, type ServiceError } from '@grpc/grpc-js';
import type { Browser, Page } from 'playwright-core';
import { PresenceService } from '../src/grpc/definition.js';
import { launchChromium } from '../test/support/chromium.js';
import { startRedis } from '../test/support/redis-server.js';
import { type LoadProcess, startLoad } from './load/load-process.js';
import { type BenchResult, bench } from './support/bench.js';
import { startPhid } from './support/contender.js';
import { fillRedisInProcession } from './support/fill.js';
import { namespaceOf } from './support/namespace.js';
import { cpuUs } from './support/os.js';
import { PAST_BEATS } from './support/past.js';
import { say } from './support/progress.js';
import type { ServiceProcess } from './support/service-process.js';
import { type Start, stoppingAll } from './support/started.js';
import { medianOf } from './support/statistics.js';

const GATEWAYS = 4;
const BATCH = 100;
const INTERVAL_MS = 10_000;
const JITTER_MS = 200;
/** Users who leave and come back, one after the other, so that so many changes come. */
const FLAPPING = 100;
const CHANGES_PER_S = 200;
/** Until the owners of the shards have counted everybody. */
const SETTLING_S = 15;
/** One look at the CPU with the page, or without. */
const LOOK_S = 5;
const SCROLL_PX = 90;

export const console = bench({
  question: 'What does an open page of the console cost the service, and does its feed scroll at 60 fps?',
  defaults: { users: 10_000, looks: 8, scrollSeconds: 15 },
  run: (options) => stoppingAll((start) => run(options, start)),
});

interface Plan {
  readonly users: number;
  /** Each with the page and without. */
  readonly looks: number;
  readonly scrollSeconds: number;
}

const sleep = (seconds: number) => new Promise((resolve) => setTimeout(resolve, seconds * 1000));

async function run({ users, looks, scrollSeconds }: Plan, start: Start): Promise<BenchResult> {
  say('starting');
  const redis = await start(startRedis());
  const service = await startPhid(start, redis);
  const load = await start(startLoad());
  const { chromium } = await start(startChromium());
  await beat(load, service, { redisUrl: redis.url, users });
  await start(flap(service.address));
  await sleep(SETTLING_S);
  const cpu = await lookInTurn(chromium, service, looks);
  const feed = await scrollFeed(chromium, service, scrollSeconds);
  await load.do('stopBeating', undefined);
  return {
    figures: { ...cpu, ...feed },
    targets: [
      { figure: 'page_cpu_percent', atMost: 5 },
      { figure: 'scroll_frames_per_s', atLeast: 58 },
    ],
  };
}

/** A fleet with a past, which beats on. */
async function beat(
  load: LoadProcess,
  service: ServiceProcess,
  { redisUrl, users }: { readonly redisUrl: string; readonly users: number },
): Promise<void> {
  say(`a past of ${users} users`);
  const procession = await fillRedisInProcession(redisUrl, {
    namespace: namespaceOf('adaptive'),
    ...{ users, sessions: 1, intervalMs: INTERVAL_MS, jitter: JITTER_MS / INTERVAL_MS, agoMs: 0 },
  });
  const fleet = { address: service.address, users, gateways: GATEWAYS };
  const rhythm = { batch: BATCH, intervalMs: INTERVAL_MS, jitterMs: JITTER_MS };
  await load.do('restart', { ...fleet, ...procession, sequence: PAST_BEATS });
  await load.do('startBeating', { ...fleet, ...procession, ...rhythm });
}

/** Has users leave and come back: each is a change. */
async function flap(address: string) {
  say(`${CHANGES_PER_S} changes a second`);
  const client = new PresenceService(address, credentials.createInsecure());
  let calls = 0;
  const timer = setInterval(() => {
    const userId = `flapping-${calls % FLAPPING}`;
    const isLeave = Math.floor(calls / FLAPPING) % 2 === 1;
    calls += 1;
    if (isLeave) client.Leave({ userId }, failing);
    else client.Heartbeat({ heartbeat: { userId, sessionId: 'device' } }, failing);
  }, 1_000 / CHANGES_PER_S);
  return {
    async stop() {
      clearInterval(timer);
      client.close();
    },
  };
}

function failing(error: ServiceError | null): void {
  if (error) throw error;
}

async function startChromium() {
  const chromium = await launchChromium();
  return { chromium, stop: () => chromium.close() };
}

/** CPU of the service, in percent of one core, without a page and with that of the fleet, in turn. */
async function lookInTurn(browser: Browser, service: ServiceProcess, looks: number) {
  const shares = { without: [] as number[], with: [] as number[] };
  const look = async () => {
    const [beforeUs, beforeMs] = [cpuUs(service.pid), performance.now()];
    await sleep(LOOK_S);
    return (cpuUs(service.pid) - beforeUs) / (performance.now() - beforeMs) / 10;
  };
  for (let n = 1; n <= looks; n++) {
    say(`look ${n} of ${looks}`);
    shares.without.push(await look());
    const page = await openPage(browser, `${service.url}/#/fleet`);
    await page.getByLabel('Table of mistakes').waitFor();
    shares.with.push(await look());
    await page.context().close();
  }
  return {
    without_page_cpu_percent: medianOf(shares.without),
    with_page_cpu_percent: medianOf(shares.with),
    page_cpu_percent: medianOf(shares.with.map((share, n) => share - (shares.without[n] as number))),
  };
}

interface TraceEvent {
  readonly name: string;
  /** µs. */
  readonly ts: number;
}

/** Frames that Chromium drew while somebody scrolls through the feed, back and forth, and changes arrive. */
async function scrollFeed(browser: Browser, service: ServiceProcess, seconds: number) {
  const page = await openPage(browser, `${service.url}/#/changes`);
  say('the feed fills');
  await sleep(10);
  await page.mouse.move(600, 500);
  const totalBefore = await service.metric('phid_log_changes_total');
  await browser.startTracing(page, { categories: ['disabled-by-default-devtools.timeline.frame'] });
  say(`scrolling for ${seconds} s`);
  const startedMs = performance.now();
  for (let step = 0; performance.now() - startedMs < seconds * 1000; step++) {
    await page.mouse.wheel(0, step % 100 < 50 ? SCROLL_PX : -SCROLL_PX);
  }
  const elapsedS = (performance.now() - startedMs) / 1000;
  const { traceEvents } = JSON.parse((await browser.stopTracing()).toString()) as {
    traceEvents: TraceEvent[];
  };
  const changes = (await service.metric('phid_log_changes_total')) - totalBefore;
  await page.context().close();
  const drawn = traceEvents.filter(({ name }) => name === 'DrawFrame').map(({ ts }) => ts);
  const gapsMs = drawn.slice(1).map((ts, i) => (ts - (drawn[i] as number)) / 1000);
  return {
    changes_per_s: changes / elapsedS,
    scroll_frames_per_s: drawn.length / elapsedS,
    scroll_frame_p99_ms: gapsMs.sort((a, b) => a - b)[Math.floor(gapsMs.length * 0.99)] ?? Number.NaN,
  };
}

async function openPage(browser: Browser, url: string): Promise<Page> {
  const context = await browser.newContext({ viewport: { width: 1_440, height: 900 } });
  const page = await context.newPage();
  await page.goto(url);
  return page;
}
