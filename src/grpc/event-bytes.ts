import type { WatchResponse } from '../gen/phid/v1/WatchResponse.js';
import type { StreamEvent } from '../presence/outbox.js';
import { toStreamEvent } from './conversion.js';
import { PresenceService } from './definition.js';

const { service } = PresenceService;
const asItIs = { responseSerialize: (bytes: unknown) => bytes as Buffer };

/**
 * PresenceService as it is served: Watch and Track are given their events as bytes. The transport takes one message of a
 * stream at a time, and what waits for it is three hundred bytes off the heap by that, not a tree of objects several
 * times as large, which would wait until the garbage collector takes it for something that stays.
 */
export const servedService: typeof service = {
  ...service,
  Watch: { ...service.Watch, ...asItIs },
  Track: { ...service.Track, ...asItIs },
};

/** An event as a message of Watch or Track, which are the same; to be written to a call of `servedService`. */
export function toEventBytes(event: StreamEvent): WatchResponse {
  return service.Watch.responseSerialize(toStreamEvent(event) as never) as unknown as WatchResponse;
}
