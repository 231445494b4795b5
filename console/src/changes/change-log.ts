import type { Cause, Status, StatusChange } from '../api/messages.js';

/** Entries that are kept; the oldest go. */
export const ENTRIES_MAX = 2_000;

/** A change, or a word about the feed itself. `sequence` counts up over both. */
export type Entry =
  | { readonly sequence: number; readonly change: StatusChange }
  | { readonly sequence: number; readonly note: string; readonly atMs: number };

/** What a reader wants to see; empty: everything. */
export interface Filter {
  readonly cause: Cause | '';
  readonly status: Status | '';
  /** Of the user id. */
  readonly prefix: string;
}

/** The last changes, oldest first. */
export class ChangeLog {
  #entries: Entry[] = [];
  #sequence = 0;

  /** Entries so far, those that are gone included. */
  get total(): number {
    return this.#sequence;
  }

  add(changes: readonly StatusChange[]): void {
    for (const change of changes) this.#entries.push({ sequence: this.#sequence++, change });
    this.#trim();
  }

  note(note: string, atMs: number): void {
    this.#entries.push({ sequence: this.#sequence++, note, atMs });
    this.#trim();
  }

  clear(): void {
    this.#entries = [];
  }

  /** Those that pass, the newest first. Notes always pass: what was missed might have. */
  newestFirst({ cause, status, prefix }: Filter): Entry[] {
    return this.#entries
      .filter(
        (entry) =>
          'note' in entry ||
          ((cause === '' || entry.change.cause === cause) &&
            (status === '' || entry.change.status === status) &&
            entry.change.userId.startsWith(prefix)),
      )
      .reverse();
  }

  #trim(): void {
    if (this.#entries.length > ENTRIES_MAX) this.#entries.splice(0, this.#entries.length - ENTRIES_MAX);
  }
}
