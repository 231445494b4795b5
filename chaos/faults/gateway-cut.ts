import { detection, detectionAsBefore } from '../support/detection.js';
import { atMost, fault } from '../support/fault.js';
import { canDieAlone } from '../support/lone-death.js';
import { everythingRight, soon } from '../support/outage.js';
import { reportNotices } from '../support/release.js';

const OTHERS = ['gw-0', 'gw-1'];

export const gatewayCut = fault({
  name: 'gateway-cut',
  what: 'The network to a gateway with 30 % of the users is cut for 60 s; meanwhile a user of another gateway dies.',
  settings: {
    users: 1_000,
    unaryUsers: 0,
    warmUpMs: 45_000,
    deaths: 10,
    beforeDeathMs: 10_000,
    afterDeathMs: 50_000,
    backMs: 5_000,
    detectionGrowthMsMax: 500,
  },
  quick: {
    users: 150,
    unaryUsers: 0,
    // phid looks every 250 ms who is missing: a silence of users who beat more often than that may escape it.
    intervalMs: 500,
    warmUpMs: 4_000,
    deaths: 0,
    beforeDeathMs: 1_000,
    afterDeathMs: 2_000,
    backMs: 3_000,
  },
  stage: {
    nodes: 2,
    gateways: [
      { name: 'gw-cut', share: 0.3, nodes: [0, 1] },
      ...OTHERS.map((name, i) => ({ name, share: 0.35, nodes: [i, 1 - i] })),
    ],
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
    // A fleet of some seconds is still being learned, and nobody is counted while tables move.
    ...(settings.deaths > 0 ? { unnoticed: atMost(0) } : {}),
  }),
});
