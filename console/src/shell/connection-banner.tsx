import { fleetStream } from '../fleet/fleet-feed.js';
import { clock, roughly } from '../format.js';
import { secondTick } from '../view/ticking.js';

/** Nothing while events arrive; otherwise since when they do not. */
export function ConnectionBanner() {
  const connection = fleetStream.connection.value;
  if (connection.state !== 'lost') return null;
  void secondTick.value; // counts on
  return (
    <div class="banner danger" role="alert" data-testid="disconnected">
      <strong>Disconnected</strong>
      <span>
        since {clock(connection.sinceMs)} ({roughly(Date.now() - connection.sinceMs)}). What you see is as of
        then; trying again every second.
      </span>
    </div>
  );
}
