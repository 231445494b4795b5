import type { StreamEvent } from '../presence/outbox.js';
import { toStreamEvent } from './conversion.js';
import { PresenceService } from './definition.js';

/** An event as a message of Watch or Track, which are the same. */
export function toEventBytes(event: StreamEvent): Buffer {
  return PresenceService.service.Watch.responseSerialize(toStreamEvent(event) as never);
}
