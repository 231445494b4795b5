import { atMost, fault } from '../support/fault.js';
import { CUT_GATEWAYS } from '../support/gateway-cut.js';
import { everythingRight } from '../support/outage.js';
import { reportNotices } from '../support/release.js';

export const gatewayCutOutage = fault({
  name: 'gateway-cut-outage',
  what: 'Redis stands still (SIGSTOP) for 5 s, and within that a gateway with 30 % of the users is cut for 40 s.',
  settings: { users: 1_000, unaryUsers: 0, beforeCutMs: 2_000, bothMs: 3_000, cutMs: 37_000, backMs: 5_000 },
  stage: {
    nodes: 2,
    gateways: CUT_GATEWAYS,
  },
  steps: ({ beforeCutMs, bothMs, cutMs, backMs }) => [
    { say: 'Redis stands still', do: ({ redis }) => redis.kill('SIGSTOP'), waitMs: beforeCutMs },
    { say: 'the gateway is cut', do: ({ fleet }) => fleet.cut('gw-cut'), waitMs: bothMs },
    { say: 'Redis goes on', do: ({ redis }) => redis.kill('SIGCONT'), waitMs: cutMs },
    { say: 'the gateway is connected again', do: ({ fleet }) => fleet.restore('gw-cut'), waitMs: backMs },
    { say: 'what streams were told', do: reportNotices },
  ],
  expects: (settings) => ({ ...everythingRight(settings), unnoticed: atMost(0) }),
});
