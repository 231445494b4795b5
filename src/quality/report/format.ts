import { basename } from 'node:path';
import { ALL } from '../replay.js';

/** The name of a trace for people: its file, without folder and endings. */
function traceTitle(trace: string): string {
  return trace === ALL
    ? 'all traces'
    : basename(trace)
        .replace(/\.gz$/, '')
        .replace(/\.csv$/, '');
}

interface Titled {
  readonly trace: string;
  readonly user: string;
  readonly users?: number;
}

export function entryTitle({ trace, user, users }: Titled): string {
  if (user !== ALL) return `${traceTitle(trace)}, user ${user}`;
  return `${traceTitle(trace)}, all ${users === undefined ? '' : `${users} `}users`;
}

/** Whole numbers with separators: `1,234,567`. */
export function wholeText(value: number): string {
  return value.toLocaleString('en-US', { maximumFractionDigits: 0 });
}

/** Three digits, no exponent: `12.5`, `0.0421`, `1,234`. */
export function shortText(value: number): string {
  if (value === 0) return '0';
  if (Math.abs(value) >= 1000) return wholeText(value);
  return Number(value.toPrecision(3)).toLocaleString('en-US', { maximumSignificantDigits: 3 });
}

export function percentText(share: number): string {
  return `${shortText(100 * share)}%`;
}

/** Share of time in wrong suspicion. */
export function oneMinusPa({
  suspected,
  time,
}: {
  readonly suspected: number;
  readonly time: number;
}): number {
  return time > 0 ? suspected / time : 0;
}

/** Mean intervals, seconds or ms: `12.4 s`. */
export function intervalText(ms: number): string {
  return ms >= 1000 ? `${shortText(ms / 1000)} s` : `${shortText(ms)} ms`;
}

export function achievedText(achieved: number | undefined): string {
  return achieved === undefined ? 'none' : achieved.toFixed(2);
}
