import type { Notice__Output } from '../../src/gen/phid/v1/Notice.js';
import type { Scene } from './scene.js';

const SECOND_MS = 1_000;

/** `unnoticed`: watchers who were not told of a silence of many, and after that of its end. */
export function reportNotices({ watchers, figures }: Scene): void {
  const isTold = (kinds: readonly Notice__Output['kind'][]) => {
    const begun = kinds.indexOf('MASS_SILENCE');
    return begun >= 0 && kinds.includes('MASS_SILENCE_OVER', begun);
  };
  figures.unnoticed = watchers.filter(({ notices }) => !isTold(notices.map(({ kind }) => kind))).length;
}

/**
 * What became of users who were cut for longer than they were held:
 * - `heldMs`: from the notice that they are held to the first OFFLINE of one of them, the shortest of any watcher;
 * - `unreleased`: users whom a watcher was not told to be OFFLINE, or for another reason than that they were released;
 * - `releasedPerSecondMax`: the most in any second, to any watcher.
 */
export function reportRelease({ fleet, tally, watchers, figures }: Scene, part: string): void {
  const users = fleet.of(part);
  const unreleased = new Set<string>();
  const held: number[] = [];
  const rates: number[] = [];
  for (const watcher of watchers) {
    const told = tally.told(part, 'OFFLINE').filter((one) => one.watcher === watcher);
    const released = new Set(told.filter(({ cause }) => cause === 'RELEASED').map(({ userId }) => userId));
    for (const { id } of users) if (!released.has(id)) unreleased.add(id);
    for (const { userId, cause } of told) if (cause !== 'RELEASED') unreleased.add(userId);
    const firstMs = told[0]?.atMs ?? Number.NaN;
    // The last before it: a busy machine falls silent for a moment now and then.
    const noticed = watcher.notices.findLast(({ kind, atMs }) => kind === 'MASS_SILENCE' && atMs < firstMs);
    held.push(firstMs - (noticed?.atMs ?? Number.NaN));
    rates.push(mostInASecond(told.map(({ atMs }) => atMs)));
  }
  figures.heldMs = Math.min(...held);
  figures.unreleased = unreleased.size;
  figures.releasedPerSecondMax = Math.max(...rates);
}

/** Times are ms, in order. */
function mostInASecond(timesMs: readonly number[]): number {
  let most = 0;
  let first = 0;
  for (const [i, ms] of timesMs.entries()) {
    while (ms - (timesMs[first] as number) >= SECOND_MS) first += 1;
    most = Math.max(most, i - first + 1);
  }
  return most;
}
