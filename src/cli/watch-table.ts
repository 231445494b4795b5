import type { WriteStream } from 'node:tty';
import type { StatusChange__Output } from '../gen/phid/v1/StatusChange.js';
import type { WatchResponse__Output } from '../gen/phid/v1/WatchResponse.js';
import type { StreamView } from './follow.js';
import { Screen } from './screen.js';
import { noticeLine, reasonOf } from './status-line.js';
import { count, dateOf, durationText, inColourOf, phiText, printable, table, timeText } from './text.js';

const REDRAW_MS = 1_000;
/** Lines that are not rows of users: header, overflow, news, and the one the cursor is on. */
const EXTRA_LINES = 4;

/** A watch as a table that is redrawn in place: whoever changed last is on top when not all fit. */
export class WatchTable implements StreamView<WatchResponse__Output> {
  readonly #screen: Screen;
  /** Those asked for, and members of groups since they were told of. */
  readonly #userIds: Set<string>;
  /** Those that the stream has told of, since it was connected. */
  readonly #told = new Set<string>();
  readonly #changes = new Map<string, StatusChange__Output>();
  readonly #timer: NodeJS.Timeout;
  #news = 'waiting for the first statuses';

  constructor(userIds: readonly string[], output: WriteStream) {
    this.#screen = new Screen(output);
    this.#userIds = new Set(userIds);
    this.#timer = setInterval(() => this.#draw(), REDRAW_MS);
  }

  event({ change, notice, synced }: WatchResponse__Output): void {
    if (change) {
      // Inserted anew, so that the order of the map is that of the changes.
      this.#changes.delete(change.userId);
      if (change.cause === 'REMOVED') this.#userIds.delete(change.userId);
      else {
        this.#userIds.add(change.userId);
        this.#told.add(change.userId);
        this.#changes.set(change.userId, change);
      }
    }
    if (notice) this.#news = noticeLine(notice, new Date());
    if (synced) this.#forgetOthers();
    if (synced) this.#news = `synced ${timeText(new Date())}`;
    this.#draw();
  }

  connection(message: string): void {
    this.#news = `${timeText(new Date())}  ${message}`;
    this.#told.clear();
    this.#draw();
  }

  close(): void {
    clearInterval(this.#timer);
    this.#draw();
    this.#screen.close();
  }

  /** Whoever left a group while there was no connection has no snapshot. */
  #forgetOthers(): void {
    for (const userId of this.#userIds) {
      if (this.#told.has(userId)) continue;
      this.#userIds.delete(userId);
      this.#changes.delete(userId);
    }
  }

  #draw(): void {
    const { rows, columns } = this.#screen;
    const lines = watchLines([...this.#userIds], this.#changes, {
      nowMs: Date.now(),
      rowsMax: Math.max(1, rows - EXTRA_LINES),
      columns,
    });
    lines.push(printable(this.#news).slice(0, columns - 1));
    this.#screen.draw(lines);
  }
}

const HEADER = ['CHANGED', 'AGO', 'USER', 'BEFORE', '', 'STATUS', 'φ THEN', 'CAUSE'];
const STATUS_COLUMN = HEADER.indexOf('STATUS');
const USER_WIDTH_MAX = 32;

/** The table's lines: in the order asked for when all users fit, otherwise those that changed last. */
export function watchLines(
  userIds: readonly string[],
  changes: ReadonlyMap<string, StatusChange__Output>,
  { nowMs, rowsMax, columns }: { readonly nowMs: number; readonly rowsMax: number; readonly columns: number },
): string[] {
  const fits = userIds.length <= rowsMax;
  const shown = fits ? userIds : [...changes.keys()].reverse().slice(0, rowsMax);
  const listed = shown.map((userId) => changes.get(userId));
  const rows = [HEADER, ...shown.map((userId, i) => rowOf(userId, listed[i], nowMs))];
  const paint = (cell: string, row: number, column: number) => {
    const status = listed[row - 1]?.status;
    return status && column === STATUS_COLUMN ? inColourOf(status, cell) : cell;
  };
  // A line that wraps would be two on the screen and spoil the redrawing.
  const isNarrow = Math.max(...table(rows).map((line) => line.length)) >= columns;
  const lines = isNarrow ? table(rows).map((line) => line.slice(0, columns - 1)) : table(rows, paint);
  if (!fits)
    lines.push(`... and ${count(userIds.length - shown.length, 'user')} that changed before or not at all`);
  return lines;
}

function rowOf(userId: string, change: StatusChange__Output | undefined, nowMs: number): string[] {
  const name = printable(userId);
  const user = name.length > USER_WIDTH_MAX ? `${name.slice(0, USER_WIDTH_MAX - 1)}…` : name;
  if (!change) return ['-', '-', user, '-', '', '-', '-', ''];
  const at = change.at ? dateOf(change.at) : undefined;
  return [
    at ? timeText(at) : '-',
    at ? durationText(Math.max(0, nowMs - at.getTime())) : '-',
    user,
    change.previous,
    '->',
    change.status,
    phiText(change.suspicion?.phi),
    reasonOf(change),
  ];
}
