import ms, { type StringValue } from 'ms';

/** Units that a duration is written in, largest first, in ms. Days from two on: `24h` is how people say it. */
const UNITS = [
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['m', 60_000],
  ['s', 1_000],
] as const;

/** Milliseconds of `10s`, `2m`, `24h`, `100ms` or a plain number of milliseconds; NaN when it is none of them. */
export function parseDuration(raw: string | number): number {
  if (typeof raw === 'number') return raw;
  const text = raw.trim();
  // ms() throws for an empty string and returns undefined for what it does not understand, whatever its type says.
  return text === '' ? Number.NaN : (ms(text as StringValue) ?? Number.NaN);
}

/** The shortest exact way to write a whole number of milliseconds: 90000 is `90s`, 86400000 is `24h`. */
export function formatDuration(durationMs: number): string {
  const unit = UNITS.find(
    ([name, size]) => durationMs > 0 && durationMs % size === 0 && (name !== 'd' || durationMs >= 2 * size),
  );
  return unit ? `${durationMs / unit[1]}${unit[0]}` : `${durationMs}ms`;
}
