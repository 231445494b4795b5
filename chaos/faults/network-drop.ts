import { fault } from '../support/fault.js';
import { afterAnOutage } from '../support/outage.js';

export const networkDrop = fault({
  name: 'network-drop',
  what: 'For 10 s nothing gets through between phid and Redis; nobody is told.',
  settings: { outageMs: 10_000 },
  quick: { outageMs: 3_000 },
  stage: { nodes: 2, isProxied: true, oneDiesIn: 10 },
  steps: ({ outageMs }) => [
    { say: 'nothing gets through', do: ({ proxy }) => proxy.set({ name: 'drop' }), waitMs: outageMs },
    { say: 'everything gets through', do: ({ proxy }) => proxy.set({ name: 'pass' }) },
  ],
  expects: afterAnOutage,
});
