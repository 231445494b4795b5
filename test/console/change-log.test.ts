import { describe, expect, it } from 'vitest';
import type { StatusChange } from '../../console/src/api/messages.js';
import { ChangeLog, ENTRIES_MAX } from '../../console/src/changes/change-log.js';

const change = (userId: string, overrides: Partial<StatusChange> = {}): StatusChange => ({
  userId,
  previous: 'ONLINE',
  status: 'SUSPECT',
  cause: 'SUSPICION',
  version: '1',
  ...overrides,
});

const EVERYTHING = { cause: '', status: '', prefix: '' } as const;

describe('the log of changes', () => {
  it('has the newest first', () => {
    const log = new ChangeLog();
    log.add([change('alice'), change('bob')]);
    log.note('Some changes were missed.', 0);
    const texts = log
      .newestFirst(EVERYTHING)
      .map((entry) => ('note' in entry ? entry.note : entry.change.userId));
    expect(texts).toEqual(['Some changes were missed.', 'bob', 'alice']);
  });

  it('forgets the oldest beyond its limit, and goes on counting', () => {
    const log = new ChangeLog();
    log.add(Array.from({ length: ENTRIES_MAX + 5 }, (_, i) => change(`user-${i}`)));
    const entries = log.newestFirst(EVERYTHING);
    expect(entries).toHaveLength(ENTRIES_MAX);
    expect(entries.at(-1)).toMatchObject({ sequence: 5, change: { userId: 'user-5' } });
    expect(log.total).toBe(ENTRIES_MAX + 5);
  });

  it('is read by status, cause and the beginning of the user id; a note passes every filter', () => {
    const log = new ChangeLog();
    log.add([change('alice'), change('bob'), change('alex', { status: 'ONLINE', cause: 'HEARTBEAT' })]);
    log.note('lagged', 0);
    const users = (filter: Partial<Parameters<ChangeLog['newestFirst']>[0]>) =>
      log
        .newestFirst({ ...EVERYTHING, ...filter })
        .flatMap((entry) => ('note' in entry ? ['-'] : [entry.change.userId]));
    expect(users({ prefix: 'al' })).toEqual(['-', 'alex', 'alice']);
    expect(users({ prefix: 'al', status: 'SUSPECT' })).toEqual(['-', 'alice']);
    expect(users({ cause: 'HEARTBEAT' })).toEqual(['-', 'alex']);
  });
});
