import { rssBytes } from '../../bench/support/os.js';
import { call, connect } from './rpc.js';
import type { Scene } from './scene.js';
import type { SimulatedUser } from './user.js';
import { Watcher } from './watcher.js';

const DEADLINE_MS = 2_000;

/** A Watch stream that is not read for a while, and users who change all the time meanwhile. */
export function slowReading({
  moodyUsers,
  moodMs,
}: {
  readonly moodyUsers: number;
  readonly moodMs: number;
}) {
  let slow: Watcher | undefined;
  let moody: SimulatedUser[] = [];
  let moods: NodeJS.Timeout | undefined;
  let rssBefore = 0;
  return {
    async open({ node, fleet, start }: Scene) {
      moody = fleet.of('gw-0').slice(0, moodyUsers);
      const ids = fleet.users.map(({ id }) => id);
      slow = await start(Promise.resolve(new Watcher(node(0).address, ids, () => {})));
      while (!slow.isSynced) await sleep(20);
      rssBefore = rssBytes(node(0).pid);
    },
    stick({ node, fleet, start }: Scene) {
      slow?.pause();
      for (const user of moody) user.become('moody');
      const client = connect(node(0).address);
      let isThere = true;
      moods = setInterval(() => {
        isThere = !isThere;
        for (const user of moody) {
          if (isThere) fleet.beat(user);
          else call(client, 'leave', { userId: user.id }, DEADLINE_MS).catch(() => {});
        }
      }, moodMs);
      void start(
        Promise.resolve({
          async stop() {
            clearInterval(moods);
            client.close();
          },
        }),
      );
    },
    goOn({ node, figures }: Scene) {
      figures.memoryGrowthMiB = (rssBytes(node(0).pid) - rssBefore) / 2 ** 20;
      clearInterval(moods);
      slow?.resume();
    },
    report({ watchers, figures }: Scene) {
      const [quick] = watchers;
      const ids = [...(quick?.statuses.keys() ?? [])];
      figures.slowReaderWrong = ids.filter((id) => slow?.statuses.get(id) !== quick?.statuses.get(id)).length;
      figures.laggedNotices = slow?.notices.filter(({ kind }) => kind === 'LAGGED').length ?? 0;
    },
  };
}

const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
