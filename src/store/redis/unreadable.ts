import type { z } from 'zod';
import type { Clock } from '../../clock.js';
import type { Log } from '../../log.js';
import { UnreadableError } from '../store.js';

/** What Redis keeps, as messages name it. A key is its label in /metrics. */
const NAMES = {
  record: 'the record of this user',
  group: 'this group',
  counts: 'what was learned',
  tuning: 'what was set at run time',
  blind: 'when nodes were blind',
  hold: 'holds',
  sign: 'signs of life of nodes',
  node: 'what nodes say of themselves',
  shard: 'the owner of a shard',
  log: 'a log of changes',
  stream: 'the stream of a shard',
} as const;

/** The problem of what is under a key of phid's, and not of its type. */
export const WRONG_TYPE = 'under its key is something of another type';

export type Stored = keyof typeof NAMES;

/** Of each kind there is a line in the log no more often than this, ms: whatever is damaged is read again and again. */
const LOG_INTERVAL_MS = 10_000;

/**
 * What was found in Redis that this phid cannot read: of a newer phid, damaged, or something else under a key of phid's. It is
 * counted and logged, as a rule without a word of whom it is about, and left alone.
 */
export class Unreadable {
  /** For /metrics. */
  readonly counts = new Map(Object.keys(NAMES).map((what) => [what as Stored, 0]));
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #logsUsers: boolean;
  readonly #logged = new Map<Stored, { readonly atMs: number; readonly count: number }>();

  constructor(options: {
    readonly clock: Clock;
    readonly log: Log;
    /** Whether the log may name users; false by default. */
    readonly logsUsers?: boolean;
  }) {
    this.#clock = options.clock;
    this.#log = options.log;
    this.#logsUsers = options.logsUsers ?? false;
  }

  /** `problem`: without ids of users, and without what was found. `key`: of a user's record, where there is one. */
  note(what: Stored, problem: string, key?: string): void {
    const count = (this.counts.get(what) as number) + 1;
    this.counts.set(what, count);
    const last = this.#logged.get(what);
    const nowMs = this.#clock.nowMs();
    if (last && nowMs - last.atMs < LOG_INTERVAL_MS) return;
    this.#logged.set(what, { atMs: nowMs, count });
    const found = count - (last?.count ?? 0);
    const named = this.#logsUsers && key !== undefined ? { key } : {};
    this.#log.error(
      { what, problem, found, ...named },
      `in Redis, ${NAMES[what]} cannot be read, and is left alone`,
    );
  }

  /** A document as its JSON says it, `name` for the log; undefined, and noted, where it is none. */
  parsed<T>(
    what: Stored,
    schema: z.ZodType<T>,
    { name, text }: { readonly name: string; readonly text: string },
  ): T | undefined {
    let json: unknown;
    try {
      json = JSON.parse(text);
    } catch {
      // Not the error, which quotes the text.
      this.note(what, `${name}: it is no JSON`);
      return undefined;
    }
    const { data, error } = schema.safeParse(json);
    if (error) this.note(what, `${name}: not what it should be: ${error.issues[0]?.path.join('.') || 'all'}`);
    return data;
  }

  /** Notes it, and is the error of whoever asked. */
  error(what: Stored, problem: string): UnreadableError {
    this.note(what, problem);
    return new UnreadableError(NAMES[what], problem);
  }
}
