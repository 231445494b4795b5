import { gzipSync } from 'node:zlib';
import { credentials } from '@grpc/grpc-js';
import type { Arrival } from '../src/detector/arrival.js';
import type { UserRecord } from '../src/detector/user.js';
import { PresenceService } from '../src/grpc/definition.js';
import { startRedis } from '../test/support/redis-server.js';
import { randomNumbers } from '../test/support/replay.js';
import { startLoad } from './load/load-process.js';
import { type BenchResult, bench, type Figure } from './support/bench.js';
import { built } from './support/built.js';
import { heartbeatSample, startPhid, withCpu } from './support/contender.js';
import { namespaceOf, WINDOW } from './support/namespace.js';
import { figuresOf, inTurn, type Sample } from './support/rounds.js';
import { type Start, stoppingAll } from './support/started.js';
import { magnitudeOf, spreadOf } from './support/statistics.js';

const { recordHeartbeat } = await built<typeof import('../src/detector/user.js')>('detector/user.js');
const { Calibration } =
  await built<typeof import('../src/presence/calibration.js')>('presence/calibration.js');
const { Mistakes } = await built<typeof import('../src/presence/mistakes.js')>('presence/mistakes.js');
const { IngestCounts } = await built<typeof import('../src/presence/ingest/ingest-counts.js')>(
  'presence/ingest/ingest-counts.js',
);

const NAMESPACES = 100;
const WARMUP_ROUNDS = 5;
/** As prometheus.yml of deploy/ has it. */
const SCRAPE_INTERVAL_S = 15;

/** Heartbeats of a batch; the embedded store is where ingest costs least, and so where metrics weigh most. */
const JOB = { batch: 100, inFlight: 6, users: 10_000, active: 10_000, gateways: 4, jitter: 0.4 };
const ROUND_MS = 1_000;

const THRESHOLDS = { suspect: 3, offline: 5 };
const USERS = 512;
const BATCHES = 500;
const INTERVAL_US = 10_000_000;

export const metrics = bench({
  question:
    'How long does a scrape of 100 namespaces take, and what part of the CPU of ingest is for metrics?',
  defaults: { rounds: 20 },
  run: ({ rounds }) => stoppingAll((start) => run(rounds, start)),
});

async function run(rounds: number, start: Start): Promise<BenchResult> {
  const page = await measurePage(rounds, start);
  const cost = await measureCost(rounds, start);
  return {
    figures: { ...page, ...cost },
    targets: [
      { figure: 'scrape_ms', atMost: 50 },
      { figure: 'page_kb', atMost: 1_000 },
      { figure: 'metrics_percent_of_ingest_cpu', atMost: 3 },
    ],
  };
}

/** Everything that there can be of 100 namespaces: each has been heard of, watched and asked for. */
async function measurePage(rounds: number, start: Start): Promise<Record<string, Figure>> {
  const redis = await start(startRedis());
  const names = Array.from({ length: NAMESPACES }, (_, i) => `namespace-${i}`);
  const namespaces = Object.fromEntries(names.map((name) => [name, {}]));
  const service = await startPhid(start, redis, { namespaces });
  const client = new PresenceService(service.address, credentials.createInsecure());
  for (const namespace of names) {
    await new Promise<void>((resolve, reject) => {
      const heartbeat = { userId: 'alice', sessionId: 'phone' };
      client.Heartbeat({ namespace, heartbeat }, (error) => (error ? reject(error) : resolve()));
    });
    const watch = client.Watch({ namespace, userIds: ['alice'] });
    // It ends with the client.
    watch.on('error', () => {});
    await new Promise((resolve) => watch.once('data', resolve));
  }
  const samples = await inTurn(['page'], { rounds: WARMUP_ROUNDS + rounds, label: 'page' }, async () => {
    const startedMs = performance.now();
    const { result, serviceUs } = await withCpu(service, () => service.page());
    const elapsedMs = performance.now() - startedMs;
    const lines = result.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
    const [kb, sentKb] = [result, gzipSync(result, { level: 1 })].map(({ length }) => length / 1000);
    return { ms: elapsedMs, cpuMs: serviceUs / 1000, kb, sentKb, series: lines.length } as Sample;
  });
  client.close();
  const of = (quantity: string) =>
    spreadOf(samples.page.slice(WARMUP_ROUNDS).map((sample) => sample[quantity] as number));
  return {
    scrape_ms: of('ms'),
    scrape_cpu_ms: of('cpuMs'),
    page_kb: magnitudeOf(of('kb')),
    page_gzip_kb: magnitudeOf(of('sentKb')),
    page_series: magnitudeOf(of('series')),
  };
}

/** What is counted of every heartbeat, and a scrape of one namespace now and then, as a part of what ingest costs. */
async function measureCost(rounds: number, start: Start): Promise<Record<string, Figure>> {
  const load = await start(startLoad());
  const service = await startPhid(start, undefined);
  const fleet = new Fleet();
  const ingest = () => heartbeatSample(load, service, { ...JOB, until: { ms: ROUND_MS } });
  const measures: Readonly<Record<string, () => Promise<Sample>>> = {
    ingest,
    counting: async () => ({ ns: countingNs(fleet) }),
    scrape: async () => ({ us: (await withCpu(service, () => service.page())).serviceUs }),
  };
  const names = Object.keys(measures);
  const measure = (name: string) => (measures[name] as () => Promise<Sample>)();
  await inTurn(names, { rounds: WARMUP_ROUNDS, label: 'warming up' }, measure);
  const samples = await inTurn(names, { rounds, label: 'cost' }, measure);
  const figures = figuresOf('cost', samples);
  const value = (name: string) => magnitudeOf(figures[`cost.${name}`] as Figure);
  const scrapeUs = value('scrape.us') / (SCRAPE_INTERVAL_S * value('ingest.heartbeats_per_s'));
  const metricsUs = value('counting.ns') / 1000 + scrapeUs;
  return {
    counting_ns_a_heartbeat: figures['cost.counting.ns'] as Figure,
    one_namespace_scrape_cpu_ms: value('scrape.us') / 1000,
    embedded_ingest_cpu_us_a_heartbeat: figures['cost.ingest.service_cpu_us'] as Figure,
    metrics_percent_of_ingest_cpu: (100 * metricsUs) / value('ingest.service_cpu_us'),
  };
}

/** Users with full windows, who beat a little early or late; one heartbeat in fifty is lost. */
class Fleet {
  readonly detector = namespaceOf('adaptive').detector;
  readonly #users: UserRecord[] = Array.from({ length: USERS }, () => ({ sessions: [] }));
  readonly #sequences = new Uint32Array(USERS);
  readonly #atUs = new Float64Array(USERS);
  readonly #random = randomNumbers(1);
  #turn = 0;

  constructor() {
    for (let i = 0; i < USERS * WINDOW; i++) this.#beat();
  }

  batch(): Arrival[] {
    return Array.from({ length: JOB.batch }, () => this.#beat());
  }

  #beat(): Arrival {
    this.#turn = (this.#turn + 1) % USERS;
    const lost = this.#random() < 0.02 ? 1 : 0;
    const gapUs = INTERVAL_US * (1 + lost + 0.04 * (this.#random() - 0.5));
    const atUs = (this.#atUs[this.#turn] as number) + gapUs;
    const sequence = (this.#sequences[this.#turn] as number) + 1 + lost;
    this.#atUs[this.#turn] = atUs;
    this.#sequences[this.#turn] = sequence;
    const session = { userId: 'u', sessionId: 's', declaredMs: 0, activity: 0, origin: 'gateway-1' };
    const user = this.#users[this.#turn] as UserRecord;
    return recordHeartbeat(user, { ...session, sequence }, { atUs, nowUs: atUs }, this.detector);
  }
}

/** What Presence counts of an arrival of a batch that was just recorded, ns. */
function countingNs(fleet: Fleet): number {
  const { detector } = fleet;
  const [counts, calibration, mistakes] = [new IngestCounts(), new Calibration(), new Mistakes()];
  let countingMs = 0;
  for (let i = 0; i < BATCHES; i++) {
    const arrivals = fleet.batch();
    const startedMs = performance.now();
    for (const arrival of arrivals) counts.add(arrival);
    for (const arrival of arrivals) {
      calibration.add(arrival, detector);
      mistakes.add(arrival, detector, THRESHOLDS);
    }
    countingMs += performance.now() - startedMs;
  }
  if (calibration.judged === 0) throw new Error('nothing was counted');
  return (countingMs * 1e6) / (BATCHES * JOB.batch);
}
