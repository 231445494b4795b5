import type { Hold } from '../store.js';

const CAUSES: readonly string[] = ['silence', 'drain'] satisfies Hold['cause'][];
const TIMES = /^(\d+(?:\.\d+)?) (\d+) (\d+)$/;

/** A hold as holds.lua keeps it. A namespace holds no colon; an origin may. */
export function holdName({ cause, namespace, origin }: Hold): string {
  return `${cause}:${namespace}:${origin}`;
}

export function holdText({ fromUs, untilUs, releaseUs }: Hold): string {
  return `${fromUs} ${untilUs} ${releaseUs}`;
}

/** Undefined where it is none. */
export function parseHold(name: string, text: string): Hold | undefined {
  const [cause, namespace, ...origin] = name.split(':') as [Hold['cause'], string, ...string[]];
  const times = TIMES.exec(text)?.slice(1).map(Number) ?? [];
  if (!CAUSES.includes(cause) || origin.length === 0 || !times.every(Number.isFinite)) return undefined;
  const [fromUs, untilUs, releaseUs] = times;
  if (fromUs === undefined || untilUs === undefined || releaseUs === undefined) return undefined;
  return { cause, namespace, origin: origin.join(':'), fromUs, untilUs, releaseUs };
}
