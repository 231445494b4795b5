import { signal } from '@preact/signals';
import type { GetFleetResponse } from '../api/messages.js';
import { storeClock } from '../api/store-clock.js';
import { openStream } from '../api/stream.js';
import { FleetHistory } from './history.js';

/** The fleet as it was told last; undefined until it was. */
export const fleet = signal<GetFleetResponse | undefined>(undefined);

/** When that was, ms since the epoch by the clock of this machine; undefined before the first message. */
export const heardMs = signal<number | undefined>(undefined);

/** Changed with `fleet`: grows by a moment with each message. */
export const history = new FleetHistory();

/** Followed as long as the page is there, whatever it shows: its history is only in here. */
export const fleetStream = openStream('/fleet/events', {
  fleet(message: GetFleetResponse) {
    const heard = message.nodes.flatMap(({ lastSeen }) =>
      lastSeen === undefined ? [] : [Date.parse(lastSeen)],
    );
    if (heard.length > 0) storeClock.observePast(Math.max(...heard), performance.now());
    history.add(message, Date.now());
    heardMs.value = Date.now();
    fleet.value = message;
  },
});
