import { detection, detectionAsBefore } from '../support/detection.js';
import { atLeast, atMost, fault } from '../support/fault.js';
import { CUT_GATEWAYS, CUT_SETTINGS, CUT_SETTINGS_QUICK, CUT_SHARE } from '../support/gateway-cut.js';
import { canDieAlone } from '../support/lone-death.js';
import { everythingRight, soon } from '../support/outage.js';
import { reportNotices, reportRelease } from '../support/release.js';

/** Each user is let go at a moment that follows from the id: in one second it is more of them by chance, in another fewer. */
const RATE_TOLERANCE = 1.5;

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
  stage: ({ holdMs, releasePerSecond }) => ({
    nodes: 2,
    gateways: CUT_GATEWAYS,
    namespace: { mass_silence: { hold: `${holdMs}ms`, release_per_second: releasePerSecond } },
  }),
  steps: ({ users, deaths, beforeDeathMs, holdMs, releasePerSecond, longerMs, backMs }) => {
    const death = canDieAlone('gw-0');
    const deathsOf = detection({ deaths });
    const releaseMs = ((users * CUT_SHARE) / releasePerSecond) * 1000;
    return [
      deathsOf.before('gw-1'),
      { say: 'the gateway is cut', do: ({ fleet }) => fleet.cut('gw-cut'), waitMs: beforeDeathMs },
      { say: 'a user of another gateway dies', do: death.begin, waitMs: holdMs - beforeDeathMs },
      { say: 'its users are released', waitMs: releaseMs + longerMs },
      { say: 'who was told of the death, and when', do: death.report },
      { say: 'what was told of the others', do: (scene) => reportRelease(scene, 'gw-cut') },
      { say: 'the gateway is connected again', do: ({ fleet }) => fleet.restore('gw-cut'), waitMs: backMs },
      deathsOf.after('gw-1'),
      deathsOf.after('gw-cut', 'detectionReturned'),
      { say: 'what streams were told', do: reportNotices },
    ];
  },
  expects: (settings) => {
    const { users, heldMsMin, releasePerSecond } = settings;
    const cut = users * CUT_SHARE;
    return {
      ...everythingRight(settings),
      // They live, and OFFLINE is right all the same: nobody has heard of them for so long.
      falseOffline: { atLeast: cut, atMost: cut },
      heldMs: atLeast(heldMsMin),
      unreleased: atMost(0),
      releasedPerSecondMax: atMost(releasePerSecond * RATE_TOLERANCE),
      loneDeathToldMs: soon(settings),
      ...detectionAsBefore(settings, 'detectionReturned'),
      unnoticed: atMost(0),
    };
  },
});
