import { styleText } from 'node:util';
import type { Timestamp__Output } from '../gen/google/protobuf/Timestamp.js';
import type { Status__Output } from '../gen/phid/v1/Status.js';

/** A text from elsewhere as it may be written to a terminal: a user id must not move the cursor. */
export function printable(text: string): string {
  // C0 and C1 controls, and the marks that turn the direction of writing.
  return text.replace(
    /[\p{Cc}\u200E\u200F\u202A-\u202E\u2066-\u2069]/gu,
    (control) => `\\u${control.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

const STATUS_STYLES = { UNKNOWN: 'dim', ONLINE: 'green', SUSPECT: 'yellow', OFFLINE: 'red' } as const;

/** A text in the colour of a status, where standard output is a terminal that wants colours (NO_COLOR). */
export function inColourOf(status: Status__Output, text: string): string {
  return styleText(STATUS_STYLES[status], text);
}

export function phiText(phi: number | undefined): string {
  if (phi === undefined) return '-';
  return phi.toFixed(phi < 10 ? 2 : phi < 100 ? 1 : 0);
}

/** A duration for people, about three digits: `840ms`, `12.4s`, `3m 5s`, `2h 10m`, `3d 4h`. */
export function durationText(durationMs: number): string {
  if (durationMs < 1_000) return `${Math.round(durationMs)}ms`;
  if (durationMs < 60_000) return `${(Math.floor(durationMs / 100) / 10).toFixed(1)}s`;
  const seconds = Math.floor(durationMs / 1_000);
  const [days, hours, minutes] = [
    Math.floor(seconds / 86_400),
    Math.floor(seconds / 3_600),
    Math.floor(seconds / 60),
  ];
  if (days > 0) return `${days}d ${hours % 24}h`;
  return hours > 0 ? `${hours}h ${minutes % 60}m` : `${minutes}m ${seconds % 60}s`;
}

export function dateOf({ seconds, nanos }: Timestamp__Output): Date {
  return new Date(seconds * 1_000 + nanos / 1e6);
}

/** Local time of day, `14:03:59.120`: what a person compares with the clock on the wall. */
export function timeText(date: Date): string {
  const pad = (value: number, width = 2) => String(value).padStart(width, '0');
  const clock = [date.getHours(), date.getMinutes(), date.getSeconds()].map((value) => pad(value)).join(':');
  return `${clock}.${pad(date.getMilliseconds(), 3)}`;
}

/** `1 user`, `2 users`. */
export function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`;
}

/** Columns, padded to the widest cell. `paint` gets each finished cell; it must not change its width. */
export function table(
  rows: readonly (readonly string[])[],
  paint: (cell: string, row: number, column: number) => string = (cell) => cell,
): string[] {
  const widths: number[] = [];
  for (const row of rows) {
    row.forEach((cell, column) => {
      widths[column] = Math.max(widths[column] ?? 0, cell.length);
    });
  }
  return rows.map((row, index) =>
    row
      .map((cell, column) =>
        paint(cell.padEnd(column === row.length - 1 ? 0 : (widths[column] as number)), index, column),
      )
      .join('  ')
      .trimEnd(),
  );
}
