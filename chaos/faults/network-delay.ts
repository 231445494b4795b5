import { fault } from '../support/fault.js';
import { afterAnOutage } from '../support/outage.js';

export const networkDelay = fault({
  name: 'network-delay',
  what: 'For 20 s everything between phid and Redis takes 1.5 s, each way: longer than phid waits for an answer.',
  settings: { delayMs: 1_500, outageMs: 20_000 },
  quick: { outageMs: 3_000 },
  stage: { nodes: 2, isProxied: true, oneDiesIn: 10 },
  steps: ({ delayMs, outageMs }) => [
    {
      say: `the network takes ${delayMs} ms`,
      do: ({ proxy }) => proxy.set({ name: 'delay', ms: delayMs }),
      waitMs: outageMs,
    },
    { say: 'the network is quick again', do: ({ proxy }) => proxy.set({ name: 'pass' }) },
  ],
  expects: afterAnOutage,
});
