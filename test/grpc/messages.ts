import { changeMessage, noticeMessage } from '../../src/api/event-message.js';
import type { WatchResponse } from '../../src/gen/phid/v1/WatchResponse.js';
import type { StreamEvent } from '../../src/presence/watching/outbox.js';

/** An event of a stream as the object that proto-loader makes a message of; Watch and Track say the same. */
export function toStreamEvent(event: StreamEvent): WatchResponse {
  if ('change' in event) return { change: changeMessage(event.change) };
  return 'synced' in event ? { synced: {} } : { notice: noticeMessage(event) };
}
