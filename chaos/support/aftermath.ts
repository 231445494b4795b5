import type { Figures } from './fault.js';
import { call, connect } from './rpc.js';
import { canariesOf, type Scene } from './scene.js';
import type { SimulatedUser } from './user.js';
import type { Watcher } from './watcher.js';

const POLL_MS = 20;
const LEAVE_DEADLINE_MS = 1_000;
const RETRY_MS = 100;

/**
 * What happens once a fault is over: one user leaves, another one dies. Resolves when every watcher that reaches a node
 * knows that, and has everybody's status right, or when the time for it is over.
 */
export async function aftermathOf(
  scene: Scene,
  endedMs: number,
): Promise<Pick<Figures, 'changesAgainMs' | 'deathToldMs' | 'wrongInTheEnd'>> {
  const { fleet, tally, settings } = scene;
  const { leaver, dier } = canariesOf(fleet);
  leaver.become('moody');
  dier.become('dead');
  const left = leave(scene, leaver);
  const untilMs = endedMs + settings.settleMsMax;
  const watchers = scene.watchers.filter(({ address }) =>
    scene.nodes.some((node) => node.address === address && node.isUp),
  );
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
  left.abort();
  return { changesAgainMs, deathToldMs, wrongInTheEnd: wrong(scene, watchers) };
}

const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/** Users of whom a watcher has another status than the truth. */
function wrong({ fleet }: Scene, watchers: readonly Watcher[]): number {
  const isWrong = ({ id, life }: SimulatedUser, { statuses }: Watcher) =>
    (life === 'beating' && statuses.get(id) !== 'ONLINE') ||
    (life === 'dead' && statuses.get(id) !== 'OFFLINE');
  return fleet.users.filter((user) => watchers.some((watcher) => isWrong(user, watcher))).length;
}

/** Lets a user leave, through one node after the other until one has taken it. Ends early when aborted. */
function leave({ nodes }: Scene, user: SimulatedUser): AbortController {
  const ended = new AbortController();
  const clients = nodes.map(({ address }) => connect(address));
  const attempt = async () => {
    for (let i = 0; !ended.signal.aborted; i = (i + 1) % clients.length) {
      const client = clients[i];
      if (!client) return;
      const isOk = await call(client, 'leave', { userId: user.id }, LEAVE_DEADLINE_MS).then(
        () => true,
        () => false,
      );
      if (isOk) return;
      await sleep(RETRY_MS);
    }
  };
  void attempt().finally(() => {
    for (const client of clients) client.close();
  });
  return ended;
}
