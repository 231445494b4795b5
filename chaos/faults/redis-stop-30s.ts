import { fault } from '../support/fault.js';
import { afterAnOutage } from '../support/outage.js';

export const redisStop30s = fault({
  name: 'redis-stop-30s',
  what: 'Redis stands still (SIGSTOP) for 30 s, longer than max_silence.',
  settings: { outageMs: 30_000 },
  stage: { nodes: 2, oneDiesIn: 10 },
  steps: ({ outageMs }) => [
    { say: 'Redis stands still', do: ({ redis }) => redis.kill('SIGSTOP'), waitMs: outageMs },
    { say: 'Redis goes on', do: ({ redis }) => redis.kill('SIGCONT') },
  ],
  expects: afterAnOutage,
});
