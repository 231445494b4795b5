import { atMost, fault } from '../support/fault.js';
import { everythingRight } from '../support/outage.js';

export const nodeKill = fault({
  name: 'node-kill',
  what: 'One of two nodes is killed (SIGKILL), its gateways and clients move to the other; 10 s later it is back.',
  settings: { goneMs: 10_000 },
  quick: { goneMs: 2_000 },
  stage: { nodes: 2, oneDiesIn: 10 },
  steps: ({ goneMs }) => [
    { say: 'the node is killed', do: ({ node }) => node(0).kill(), waitMs: goneMs },
    { say: 'the node is started again', do: ({ node }) => node(0).restart() },
  ],
  expects: (settings) => ({
    ...everythingRight(settings),
    noHeartbeatsMs: atMost(settings.tellingMsMax),
    noQueriesMs: atMost(settings.tellingMsMax),
  }),
});
