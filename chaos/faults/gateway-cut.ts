import { detection, detectionAsBefore } from '../support/detection.js';
import { atMost, fault } from '../support/fault.js';
import { CUT_GATEWAYS, CUT_SETTINGS, CUT_SETTINGS_QUICK } from '../support/gateway-cut.js';
import { canDieAlone } from '../support/lone-death.js';
import { everythingRight, soon } from '../support/outage.js';
import { reportNotices } from '../support/release.js';

export const gatewayCut = fault({
  name: 'gateway-cut',
  what: 'The network to a gateway with 30 % of the users is cut for 60 s; meanwhile a user of another gateway dies.',
  settings: {
    ...CUT_SETTINGS,
    afterDeathMs: 50_000,
  },
  quick: {
    ...CUT_SETTINGS_QUICK,
    afterDeathMs: 2_000,
  },
  stage: {
    nodes: 2,
    gateways: CUT_GATEWAYS,
  },
  steps: ({ deaths, beforeDeathMs, afterDeathMs, backMs }) => {
    const death = canDieAlone('gw-0');
    const deathsOf = detection({ deaths });
    return [
      deathsOf.before('gw-1'),
      { say: 'the gateway is cut', do: ({ fleet }) => fleet.cut('gw-cut'), waitMs: beforeDeathMs },
      { say: 'a user of another gateway dies', do: death.begin, waitMs: afterDeathMs },
      { say: 'the gateway is connected again', do: ({ fleet }) => fleet.restore('gw-cut'), waitMs: backMs },
      { say: 'who was told of the death, and when', do: death.report },
      deathsOf.after('gw-1'),
      deathsOf.after('gw-cut', 'detectionReturned'),
      { say: 'what streams were told', do: reportNotices },
    ];
  },
  expects: (settings) => ({
    ...everythingRight(settings),
    loneDeathToldMs: soon(settings),
    ...detectionAsBefore(settings, 'detectionReturned'),
    unnoticed: atMost(0),
  }),
});
