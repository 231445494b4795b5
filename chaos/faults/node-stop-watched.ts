import { atMost, fault } from '../support/fault.js';
import { everythingRight } from '../support/outage.js';

export const nodeStopWatched = fault({
  name: 'node-stop-watched',
  what: 'A node through which 500 users are watched stands still (SIGSTOP) for 30 s; the users beat through another one.',
  settings: { users: 500, unaryUsers: 0, stoppedMs: 30_000 },
  quick: { unaryUsers: 0, stoppedMs: 3_000 },
  stage: {
    nodes: 2,
    gateways: [0, 1, 2, 3].map((i) => ({ name: `gw-${i}`, share: 1 / 4, nodes: [1] })),
    oneDiesIn: 10,
    // So high that no change is one of those which a threshold allows for: at φ = 3 a fleet of this size has one every two
    // seconds. Silence beyond max_silence, which the node would see everywhere when it goes on, is beyond any threshold.
    namespace: { thresholds: { suspect: { phi: 7 }, offline: { phi: 9 } } },
  },
  steps: ({ stoppedMs }) => [
    { say: 'the node stands still', do: ({ node }) => node(0).freeze(), waitMs: stoppedMs },
    { say: 'the node goes on', do: ({ node }) => node(0).thaw() },
  ],
  expects: (settings) => ({
    ...everythingRight(settings),
    changedLiving: atMost(0),
    noHeartbeatsMs: atMost(settings.intervalMs + 500),
    noQueriesMs: atMost(2_000),
  }),
});
