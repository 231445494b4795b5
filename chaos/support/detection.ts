import { atMost, type Expectations, type Step } from './fault.js';
import type { Scene } from './scene.js';

const POLL_MS = 20;

/**
 * How long users who die have been silent when every watcher calls them OFFLINE: measured before a fault and after it, to
 * see whether phid took what it heard meanwhile for usual. Reports medians, ms; of no deaths nothing.
 */
export function detection({ deaths }: { readonly deaths: number }) {
  return {
    /** `detectionMs`. */
    before: (part: string): Step => ({
      say: `${deaths} users of ${part} die`,
      async do(scene) {
        scene.figures.detectionMs = await medianOf(scene, { part, deaths });
      },
    }),
    /** `<figure>`, and `<figure>GrowthMs`: by how much that is more than before. */
    after: (part: string, figure = 'detectionAfter'): Step => ({
      say: `${deaths} users of ${part} die`,
      async do(scene) {
        const ms = await medianOf(scene, { part, deaths });
        scene.figures[`${figure}Ms`] = ms;
        scene.figures[`${figure}GrowthMs`] = ms - (scene.figures.detectionMs ?? Number.NaN);
      },
    }),
  };
}

interface Detected {
  readonly deaths: number;
  readonly detectionGrowthMsMax: number;
}

/** Deaths are told as soon after a fault as before it; `figures`: what was measured, beside `detectionAfter`. */
export function detectionAsBefore(settings: Detected, ...figures: readonly string[]): Expectations {
  const { deaths, detectionGrowthMsMax } = settings;
  if (deaths === 0) return {};
  const names = ['detectionAfter', ...figures].map((figure) => `${figure}GrowthMs`);
  return Object.fromEntries(names.map((name) => [name, atMost(detectionGrowthMsMax)]));
}

/** They die one after the other, within an interval: no silence of many. */
async function medianOf(
  { fleet, tally, watchers, settings }: Scene,
  { part, deaths }: { readonly part: string; readonly deaths: number },
): Promise<number> {
  if (deaths === 0) return Number.NaN;
  const beating = fleet.of(part).filter(({ life }) => life === 'beating');
  const dead = beating.slice(0, deaths);
  for (const user of dead) {
    user.become('dead');
    await sleep(settings.intervalMs / deaths);
  }
  const silences = () =>
    dead.map(({ id, lifeSinceMs, newest }) => {
      const toldMs = watchers.map((watcher) => tally.deathsToldMs(watcher).get(id) ?? Number.NaN);
      return lifeSinceMs + Math.max(...toldMs) - (newest?.sentMs ?? Number.NaN);
    });
  const untilMs = Date.now() + settings.maxSilenceMs + settings.tellingMsMax;
  // A session of its own rhythm may take as long as max_silence: the median is known before.
  const median = Math.floor(deaths / 2);
  const told = () => silences().filter((ms) => !Number.isNaN(ms));
  while (Date.now() < untilMs && told().length <= median) await sleep(POLL_MS);
  return told().sort((a, b) => a - b)[median] ?? Number.NaN;
}

const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
