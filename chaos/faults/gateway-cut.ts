import { atMost, fault } from '../support/fault.js';
import { canDieAlone } from '../support/lone-death.js';
import { everythingRight } from '../support/outage.js';

const OTHERS = ['gw-0', 'gw-1'];

export const gatewayCut = fault({
  name: 'gateway-cut',
  what: 'The network to a gateway with 30 % of the users is cut for 60 s; meanwhile a user of another gateway dies.',
  settings: { users: 1_000, unaryUsers: 0, beforeDeathMs: 10_000, afterDeathMs: 50_000 },
  quick: { users: 100, unaryUsers: 0, beforeDeathMs: 1_000, afterDeathMs: 3_000 },
  stage: {
    nodes: 2,
    gateways: [
      { origin: 'gw-cut', share: 0.3, nodes: [0, 1] },
      ...OTHERS.map((origin, i) => ({ origin, share: 0.35, nodes: [i, 1 - i] })),
    ],
  },
  steps: ({ beforeDeathMs, afterDeathMs }) => {
    const death = canDieAlone('gw-0');
    return [
      { say: 'the gateway is cut', do: ({ fleet }) => fleet.cut('gw-cut'), waitMs: beforeDeathMs },
      { say: 'a user of another gateway dies', do: death.begin, waitMs: afterDeathMs },
      { say: 'the gateway is connected again', do: ({ fleet }) => fleet.restore('gw-cut') },
      { say: 'who was told of the death, and when', do: death.report },
    ];
  },
  expects: (settings) => ({
    ...everythingRight(settings),
    loneDeathToldMs: atMost(settings.maxSilenceMs),
  }),
});
