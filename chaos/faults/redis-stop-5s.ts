import { fault } from '../support/fault.js';
import { afterAnOutage } from '../support/outage.js';

export const redisStop5s = fault({
  name: 'redis-stop-5s',
  what: 'Redis stands still (SIGSTOP) for 5 s; its connections stay.',
  settings: { outageMs: 5_000 },
  quick: { outageMs: 3_000 },
  stage: { nodes: 2, oneDiesIn: 10 },
  steps: ({ outageMs }) => [
    { say: 'Redis stands still', do: ({ redis }) => redis.kill('SIGSTOP'), waitMs: outageMs },
    { say: 'Redis goes on', do: ({ redis }) => redis.kill('SIGCONT') },
  ],
  expects: afterAnOutage,
});
