import { rounded } from '../threshold-text.js';

/** A duration as part of a sentence: `840 ms`, `31.2 s`, `3 min 5 s`, `2 h 10 min`, `3 d 4 h`. */
export function spanText(spanMs: number): string {
  if (Math.round(spanMs) < 1_000) return `${Math.round(spanMs)} ms`;
  if (spanMs < 120_000) return `${Math.floor((spanMs + 0.5) / 100) / 10} s`;
  const seconds = Math.floor(spanMs / 1_000);
  const minutes = Math.floor(seconds / 60);
  const hours = Math.floor(minutes / 60);
  const days = Math.floor(hours / 24);
  if (days > 0) return pair(days, 'd', hours % 24, 'h');
  return hours > 0 ? pair(hours, 'h', minutes % 60, 'min') : pair(minutes, 'min', seconds % 60, 's');
}

function pair(large: number, largeUnit: string, small: number, smallUnit: string): string {
  return small === 0 ? `${large} ${largeUnit}` : `${large} ${largeUnit} ${small} ${smallUnit}`;
}

/** Beyond it a number of gaps says nothing to anybody. */
const RARE_PHI = 9;

/** How often a live session is silent for so long: `once in 2,300 gaps`. */
export function rarityText(phi: number): string {
  if (phi >= RARE_PHI) return 'less than once in a billion gaps';
  return `once in ${rounded(10 ** phi).toLocaleString('en-US')} gaps`;
}

/** φ as it is spoken of: two decimals as long as they matter. */
export function phiText(phi: number): string {
  return phi.toFixed(phi < 10 ? 2 : phi < 100 ? 1 : 0);
}

export function originText(origin: string): string {
  return origin === '' ? 'no origin' : `origin ${JSON.stringify(origin)}`;
}
