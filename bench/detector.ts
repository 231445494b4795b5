import type { Arrival } from '../src/detector/arrival.js';
import type { Detector, Estimate, ModelName } from '../src/detector/detector.js';
import type { UserRecord } from '../src/detector/user.js';
import { randomNumbers } from '../test/support/replay.js';
import { type BenchResult, bench } from './support/bench.js';
import { built } from './support/built.js';
import { namespaceOf, WINDOW } from './support/namespace.js';
import { figuresOf, inTurn, type Sample } from './support/rounds.js';

const { recordHeartbeat } = await built<typeof import('../src/detector/user.js')>('detector/user.js');

const { QualityCounts } = await built<typeof import('../src/detector/quality-counts.js')>(
  'detector/quality-counts.js',
);

const MODELS: readonly ModelName[] = ['adaptive', 'normal', 'exponential'];
/** More than the processor predicts the branches of, and few enough to be in its cache. */
const USERS = 512;
const OPERATIONS = 100_000;
const WARMUP_ROUNDS = 5;
const INTERVAL_US = 10_000_000;
const LOST = 0.02;
const THRESHOLDS = { suspect: 3, offline: 5 };

export const detector = bench({
  question: 'How long do phi, its inverse, an estimate, a heartbeat and the count of its quality take?',
  defaults: { rounds: 30 },
  run,
});

async function run({ rounds }: { readonly rounds: number }): Promise<BenchResult> {
  const populations = new Map(MODELS.map((model) => [model, new Population(namespaceOf(model).detector)]));
  const sampleOf = async (model: ModelName) => (populations.get(model) as Population).sample();
  await inTurn(MODELS, { rounds: WARMUP_ROUNDS, label: 'warming up' }, sampleOf);
  return { figures: figuresOf('detector', await inTurn(MODELS, { rounds, label: 'detector' }, sampleOf)) };
}

/** Users with full windows, whose heartbeats are a little early or late, and now and then lost. */
class Population {
  readonly #detector: Detector;
  readonly #users: UserRecord[] = Array.from({ length: USERS }, () => ({ sessions: [] }));
  readonly #sequences = new Uint32Array(USERS);
  readonly #atUs = new Float64Array(USERS);
  readonly #random = randomNumbers(1);
  /** The last of each user. */
  readonly #arrivals: Arrival[] = [];

  constructor(detector: Detector) {
    this.#detector = detector;
    for (let i = 0; i < USERS * (WINDOW + 10); i++) this.#beat(i % USERS);
  }

  /** Nanoseconds that each operation takes. */
  sample(): Sample {
    const detector = this.#detector;
    const sessions = this.#users.map(({ sessions: [session] }) => session as NonNullable<typeof session>);
    const estimates = sessions.map((session) => detector.estimate(session));
    const silenceMs = Float64Array.from({ length: USERS }, () => (this.#random() * 2 * INTERVAL_US) / 1000);
    const quality = new QualityCounts();
    return {
      phi_ns: nsOf((i) => detector.phi(silenceMs[i] as number, estimates[i] as Estimate)),
      deadline_ns: nsOf((i) => detector.deadlineMs(THRESHOLDS.offline, estimates[i] as Estimate)),
      estimate_ns: nsOf((i) => detector.estimate(sessions[i] as (typeof sessions)[number]).scaleMs),
      heartbeat_ns: nsOf((i) => this.#beat(i)),
      quality_ns: nsOf((i) => {
        quality.add(this.#arrivals[i] as Arrival, detector, THRESHOLDS);
        return 0;
      }),
    };
  }

  #beat(i: number): number {
    const random = this.#random();
    const lost = random < LOST ? 1 : 0;
    const gapUs = INTERVAL_US * (1 + lost + 0.02 * (random - 0.5));
    const sequence = (this.#sequences[i] as number) + 1 + lost;
    const atUs = (this.#atUs[i] as number) + gapUs;
    this.#sequences[i] = sequence;
    this.#atUs[i] = atUs;
    const heartbeat = {
      userId: 'u',
      sessionId: 'device',
      sequence,
      declaredMs: 0,
      activity: 0,
      origin: 'gateway-1',
    };
    const time = { atUs, nowUs: atUs };
    const arrival = recordHeartbeat(this.#users[i] as UserRecord, heartbeat, time, this.#detector);
    this.#arrivals[i] = arrival;
    return arrival.z;
  }
}

/** The mean duration of an operation on each user in turn, ns. What it returns is used, or it might not be done. */
function nsOf(operation: (user: number) => number): number {
  let sum = 0;
  const startedMs = performance.now();
  for (let i = 0; i < OPERATIONS; i++) sum += operation(i % USERS);
  const ns = ((performance.now() - startedMs) * 1e6) / OPERATIONS;
  if (Number.isNaN(sum)) throw new Error('an operation returned NaN');
  return ns;
}
