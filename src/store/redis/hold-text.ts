import type { Hold } from '../store.js';

const CAUSES: readonly string[] = ['silence', 'drain'] satisfies Hold['cause'][];

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
  const [fromUs, untilUs, releaseUs, ...rest] = text.split(' ').map(Number) as [number, number, number];
  if (!CAUSES.includes(cause) || origin.length === 0 || rest.length > 0) return undefined;
  if (![fromUs, untilUs, releaseUs].every(Number.isSafeInteger)) return undefined;
  return { cause, namespace, origin: origin.join(':'), fromUs, untilUs, releaseUs };
}
