import type { LogEvent } from '../presence/shards/log-follower.js';
import type { Cause, Change } from '../presence/watching/changes.js';
import type { NoticeKind, StreamEvent } from '../presence/watching/outbox.js';
import { PresenceService } from './definition.js';
import { STATUSES, writer, writeSuspicion, writeTimestamp } from './suspicion-codec.js';
import { tagOf, WIRE } from './wire-reader.js';

const { varint, fixed64, bytes } = WIRE;
/** WatchNamespaceResponse begins as WatchResponse does: a change in a log is a part of either. */
const WatchNamespaceResponse = {
  notice: tagOf(2, bytes),
  resync: tagOf(3, bytes),
  resumeToken: tagOf(4, bytes),
};
const WatchResponse = { change: tagOf(1, bytes), synced: tagOf(2, bytes), notice: tagOf(3, bytes) };
const StatusChange = {
  userId: tagOf(1, bytes),
  previous: tagOf(2, varint),
  status: tagOf(3, varint),
  cause: tagOf(4, varint),
  suspicion: tagOf(5, bytes),
  threshold: tagOf(6, fixed64),
  at: tagOf(7, bytes),
  version: tagOf(8, varint),
};
const Notice = { kind: tagOf(1, varint), message: tagOf(2, bytes), coalesced: tagOf(3, varint) };

const CAUSES: Readonly<Record<Cause, number>> = {
  SNAPSHOT: 1,
  FIRST_SEEN: 2,
  HEARTBEAT: 3,
  SUSPICION: 4,
  LEAVE: 5,
  FORGOTTEN: 6,
  THRESHOLDS: 7,
  RELEASED: 8,
  REMOVED: 9,
};
const KINDS: Readonly<Record<NoticeKind, number>> = {
  LAGGED: 1,
  DEGRADED: 2,
  RECOVERED: 3,
  MASS_SILENCE: 4,
  MASS_SILENCE_OVER: 5,
};

/** The change that was written last: what is told to a whole audience, is told to one after the other. */
let last: { readonly change: Change; readonly message: Buffer } | undefined;

/** An event as the message WatchResponse or TrackResponse, which are the same. The bytes may be those of others. */
export function encodeEvent(event: StreamEvent): Buffer {
  if (!('change' in event)) return encode(event);
  if (last?.change !== event.change) last = { change: event.change, message: encode(event) };
  return last.message;
}

function encode(event: StreamEvent): Buffer {
  return writer.message(() => {
    if ('change' in event) writeChange(event.change);
    else if ('synced' in event) writer.close(WatchResponse.synced, writer.size);
    else writeNotice(WatchResponse.notice, event);
  });
}

/** A change as it stands in a log: the field of a WatchNamespaceResponse. */
export function encodeLoggedChange(change: Change): Buffer {
  return writer.message(() => writeChange(change));
}

/** Whether bytes are such a change, so that a client can read what they become a part of. */
export function isLoggedChange(bytes: Buffer): boolean {
  try {
    return PresenceService.service.WatchNamespace.responseDeserialize(bytes).changes.length === 1;
  } catch {
    return false;
  }
}

/** What a follower of a log is told, as the message WatchNamespaceResponse. */
export function encodeLogEvent(event: LogEvent): Buffer {
  const rest = writer.message(() => {
    writer.string(WatchNamespaceResponse.resumeToken, event.token);
    const { size } = writer;
    if ('resync' in event) writer.close(WatchNamespaceResponse.resync, size);
    else if ('notice' in event) writeNotice(WatchNamespaceResponse.notice, { ...event, coalesced: 0 });
  });
  return 'changes' in event ? Buffer.concat([...event.changes, rest]) : rest;
}

function writeNotice(
  tag: number,
  event: { readonly notice: NoticeKind; readonly message: string; readonly coalesced: number },
): void {
  const { size } = writer;
  writer.uint(Notice.coalesced, event.coalesced);
  writer.string(Notice.message, event.message);
  writer.uint(Notice.kind, KINDS[event.notice]);
  writer.close(tag, size);
}

function writeChange({ assessment, previous, cause, threshold, atUs, version }: Change): void {
  writer.uint(StatusChange.version, version);
  writeTimestamp(StatusChange.at, atUs);
  if (threshold !== undefined) writer.presentDouble(StatusChange.threshold, threshold);
  writeSuspicion(StatusChange.suspicion, assessment);
  writer.uint(StatusChange.cause, CAUSES[cause]);
  writer.uint(StatusChange.status, STATUSES[assessment.status]);
  writer.uint(StatusChange.previous, STATUSES[previous]);
  writer.string(StatusChange.userId, assessment.userId);
  writer.close(WatchResponse.change, 0);
}
