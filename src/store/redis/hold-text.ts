import type { Hold } from '../store.js';

/** A hold as holds.lua keeps it. A namespace holds no colon; an origin may. */
export function holdName({ cause, namespace, origin }: Hold): string {
  return `${cause}:${namespace}:${origin}`;
}

export function holdText({ fromUs, untilUs, releaseUs }: Hold): string {
  return `${fromUs} ${untilUs} ${releaseUs}`;
}

export function parseHold(name: string, text: string): Hold {
  const [cause, namespace, ...origin] = name.split(':') as [Hold['cause'], string, ...string[]];
  const [fromUs, untilUs, releaseUs] = text.split(' ').map(Number) as [number, number, number];
  return { cause, namespace, origin: origin.join(':'), fromUs, untilUs, releaseUs };
}
