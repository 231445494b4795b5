import type { Figures } from './fault.js';
import type { PhidNode } from './nodes.js';
import { call, connect } from './rpc.js';
import { canariesOf, type Scene } from './scene.js';
import type { SimulatedUser } from './user.js';
import type { Watcher } from './watcher.js';

const POLL_MS = 20;
const LEAVE_DEADLINE_MS = 1_000;
const RETRY_MS = 100;

/**
 * What happens once a fault is over: one user leaves and another one dies, as soon as both are ONLINE to everybody.
 * Resolves when every watcher that reaches a node knows that, and has everybody's status right, or when the time for it
 * is over.
 */
export async function aftermathOf(
  scene: Scene,
  endedMs: number,
): Promise<Pick<Figures, 'changesAgainMs' | 'deathToldMs' | 'wrongInTheEnd'>> {
  const { fleet, tally, settings } = scene;
  const { leaver, dier } = canariesOf(fleet);
  const watchers = scene.watchers.filter(({ address }) =>
    scene.nodes.some((node) => node.address === address && node.isUp),
  );
  const ended = new AbortController();
  void backOnline(scene, { users: [leaver, dier], watchers, ended: ended.signal }).then(() => {
    leaver.become('moody');
    dier.become('dead');
    return leave(scene, leaver, ended.signal);
  });
  const untilMs = endedMs + settings.settleMsMax;
  let changesAgainMs = Number.NaN;
  let deathToldMs = Number.NaN;
  const isAllTold = () => {
    if (Number.isNaN(changesAgainMs) && watchers.every((w) => tally.wasToldToHaveLeft(w, leaver.id)))
      changesAgainMs = Date.now() - endedMs;
    if (Number.isNaN(deathToldMs) && watchers.every((w) => tally.deathsToldMs(w).has(dier.id)))
      deathToldMs = Date.now() - endedMs;
    return changesAgainMs + deathToldMs >= 0 && wrong(scene, watchers) === 0;
  };
  while (Date.now() < untilMs && !(isAllTold() && Date.now() >= endedMs + settings.settleMsMin))
    await sleep(POLL_MS);
  ended.abort();
  return { changesAgainMs, deathToldMs, wrongInTheEnd: wrong(scene, watchers) };
}

const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/** Right of somebody who is dead. That the store has forgotten them is a loss, which is counted as one. */
const GONE = new Set<string | undefined>(['OFFLINE', 'UNKNOWN']);

/** Users of whom a watcher has another status than the truth, or none. */
function wrong({ watched }: Scene, watchers: readonly Watcher[]): number {
  const isWrong = ({ id, life }: SimulatedUser, { isSynced, statuses }: Watcher) =>
    !isSynced ||
    (life === 'beating' && statuses.get(id) !== 'ONLINE') ||
    (life === 'dead' && !GONE.has(statuses.get(id)));
  return watched.filter((user) => watchers.some((watcher) => isWrong(user, watcher))).length;
}

interface Return {
  readonly users: readonly SimulatedUser[];
  readonly watchers: readonly Watcher[];
  readonly ended: AbortSignal;
}

/**
 * Lets users beat out of turn, and resolves when everybody knows that they are ONLINE: whatever they were called during
 * the fault, what they do next is a change.
 */
async function backOnline({ fleet }: Scene, { users, watchers, ended }: Return): Promise<void> {
  const sequences = new Map(users.map((user) => [user, fleet.beat(user)]));
  const isBack = (user: SimulatedUser) =>
    (user.newest?.sequence ?? 0) >= (sequences.get(user) ?? 0) &&
    watchers.every(({ isSynced, statuses }) => isSynced && statuses.get(user.id) === 'ONLINE');
  while (!ended.aborted && !users.every(isBack)) await sleep(POLL_MS);
}

/** Lets a user leave, through one node after the other until one has taken it. */
async function leave({ nodes }: Scene, user: SimulatedUser, ended: AbortSignal): Promise<void> {
  for (let i = 0; !ended.aborted; i = (i + 1) % nodes.length) {
    const client = connect((nodes[i] as PhidNode).address);
    const isOk = await call(client, 'leave', { userId: user.id }, LEAVE_DEADLINE_MS).then(
      () => true,
      () => false,
    );
    client.close();
    if (isOk) return;
    await sleep(RETRY_MS);
  }
}
