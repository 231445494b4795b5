import { stoppingAll } from '../../bench/support/started.js';
import { aftermathOf } from './aftermath.js';
import type { Bound, Expectations, Fault, Figures, PlannedFault, Step } from './fault.js';
import { findLosers } from './lost.js';
import { type Scene, startScene } from './scene.js';

/** What became of a fault. */
export interface Row {
  readonly fault: string;
  readonly what: string;
  readonly figures: Figures & Readonly<Record<string, number>>;
  /** Expectations that were not met, in words. */
  readonly unmet: readonly string[];
}

interface RunOptions {
  /** In the reduced form that the tests run. */
  readonly isQuick?: boolean;
  /** Folder for the logs of the nodes. */
  readonly logs?: string | undefined;
  /** Hears what is going on. */
  readonly say?: (line: string) => void;
}

/** Users must all be ONLINE to every watcher before the fault begins; a busy machine may need longer, ms. */
const READY_MS_MAX = 15_000;

/** Users who have lost something are named to one who listens, up to so many. */
const LOSERS_SAID = 5;

/** Lets it happen, to real processes, and says what phid made of it. Rejects when that cannot be said. */
export function runFault(fault: Fault, options: RunOptions = {}): Promise<Row> {
  const { isQuick = false, logs, say = () => {} } = options;
  const planned = fault.run({ isQuick });
  const { settings, stage } = planned;
  return stoppingAll(async (start) => {
    say('starting');
    const scene = await startScene(start, { settings, stage, logs, name: fault.name });
    say(`${scene.fleet.users.length} users warm up for ${settings.warmUpMs / 1000} s`);
    await sleep(settings.warmUpMs);
    await allOnline(scene);
    const figures = await figuresOf(scene, planned, say);
    return { fault: fault.name, what: fault.what, figures, unmet: unmetOf(planned.expects, figures) };
  });
}

async function figuresOf(scene: Scene, { stage, steps, after }: PlannedFault, say: (line: string) => void) {
  const { fleet, tally, prober } = scene;
  for (const counted of [fleet, tally, prober]) counted.beginCounting();
  const stopDying = letDie(scene, stage.oneDiesIn, faultMs(steps));
  try {
    for (const step of steps) {
      say(step.waitMs === undefined ? step.say : `${step.say} (${step.waitMs / 1000} s)`);
      await step.do?.(scene);
      await sleep(step.waitMs ?? 0);
    }
  } finally {
    stopDying();
  }
  const endedMs = Date.now();
  say('the fault is over');
  const aftermath = await aftermathOf(scene, endedMs);
  await after(scene);
  const noHeartbeatsMs = fleet.endCounting();
  prober.service.end(Date.now());
  await fleet.fallSilent();
  const { falseOffline, falseSuspect, falseUnknown, changedLiving, excused } = tally;
  return {
    users: fleet.users.length,
    ...{ falseOffline, falseSuspect, falseUnknown, changedLiving, excused },
    ...fleet.counts,
    lost: await lostOf(scene, say),
    noHeartbeatsMs,
    noQueriesMs: prober.service.longestMs,
    wrongAnswers: prober.counts.wrong,
    ...aftermath,
    harnessLateMaxMs: fleet.lateMaxMs,
    ...scene.figures,
  };
}

const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

async function allOnline({ watched, watchers }: Scene): Promise<void> {
  const untilMs = Date.now() + READY_MS_MAX;
  const missing = () => {
    for (const { statuses, address } of watchers) {
      const user = watched.find(({ id, isLiving }) => isLiving && statuses.get(id) !== 'ONLINE');
      if (user) return `${user.id} is ${statuses.get(user.id)} to who watches through ${address}`;
    }
    return undefined;
  };
  while (missing() !== undefined) {
    if (Date.now() > untilMs) throw new Error(`the fleet did not come up: ${missing()}`);
    await sleep(50);
  }
}

function faultMs(steps: readonly Step[]): number {
  return steps.reduce((ms, { waitMs }) => ms + (waitMs ?? 0), 0);
}

/** Users die during the fault, one after the other. Returns how to stop that. */
function letDie({ fleet }: Scene, oneDiesIn: number | undefined, ms: number): () => void {
  if (oneDiesIn === undefined) return () => {};
  const mortal = fleet.users.filter((user, i) => user.gateway !== 'canaries' && i % oneDiesIn === 0);
  // In no order of their gateways: many deaths behind one gateway would be another fault.
  const dying = setInterval(() => {
    const [user] = mortal.splice(Math.floor(Math.random() * mortal.length), 1);
    user?.become('dead');
  }, ms / mortal.length);
  return () => clearInterval(dying);
}

/** Asked of every node that is up: what any of them does not know counts. */
async function lostOf({ nodes, fleet }: Scene, say: (line: string) => void): Promise<number> {
  const asked = nodes.filter(({ isUp }) => isUp).map(({ address }) => findLosers(address, fleet.users));
  const losses = (await Promise.all(asked)).map((losers) => {
    for (const loser of losers.slice(0, LOSERS_SAID)) say(`lost: ${JSON.stringify(loser)}`);
    return losers.reduce((sum, { lost }) => sum + lost, 0);
  });
  return Math.max(...losses);
}

function unmetOf(expects: Expectations, figures: Readonly<Record<string, number>>): string[] {
  return Object.entries(expects).flatMap(([name, bound]) => {
    const value = figures[name] ?? Number.NaN;
    return isWithin(value, bound) ? [] : [`${name} is ${Math.round(value)}, expected ${textOf(bound)}`];
  });
}

const isWithin = (value: number, { atMost = value, atLeast = value }: Bound) =>
  value <= atMost && value >= atLeast;

function textOf({ atMost, atLeast }: Bound): string {
  if (atMost === 0) return '0';
  return atMost === undefined ? `at least ${atLeast}` : `at most ${atMost}`;
}
