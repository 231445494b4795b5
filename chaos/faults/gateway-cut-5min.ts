import { fault } from '../support/fault.js';
import { CUT_SETTINGS } from '../support/gateway-cut.js';
import { LONG_CUT } from '../support/long-cut.js';

export const gatewayCut5min = fault({
  name: 'gateway-cut-5min',
  what: 'The same for five minutes, with the hold and the rate that are the defaults: 2 min, 100 a second.',
  settings: {
    ...CUT_SETTINGS,
    holdMs: 120_000,
    releasePerSecond: 100,
    longerMs: 177_000,
    heldMsMin: 119_500,
  },
  ...LONG_CUT,
});
