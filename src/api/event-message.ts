import type { Notice as NoticeMessage } from '../gen/phid/v1/Notice.js';
import type { StatusChange } from '../gen/phid/v1/StatusChange.js';
import type { Change } from '../presence/watching/changes.js';
import type { Notice } from '../presence/watching/outbox.js';
import { present, suspicionMessage } from './suspicion-message.js';
import { timestamp } from './timestamp.js';

/** A change as the message StatusChange. Where they are many, src/grpc/event-codec.ts writes the same. */
export function changeMessage({
  assessment,
  previous,
  cause,
  threshold,
  atUs,
  version,
}: Change): StatusChange {
  return {
    userId: assessment.userId,
    previous,
    status: assessment.status,
    cause,
    suspicion: suspicionMessage(assessment),
    ...present('threshold', threshold),
    at: timestamp(atUs),
    version,
  };
}

export function noticeMessage({ notice, message, coalesced }: Notice): NoticeMessage {
  return { kind: notice, message, coalesced };
}
