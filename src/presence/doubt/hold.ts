import { shareOf } from '../../hashing/share.js';
import type { Hold } from '../../store/store.js';

/** When a user held by it is let go, µs: not all change at once. */
export function releasedUs({ untilUs, releaseUs }: Hold, userId: string): number {
  return untilUs + Math.floor(shareOf(userId) * releaseUs);
}

/** When it holds nobody any more, µs. */
export function endUs({ untilUs, releaseUs }: Hold): number {
  return untilUs + releaseUs;
}
