import { signal } from '@preact/signals';
import type { GetFleetResponse } from '../api/messages.js';
import { storeClock, storeNowMs } from '../api/store-clock.js';
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
    const times = message.namespaces.flatMap(({ at }) => (at === undefined ? [] : [Date.parse(at)]));
    if (times.length > 0) storeClock.observe(Math.max(...times), performance.now());
    history.add(message, storeNowMs());
    heardMs.value = Date.now();
    fleet.value = message;
  },
});
