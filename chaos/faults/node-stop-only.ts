import { fault } from '../support/fault.js';
import { afterAnOutage } from '../support/outage.js';

export const nodeStopOnly = fault({
  name: 'node-stop-only',
  what: 'The only node stands still (SIGSTOP) for 10 s, and with it everything that beats through it.',
  settings: { stoppedMs: 10_000 },
  quick: { stoppedMs: 3_000 },
  stage: { nodes: 1, oneDiesIn: 10 },
  steps: ({ stoppedMs }) => [
    { say: 'the node stands still', do: ({ node }) => node(0).freeze(), waitMs: stoppedMs },
    { say: 'the node goes on', do: ({ node }) => node(0).thaw() },
  ],
  expects: afterAnOutage,
});
