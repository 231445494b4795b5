import {
  isForgotten,
  isInvisible,
  isUnknown,
  lastSignUs,
  recordLeave,
  type UserRecord,
  userDue,
} from '../../detector/user.js';
import { forget, recordVisibility } from '../../detector/visibility.js';
import { encodeUser, NO_NAMES, RecordReader } from '../record/codec.js';
import {
  type Departure,
  NamespaceFullError,
  type ReceivedLeave,
  type ReceivedVisibility,
  type StoreNamespace,
  storeUs,
} from '../store.js';
import { shardOf, userKey } from './keys.js';
import type { PartitionClocks } from './partition.js';
import { expiryOf, nextRevision } from './recording.js';
import type { Writes } from './writes.js';

/**
 * What becomes of the record of one user, whatever it is by then: adds it to `writes`. Undefined: nothing, and nothing is to be
 * written. Throws UnreadableRecordError.
 */
export type UserChange<T> = (
  before: Buffer | undefined,
  clocks: PartitionClocks,
  writes: Writes,
) => T | undefined;

const reader = new RecordReader();

export function leaving(
  namespace: StoreNamespace,
  { userId, sessionId, receivedMs }: ReceivedLeave,
): UserChange<Pick<Departure, 'was' | 'is'>> {
  return (before, clocks, writes) => {
    if (!before) return undefined;
    const { nowUs, shiftUs } = clocks;
    const record = reader.read(before, NO_NAMES, shiftUs);
    const wasUs = lastSignUs(record);
    if (isForgotten(record, namespace.retentionMs, nowUs)) return undefined;
    const was = userDue(record, namespace.detector);
    if (!recordLeave(record, sessionId, storeUs(receivedMs, clocks))) return undefined;
    writes.add({
      ...writeOf(namespace, userId, { record, before, clocks }),
      announce: !isInvisible(record),
      expiry: expiryOf(record, wasUs, namespace),
    });
    return { was, is: userDue(record, namespace.detector) };
  };
}

export function turning(
  namespace: StoreNamespace,
  { userId, visible, receivedMs }: ReceivedVisibility,
): UserChange<true> {
  return (before, clocks, writes) => {
    const { nowUs, shiftUs } = clocks;
    const record = before ? reader.read(before, NO_NAMES, shiftUs) : reader.blank();
    if (isForgotten(record, namespace.retentionMs, nowUs)) forget(record);
    if (namespace.isFull && isUnknown(record)) throw new NamespaceFullError();
    if (!recordVisibility(record, visible, { atUs: storeUs(receivedMs, clocks), nowUs })) return undefined;
    writes.add({
      ...writeOf(namespace, userId, { record, before, clocks }),
      announce: true,
      expiry: isInvisible(record) ? 'long' : 'renewed',
    });
    return true;
  };
}

/** What takes the place of a user's record. */
function writeOf(
  namespace: StoreNamespace,
  userId: string,
  changed: {
    readonly record: UserRecord;
    readonly before: Buffer | undefined;
    readonly clocks: PartitionClocks;
  },
) {
  const { record, before, clocks } = changed;
  const shard = shardOf(userId);
  return {
    key: userKey(shard, namespace.name, userId),
    shard,
    before,
    after: encodeUser(record, nextRevision(before, clocks.nowUs), clocks.shiftUs),
    announceFromUs: Number.POSITIVE_INFINITY,
  };
}
