import { atMost, fault } from '../support/fault.js';

/** What every other fault has to be compared with. */
export const nothing = fault({
  name: 'nothing',
  what: 'Nothing goes wrong; one user in ten dies.',
  settings: { calmMs: 20_000 },
  quick: { calmMs: 2_000 },
  stage: { nodes: 2, oneDiesIn: 10 },
  steps: ({ calmMs }) => [{ say: 'nothing happens', waitMs: calmMs }],
  expects: ({ maxSilenceMs, intervalMs }) => ({
    falseOffline: atMost(0),
    falseUnknown: atMost(0),
    lost: atMost(0),
    noHeartbeatsMs: atMost(intervalMs + 500),
    noQueriesMs: atMost(1_000),
    wrongAnswers: atMost(0),
    changesAgainMs: atMost(500),
    deathToldMs: atMost(maxSilenceMs),
    wrongInTheEnd: atMost(0),
  }),
});
