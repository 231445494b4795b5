import { NONE } from './columns.js';
import { BACKGROUND_MAX } from './read-queue.js';
import type { Roster } from './roster.js';
import type { Subscription } from './subscription.js';

/** So many at once, more than are read at once: to go through all of a hundred thousand after each hundred would take longer than to read them. */
const UNTOLD_MAX = 2 * BACKGROUND_MAX;

/**
 * Who is to be read so that a subscription can be told what it is still to be told, as much as it has room for: snapshots first, and
 * nobody of whom an answer is on its way that it may be shown. Of much some: when that was told, it is asked for more.
 */
export function* untoldUsers({ users, watches }: Roster, subscription: Subscription): Generator<number> {
  let room = Math.min(subscription.outbox.room, UNTOLD_MAX);
  const { withoutSnapshot, untoldSnapshots, untoldChanges } = subscription;
  const first = withoutSnapshot > 0 ? untoldSnapshots : untoldChanges;
  for (let watch = first; watch !== NONE && room > 0; watch = watches.untold.after(first, watch)) {
    const user = watches.userOf(watch);
    if (!users.isInFlight(user) || watches.isLate(watch)) yield user;
    room -= 1;
  }
  for (const listener of subscription.listeners.values()) {
    for (const watch of listener.audience.next(listener, room)) {
      const user = watches.userOf(watch);
      if (!users.isInFlight(user)) yield user;
      room -= 1;
    }
  }
}
