import type { Scene } from './scene.js';
import type { SimulatedUser } from './user.js';

/** A user of a part who really dies while others only seem to. Reports as `figure` until when every watcher knew, ms. */
export function canDieAlone(part: string, figure = 'loneDeathToldMs') {
  let user: SimulatedUser | undefined;
  return {
    begin({ fleet }: Scene) {
      user = fleet.of(part).find(({ life }) => life === 'beating');
      user?.become('dead');
    },
    report({ watchers, tally, figures }: Scene) {
      const id = user?.id ?? '';
      const toldMs = watchers.map((watcher) => tally.deathsToldMs(watcher).get(id) ?? Number.NaN);
      figures[figure] = Math.max(...toldMs);
    },
  };
}
