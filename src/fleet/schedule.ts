import type { Send } from './device.js';
import type { Random } from './random.js';

interface Beats {
  readonly everyMs: number;
  readonly session?: number;
  readonly fromMs?: number;
  /** Excluded. */
  readonly untilMs?: number;
}

interface Rhythm {
  readonly intervalMs: number;
  readonly episodeMs: number;
}

/** Throttled timers fire six times more rarely: browsers let those of a long hidden page fire once a minute. */
const THROTTLED_INTERVALS = 6;
/** Windows of a dozing app: the first one and the longest, in intervals. Each is twice the one before. */
const DOZE_INTERVALS_FIRST = 6;
const DOZE_INTERVALS_MAX = 64;

/** One session that beats. */
export function* beats({ everyMs, session = 1, fromMs = 0, untilMs = Number.POSITIVE_INFINITY }: Beats) {
  // Multiplied, not added up: the grid must not drift over a million beats.
  for (let i = 0, atMs = fromMs; atMs < untilMs; i += 1, atMs = fromMs + i * everyMs) yield { atMs, session };
}

/** Dies without a word and is started again, as a new session, after 10 to 16 intervals. */
export function* lives(random: Random, { intervalMs, episodeMs }: Rhythm): Generator<Send> {
  let fromMs = 0;
  for (let session = 1; ; session++) {
    const untilMs = fromMs + random.about(episodeMs);
    yield* beats({ session, fromMs, untilMs, everyMs: intervalMs });
    fromMs = untilMs + random.uniform(10, 16) * intervalMs;
  }
}

/** Comes, takes its leave, and comes again after 6 to 12 intervals, each time as a new session. */
export function* visits(random: Random, { intervalMs, episodeMs }: Rhythm): Generator<Send> {
  let fromMs = 0;
  for (let session = 1; ; session++) {
    const count = Math.ceil(random.about(episodeMs) / intervalMs);
    const untilMs = fromMs + count * intervalMs;
    yield* beats({ session, fromMs, untilMs, everyMs: intervalMs });
    const atMs = untilMs - 0.7 * intervalMs;
    yield { atMs, session, isLeave: true };
    fromMs = atMs + random.uniform(6, 12) * intervalMs;
  }
}

/** Beats while somebody uses the app; then only in the windows that the system grants it, one to three in each. */
export function* dozing(random: Random, { intervalMs, episodeMs }: Rhythm): Generator<Send> {
  let atMs = 0;
  for (;;) {
    const activeMs = atMs + random.about(episodeMs);
    for (; atMs < activeMs; atMs += intervalMs) yield { atMs, session: 1 };
    const backMs = atMs + random.about(3 * episodeMs);
    let window = DOZE_INTERVALS_FIRST;
    atMs += (window - 1) * intervalMs;
    while (atMs < backMs) {
      for (let count = Math.ceil(random.uniform(0, 3)); count > 0 && atMs < backMs; count--) {
        yield { atMs, session: 1, activity: 'BACKGROUND' };
        atMs += intervalMs;
      }
      window = Math.min(2 * window, DOZE_INTERVALS_MAX);
      atMs += (window - 1) * intervalMs;
    }
    atMs = backMs;
  }
}

/** A browser's tab: hidden, it is throttled; back, it beats at once. `declares`: it says so when it is hidden. */
export function* hiding(
  random: Random,
  { intervalMs, episodeMs, declares }: Rhythm & { readonly declares: boolean },
): Generator<Send> {
  const throttledMs = THROTTLED_INTERVALS * intervalMs;
  let atMs = 0;
  for (;;) {
    const hiddenMs = atMs + random.about(episodeMs);
    for (; atMs < hiddenMs; atMs += intervalMs) yield { atMs, session: 1 };
    const shownMs = hiddenMs + random.about(2 * episodeMs);
    // The beat that announces it is one more; a tab that says nothing just has its next timer deferred.
    const declaredMs = declares ? throttledMs : 0;
    atMs = declares ? hiddenMs : atMs - intervalMs + throttledMs;
    for (; atMs < shownMs; atMs += throttledMs) {
      yield { atMs, session: 1, declaredMs, activity: 'BACKGROUND' };
    }
    atMs = shownMs;
  }
}

/**
 * Sessions on one of two networks that take turns (0 or 1): the old connection beats on for up to two intervals after
 * the new one. `changes` says when; both networks must get the same stream of numbers.
 */
export function* connections(
  changes: Random,
  network: 0 | 1,
  { intervalMs, episodeMs }: Rhythm,
): Generator<Send> {
  let fromMs = 0;
  for (let change = 0; ; change++) {
    const changeMs = fromMs + changes.about(episodeMs);
    const untilMs = changeMs + changes.uniform(0, 2) * intervalMs;
    if (change % 2 === network) {
      yield* beats({ session: (change >> 1) + 1, fromMs, untilMs, everyMs: intervalMs });
    }
    fromMs = changeMs;
  }
}
