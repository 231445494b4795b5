import { fault } from '../support/fault.js';
import { afterAnOutage } from '../support/outage.js';

export const networkDropAnswers = fault({
  name: 'network-drop-answers',
  what: "For 10 s phid's commands reach Redis and are done, and no answer comes back.",
  settings: { outageMs: 10_000 },
  quick: { outageMs: 3_000 },
  stage: { nodes: 2, isProxied: true, oneDiesIn: 10 },
  steps: ({ outageMs }) => [
    {
      say: 'no answer gets through',
      do: ({ proxy }) => proxy.set({ name: 'drop-answers' }),
      waitMs: outageMs,
    },
    { say: 'everything gets through', do: ({ proxy }) => proxy.set({ name: 'pass' }) },
  ],
  expects: afterAnOutage,
});
