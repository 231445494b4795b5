import { fault } from '../support/fault.js';
import { CUT_SETTINGS, CUT_SETTINGS_QUICK } from '../support/gateway-cut.js';
import { LONG_CUT } from '../support/long-cut.js';

export const gatewayCutHold = fault({
  name: 'gateway-cut-hold',
  what: 'The same for longer than OFFLINE is withheld: `mass_silence: { hold: 30s, release_per_second: 50 }`.',
  settings: {
    ...CUT_SETTINGS,
    holdMs: 30_000,
    releasePerSecond: 50,
    longerMs: 10_000,
    // The notice and a change are not told in the same instant.
    heldMsMin: 29_500,
  },
  quick: {
    ...CUT_SETTINGS_QUICK,
    holdMs: 3_000,
    longerMs: 2_000,
    heldMsMin: 1_000,
  },
  ...LONG_CUT,
});
