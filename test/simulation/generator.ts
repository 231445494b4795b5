import type { DetectorSettings } from '../../src/detector/detector.js';
import type { Thresholds } from '../../src/detector/status.js';
import { Random } from '../../src/fleet/random.js';
import { FAULT_KINDS, type Fault, type FaultKind } from './fault.js';
import type { Act, ClientPlan, Scenario, WatcherPlan } from './scenario.js';

/** A run must be short: two thousand of them belong to every test run. */
const DURATION_MS = { min: 20_000, max: 60_000 } as const;
const PERIOD_MS = 1_000;
const NODES_MAX = 3;
const USERS_MAX = 8;
const FAULTS_MAX = 4;
/** So many runs in ten have no fault at all. */
const HEALTHY_SHARE = 0.2;

/** One scenario in thirty is of a fleet, large enough for silences of many: it takes as long as five others. */
const FLEET_SHARE = 1 / 30;
const FLEET_USERS = 30;
const FLEET_DURATION_MS = { min: 60_000, max: 100_000 } as const;
const FLEET_MASS_SILENCE = { share: 0.25, usersMin: 5, holdMs: 10_000 };
const ORIGINS = ['gateway-0', 'gateway-1'] as const;
/** A fleet that has been heard for so long is counted, ms. */
const FLEET_KNOWN_MS = 25_000;
/** Of faults, those that silence many. */
const OF_MANY: ReadonlySet<FaultKind> = new Set(['gateway cut', 'gateway move', 'drain']);

/** Rooms for what is not recorded yet: all that comes, and hardly any. */
const PENDING_MAX = { wide: 10_000, narrow: 4 } as const;

/** How long faults last, ms. */
const LENGTH_MS: Readonly<Record<FaultKind, readonly [min: number, max: number]>> = {
  'lost requests': [1_000, 8_000],
  'lost answers': [1_000, 8_000],
  'repeated calls': [5_000, 30_000],
  'slow calls': [2_000, 10_000],
  partition: [200, 12_000],
  'feed cut': [100, 10_000],
  'slow feed': [2_000, 20_000],
  'store down': [200, 12_000],
  'data loss': [0, 0],
  stall: [50, 6_000],
  'node crash': [1_000, 20_000],
  'lossy clients': [3_000, 20_000],
  'unreachable node': [1_000, 15_000],
  'gateway cut': [3_000, 40_000],
  'gateway move': [0, 0],
  drain: [1_000, 15_000],
};

/** What happens by a seed, with faults of these kinds. */
export function scenarioOf(seed: number, kinds: readonly FaultKind[] = FAULT_KINDS): Scenario {
  const random = new Random(seed, 'scenario');
  if (random.chance(FLEET_SHARE)) return fleetScenarioOf(seed, kinds);
  const durationMs = Math.round(random.uniform(DURATION_MS.min, DURATION_MS.max));
  const nodes = random.pick([1, 1, 2, 2, NODES_MAX]);
  const users = Array.from({ length: upTo(random, USERS_MAX) }, (_, i) => `user-${i}`);
  const bounds = { nodes, durationMs };
  return {
    ...settingsOf(random, nodes),
    seed,
    durationMs,
    massSilence: { share: 0.25, usersMin: 20, holdMs: random.pick([6_000, 120_000]), releasePerSecond: 100 },
    clients: users.flatMap((userId) => clientsOf(random.fork(userId), userId, bounds)),
    watchers: Array.from({ length: upTo(random, nodes + 1) }, (_, i) =>
      watcherOf(random.fork(`watcher-${i}`), { users, ...bounds }),
    ),
    faults: faultsOf(random.fork('faults'), kinds, bounds),
  };
}

/** The same of a fleet: clients of one or two origins, each of which comes through a node of its own. */
export function fleetScenarioOf(seed: number, kinds: readonly FaultKind[] = FAULT_KINDS): Scenario {
  const random = new Random(seed, 'fleet');
  const durationMs = Math.round(random.uniform(FLEET_DURATION_MS.min, FLEET_DURATION_MS.max));
  const nodes = random.pick([1, 2]);
  const origins = ORIGINS.slice(0, random.pick([1, 2, 2]));
  const users = Array.from({ length: FLEET_USERS }, (_, i) => `user-${i}`);
  const bounds = { nodes, durationMs };
  const faults = random.fork('faults');
  const ofMany = kinds.filter((kind) => OF_MANY.has(kind));
  const many = ofMany.slice(0, 1).map(() => {
    return faultOf(faults, faults.pick(ofMany as [FaultKind, ...FaultKind[]]), bounds, FLEET_KNOWN_MS);
  });
  return {
    ...settingsOf(random, nodes),
    seed,
    durationMs,
    massSilence: { ...FLEET_MASS_SILENCE, releasePerSecond: random.pick([5, 100]) },
    clients: users.flatMap((userId, i) => {
      const origin = origins[i % origins.length] as string;
      return membersOf(random.fork(userId), userId, {
        ...bounds,
        origin,
        node: (i % origins.length) % nodes,
      });
    }),
    watchers: Array.from({ length: nodes }, (_, i) => ({
      ...watcherOf(random.fork(`watcher-${i}`), { users, ...bounds }),
      node: i,
      openMs: random.uniform(0, 2_000),
    })),
    faults: [...many, ...(faults.chance(0.5) ? [] : faultsOf(faults, kinds, bounds))],
  };
}

function settingsOf(random: Random, nodes: number) {
  const detector = detectorOf(random.fork('detector'));
  return {
    detector,
    retentionMs: detector.maxSilenceMs + Math.round(random.uniform(1_000, random.pick([5_000, 30_000]))),
    thresholds: random.pick([{ suspect: 3, offline: 5 }, thresholdsOf(random)]),
    pendingMax: random.pick([PENDING_MAX.wide, PENDING_MAX.wide, PENDING_MAX.narrow]),
    clocks: Array.from({ length: nodes }, () => ({
      offsetMs: random.uniform(0, 1e7),
      driftPpm: random.uniform(-100, 100),
    })),
    asksEveryMs: 3_000,
  };
}

/** A whole number from 1 to `max`. */
function upTo(random: Random, max: number): number {
  return 1 + Math.floor(random.uniform(0, max));
}

function detectorOf(random: Random): DetectorSettings {
  return {
    model: random.pick(['normal', 'normal', 'exponential', 'adaptive', 'adaptive']),
    logistic: random.chance(0.3),
    window: upTo(random, 20),
    minSamples: upTo(random, 5),
    expectedIntervalMs: PERIOD_MS,
    acceptablePauseMs: random.pick([0, 0, 500]),
    minStdDevMs: random.pick([50, 100]),
    maxSilenceMs: random.pick([6_000, 12_000, 20_000]),
  };
}

function thresholdsOf(random: Random): Thresholds {
  const suspect = random.uniform(1, 5);
  return { suspect, offline: random.pick([suspect, random.uniform(suspect, 8)]) };
}

interface Bounds {
  readonly nodes: number;
  readonly durationMs: number;
}

function clientsOf(random: Random, userId: string, { nodes, durationMs }: Bounds): ClientPlan[] {
  const sessions = random.pick([['phone'], ['phone'], ['phone', 'laptop']]);
  return sessions.map((sessionId) => ({
    userId,
    sessionId,
    origin: random.pick(ORIGINS),
    node: Math.floor(random.uniform(0, nodes)),
    startMs: random.pick([random.uniform(0, 3_000), random.uniform(0, durationMs / 2)]),
    periodMs: PERIOD_MS * random.pick([1, 1, 1, 1.5, 3]),
    jitter: random.pick([0.02, 0.1, 0.2]),
    isNumbered: random.chance(0.8),
    declaredMs: random.pick([0, 0, 0, PERIOD_MS, 3 * PERIOD_MS]),
    acts: [...actsOf(random, durationMs), ...hidingOf(random.fork(`hiding ${sessionId}`), durationMs, 0.3)],
  }));
}

/** One of a fleet beats as expected, and now and then goes. */
function membersOf(
  random: Random,
  userId: string,
  { origin, node, durationMs }: Bounds & { readonly origin: string; readonly node: number },
): ClientPlan[] {
  const sessions = random.pick([['phone'], ['phone'], ['phone'], ['phone', 'laptop']]);
  return sessions.map((sessionId) => ({
    userId,
    sessionId,
    origin,
    node,
    startMs: random.uniform(0, 3_000),
    periodMs: PERIOD_MS,
    jitter: random.pick([0.02, 0.1]),
    isNumbered: true,
    declaredMs: random.pick([0, 0, PERIOD_MS]),
    acts: [
      ...(random.chance(0.5) ? actsOf(random, durationMs) : []),
      ...hidingOf(random.fork(`hiding ${sessionId}`), durationMs, 0.1),
    ],
  }));
}

function actsOf(random: Random, durationMs: number): Act[] {
  const acts: Act[] = [];
  let atMs = random.uniform(5_000, durationMs);
  while (atMs < durationMs && random.chance(0.7)) {
    const kind = random.pick<Act['kind']>(['leave', 'leave all', 'die', 'die', 'move']);
    acts.push({ atMs, kind });
    atMs += random.pick([random.uniform(100, 3_000), random.uniform(1_000, 30_000)]);
    if (kind !== 'move') acts.push({ atMs, kind: random.pick(['return', 'return anew']) });
    atMs += random.uniform(1_000, 30_000);
  }
  return acts;
}

/** Some are invisible for a while, or never seen again: before they beat for the first time, or later. */
function hidingOf(random: Random, durationMs: number, share: number): Act[] {
  const acts: Act[] = [];
  if (!random.chance(share)) return acts;
  let atMs = random.pick([0, random.uniform(0, durationMs)]);
  while (atMs < durationMs) {
    acts.push({ atMs, kind: 'hide' });
    // Some change their mind before the first word has arrived.
    atMs += random.pick([random.uniform(0, 100), random.uniform(1_000, 30_000)]);
    if (random.chance(0.8)) acts.push({ atMs, kind: 'show' });
    atMs += random.uniform(0, 30_000);
  }
  return acts;
}

function watcherOf(
  random: Random,
  { users, nodes, durationMs }: Bounds & { readonly users: readonly string[] },
): WatcherPlan {
  const openMs = random.pick([random.uniform(0, 2_000), random.uniform(0, durationMs)]);
  const plan = {
    node: Math.floor(random.uniform(0, nodes)),
    userIds: users.filter(() => random.chance(0.9)).concat(random.chance(0.2) ? ['nobody'] : []),
    thresholds: random.chance(0.5) ? thresholdsOf(random) : undefined,
    openMs,
    closeMs: random.chance(0.2) ? random.uniform(openMs, durationMs) : undefined,
    removesMs: random.chance(0.2) ? random.uniform(openMs, durationMs) : undefined,
    reads: random.chance(0.25) ? { room: upTo(random, 3), everyMs: random.uniform(50, 4_000) } : undefined,
  };
  return random.chance(0.4) ? { ...plan, isOfGroup: true, userIds: users } : { ...plan, isOfGroup: false };
}

function faultsOf(random: Random, kinds: readonly FaultKind[], bounds: Bounds): Fault[] {
  const [first, ...others] = kinds;
  if (first === undefined || random.chance(HEALTHY_SHARE)) return [];
  return Array.from({ length: upTo(random, FAULTS_MAX) }, () =>
    faultOf(random, random.pick([first, ...others]), bounds),
  );
}

function faultOf(random: Random, kind: FaultKind, { nodes, durationMs }: Bounds, notBeforeMs = 2_000): Fault {
  const fromMs = random.uniform(notBeforeMs, durationMs);
  const [minMs, maxMs] = LENGTH_MS[kind];
  // Short ones as likely as long ones.
  const lengthMs = minMs > 0 ? minMs * (maxMs / minMs) ** random.uniform(0, 1) : 0;
  const isOfAll = kind === 'store down' || kind === 'data loss';
  return {
    kind,
    node: isOfAll ? undefined : Math.floor(random.uniform(0, nodes)),
    origin: random.pick(ORIGINS),
    fromMs,
    toMs: Math.min(durationMs, fromMs + lengthMs),
    share: random.uniform(0.05, 0.6),
    delayMs: random.uniform(50, 1_500),
    isQuiet: random.chance(0.5),
  };
}
