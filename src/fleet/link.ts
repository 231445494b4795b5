import type { Random } from './random.js';
import { Spells } from './spells.js';

/** A way to the node: ms that a heartbeat sent at `sentMs` is under way, undefined when it is lost. Times never fall. */
export type Link = (sentMs: number) => number | undefined;

/** A data centre or an office: some 12 ms, hardly any jitter. */
export function wired(random: Random): Link {
  return () => random.logNormal(12, 0.15);
}

/** A mobile network with good reception. */
export function mobile(random: Random): Link {
  return () => random.logNormal(60, 0.4);
}

/**
 * Wi-Fi: log-normal delays, tens of ms while others contend for the channel, now and then a frame that is repeated for
 * hundreds of ms, and stalls of about a second (a scan, a roam), which release what has queued.
 */
export function wifi(random: Random, { episodeMs }: { readonly episodeMs: number }): Link {
  const contention = new Spells(random.fork('contention'), {
    everyMs: episodeMs,
    lengthMs: (drawn) => drawn.about(episodeMs / 4),
  });
  const stall = stalls(random.fork('stall'), { everyMs: 3 * episodeMs, medianMs: 800 });
  return (sentMs) => {
    const isBusy = contention.covers(sentMs);
    const frameMs = isBusy ? random.logNormal(45, 0.9) : random.logNormal(12, 0.5);
    const retryMs = random.chance(isBusy ? 0.03 : 0.003) ? Math.min(random.pareto(200, 1.2), 4_000) : 0;
    return stall(sentMs) + frameMs + retryMs;
  };
}

/** A network with hiccups: for some seconds nothing comes through, and then all that has queued. */
export function hiccups(
  random: Random,
  { episodeMs, stallMs }: { readonly episodeMs: number; readonly stallMs: number },
): Link {
  const stall = stalls(random.fork('stall'), { everyMs: episodeMs, medianMs: stallMs });
  return (sentMs) => stall(sentMs) + random.logNormal(25, 0.4);
}

/**
 * Bad reception: Gilbert 1960 and Elliott 1963. The link is good or bad; bad spells (a lift, a handover) lose half and delay
 * the rest by about a second, so that losses and delays come together.
 */
export function patchy(
  random: Random,
  { episodeMs, intervalMs }: { readonly episodeMs: number; readonly intervalMs: number },
): Link {
  const bad = new Spells(random.fork('bad'), {
    everyMs: episodeMs,
    lengthMs: (drawn) => drawn.exponential(3 * intervalMs),
  });
  const good = mobile(random.fork('good'));
  return (sentMs) => {
    const isBad = bad.covers(sentMs);
    if (random.chance(isBad ? 0.5 : 0.001)) return undefined;
    return isBad ? random.logNormal(800, 0.8) : good(sentMs);
  };
}

/** ms until the stall ends that holds whatever is sent at this time; 0 outside of stalls. */
function stalls(
  random: Random,
  { everyMs, medianMs }: { readonly everyMs: number; readonly medianMs: number },
): (sentMs: number) => number {
  const spells = new Spells(random, { everyMs, lengthMs: (drawn) => drawn.logNormal(medianMs, 0.3) });
  return (sentMs) => spells.endMs(sentMs) - sentMs;
}
