import type { Status } from '../../../src/detector/status.js';
import { Namespace } from '../../../src/presence/namespace.js';
import type { Cause, Change } from '../../../src/presence/watching/changes.js';
import type { StreamEvent } from '../../../src/presence/watching/outbox.js';
import { namespaceSettings } from '../../support/settings.js';

const namespace = new Namespace('default', namespaceSettings());

interface ChangeFacts {
  readonly userId?: string;
  readonly previous?: Status;
  readonly status: Status;
  readonly cause?: Cause;
  readonly version?: number;
  readonly threshold?: number;
}

/** A change as far as an outbox looks at it; a snapshot of alice unless told otherwise. */
export function changeOf(facts: ChangeFacts): Change {
  const {
    userId = 'alice',
    previous = 'UNKNOWN',
    status,
    cause = 'SNAPSHOT',
    version = 0,
    threshold,
  } = facts;
  const assessment = {
    namespace,
    userId,
    status,
    thresholds: namespace.thresholds,
    suspicion: undefined,
    nowUs: version,
    suspectInMs: 0,
    offlineInMs: 0,
    degraded: false,
    isWithheld: false,
    isLost: false,
  };
  return { previous, cause, assessment, threshold, atUs: version, version };
}

/** `alice UNKNOWN>ONLINE SNAPSHOT`, `synced`, `LAGGED 3`, `DEGRADED`. */
export function lineOf(event: StreamEvent): string {
  if ('synced' in event) return 'synced';
  if ('notice' in event) return event.coalesced ? `${event.notice} ${event.coalesced}` : event.notice;
  const { previous, cause, assessment } = event.change;
  return `${assessment.userId} ${previous}>${assessment.status} ${cause}`;
}
