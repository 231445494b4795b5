/** How figures are written: with their unit, and no digit more than they are good for. */

const whole = new Intl.NumberFormat('en', { maximumFractionDigits: 0 });
const compact = new Intl.NumberFormat('en', { notation: 'compact', maximumSignificantDigits: 4 });
const exactTime = new Intl.DateTimeFormat('en-GB', {
  dateStyle: 'medium',
  timeStyle: 'long',
});
const clockTime = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit', second: '2-digit' });

const SECOND_MS = 1_000;
const MINUTE_MS = 60_000;

/** `12,345`; `1.235M` from a million. */
export const count = (n: number): string => (n < 1e6 ? whole.format(n) : compact.format(n));

/** Three significant digits at most: `0.0123`, `4.2`, `1,230`, `3.1e-7`. */
export function significant(n: number): string {
  if (n === 0) return '0';
  if (Math.abs(n) < 1e-4) return n.toExponential(1);
  return n.toLocaleString('en', { maximumSignificantDigits: 3 });
}

/** A rate: `1,234`, `12.3`. */
export const rate = (perSecond: number): string =>
  perSecond < 100 ? significant(perSecond) : count(perSecond);

/** φ with two decimals; 1,000 is what it is past max_silence. */
export const phi = (value: number): string => (value >= 1_000 ? '1,000' : value.toFixed(2));

/** A threshold as exactly as it was chosen, to the eighth: `3.00`, `5.125`. */
export const threshold = (phi: number): string =>
  phi.toLocaleString('en', { minimumFractionDigits: 2, maximumFractionDigits: 3 });

/** `850 ms`, `4.2 s`, `2 min 5 s`, `3 h 12 min`, `2 d 4 h`. */
export function duration(ms: number): string {
  if (Math.round(ms) < SECOND_MS) return `${Math.round(ms)} ms`;
  return ms < 99_950 ? `${(ms / SECOND_MS).toFixed(1)} s` : inTwoUnits(ms);
}

/** As duration, in whole seconds: for times that count up while one looks. */
export const roughly = (ms: number): string =>
  ms < MINUTE_MS ? `${Math.max(0, Math.floor(ms / SECOND_MS))} s` : inTwoUnits(ms);

/** Rounded before it is divided, so that no 60 seconds and no 24 hours are left over. */
function inTwoUnits(ms: number): string {
  const seconds = Math.round(ms / SECOND_MS);
  if (seconds < 3_600) return pair(seconds, 60, 'min', 's');
  const minutes = Math.round(seconds / 60);
  return minutes < 1_440 ? pair(minutes, 60, 'h', 'min') : pair(Math.round(minutes / 60), 24, 'd', 'h');
}

function pair(small: number, smallPerLarge: number, largeUnit: string, smallUnit: string): string {
  const rest = small % smallPerLarge;
  const text = `${Math.floor(small / smallPerLarge)} ${largeUnit}`;
  return rest === 0 ? text : `${text} ${rest} ${smallUnit}`;
}

/** Date, time to the second and time zone. */
export const exact = (epochMs: number): string => exactTime.format(epochMs);

/** `14:03:21`, in the time zone of this machine. */
export const clock = (epochMs: number): string => clockTime.format(epochMs);

/** How many times as much, against what is: `×0.5`, `×12`, `same`. */
export function ratio(value: number, base: number): string {
  if (value === base) return 'same';
  if (base === 0) return 'from 0';
  const times = value / base;
  return Math.abs(times - 1) < 0.005 ? 'same' : `×${significant(times)}`;
}
