import type { Scene } from './scene.js';
import type { SimulatedUser } from './user.js';

/** A user of `origin` who really dies while others only seem to. Reports `loneDeathToldMs`: until every watcher knew. */
export function canDieAlone(origin: string) {
  let user: SimulatedUser | undefined;
  return {
    begin({ fleet }: Scene) {
      [user] = fleet.of(origin);
      user?.become('dead');
    },
    report({ watchers, tally, figures }: Scene) {
      const id = user?.id ?? '';
      const toldMs = watchers.map((watcher) => tally.deathsToldMs(watcher).get(id) ?? Number.NaN);
      figures.loneDeathToldMs = Math.max(...toldMs);
    },
  };
}
