import { fault, type Step } from '../support/fault.js';
import { afterAnOutage } from '../support/outage.js';

export const networkReset = fault({
  name: 'network-reset',
  what: 'Ten times in 20 s the connections to Redis are reset, and new ones for a second too.',
  settings: { times: 10, refusingMs: 1_000, acceptingMs: 1_000 },
  quick: { times: 3, refusingMs: 300, acceptingMs: 700 },
  stage: { nodes: 2, isProxied: true, oneDiesIn: 10 },
  steps: ({ times, refusingMs, acceptingMs }) =>
    Array.from({ length: times }, (_, i): Step[] => [
      {
        say: `connections are reset, ${i + 1} of ${times}`,
        do: ({ proxy }) => proxy.set({ name: 'reset' }),
        waitMs: refusingMs,
      },
      {
        say: 'connections are accepted',
        do: ({ proxy }) => proxy.set({ name: 'pass' }),
        waitMs: acceptingMs,
      },
    ]).flat(),
  expects: afterAnOutage,
});
