import { detection, detectionAsBefore } from '../support/detection.js';
import { atMost, fault } from '../support/fault.js';
import { CUT_SETTINGS } from '../support/gateway-cut.js';
import { canDieAlone } from '../support/lone-death.js';
import { everythingRight, soon } from '../support/outage.js';
import { reportNotices } from '../support/release.js';

const ORIGIN = 'everywhere';

export const gatewayCutShared = fault({
  name: 'gateway-cut-shared',
  what: 'The same, and all gateways but a small one name one origin: 30 % of that origin are cut for 60 s.',
  settings: {
    ...CUT_SETTINGS,
    afterDeathMs: 50_000,
  },
  stage: {
    nodes: 2,
    // All of them at one node, whose census has 30 % missing then. Were the others at the other node, it would be all.
    gateways: [
      { name: 'gw-cut', origin: ORIGIN, share: 0.3, nodes: [0, 1] },
      { name: 'gw-0', origin: ORIGIN, share: 0.35, nodes: [0, 1] },
      { name: 'gw-1', origin: ORIGIN, share: 0.34, nodes: [0, 1] },
      { name: 'gw-alone', share: 0.01, nodes: [1, 0] },
    ],
  },
  steps: ({ deaths, beforeDeathMs, afterDeathMs, backMs }) => {
    const death = canDieAlone('gw-alone');
    const heldDeath = canDieAlone('gw-0', 'heldDeathToldMs');
    const deathsOf = detection({ deaths });
    return [
      deathsOf.before('gw-1'),
      { say: 'the gateway is cut', do: ({ fleet }) => fleet.cut('gw-cut'), waitMs: beforeDeathMs },
      { say: 'a user of another origin dies', do: death.begin },
      { say: 'a user of the same origin dies', do: heldDeath.begin, waitMs: afterDeathMs },
      { say: 'the gateway is connected again', do: ({ fleet }) => fleet.restore('gw-cut'), waitMs: backMs },
      { say: 'who was told of one death, and when', do: death.report },
      { say: 'who was told of the other one', do: heldDeath.report },
      deathsOf.after('gw-1'),
      deathsOf.after('gw-cut', 'detectionReturned'),
      { say: 'what streams were told', do: reportNotices },
    ];
  },
  expects: (settings) => {
    const { afterDeathMs, backMs } = settings;
    return {
      ...everythingRight(settings),
      loneDeathToldMs: soon(settings),
      // Until the others are back it could be one of those who were cut.
      heldDeathToldMs: atMost(afterDeathMs + backMs),
      ...detectionAsBefore(settings, 'detectionReturned'),
      unnoticed: atMost(0),
    };
  },
});
