import { fleetStream, heardMs } from '../fleet/fleet-feed.js';
import { clock, roughly } from '../format.js';
import { secondTick } from '../view/ticking.js';

/** The fleet is told once a second; so many ms without it are no chance. */
const QUIET_MS_MAX = 4_000;

/** Nothing while events arrive; otherwise since when they do not. */
export function ConnectionBanner() {
  void secondTick.value; // counts on
  const connection = fleetStream.connection.value;
  if (connection.state === 'lost') {
    return (
      <div class="banner danger" role="alert" data-testid="disconnected">
        <strong>Disconnected</strong>
        <span>
          <Since ms={connection.sinceMs} /> What you see is as of then; trying again every second.
        </span>
      </div>
    );
  }
  if (heardMs.value === undefined || Date.now() - heardMs.value < QUIET_MS_MAX) return null;
  return (
    <div class="banner danger" role="alert">
      <strong>No news</strong>
      <span>
        <Since ms={heardMs.value} /> The node answers, and cannot read its store. What you see is as of then.
      </span>
    </div>
  );
}

const Since = ({ ms }: { readonly ms: number }) => (
  <>
    since {clock(ms)} ({roughly(Date.now() - ms)}).
  </>
);
