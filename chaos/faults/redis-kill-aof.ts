import { fault } from '../support/fault.js';
import { afterAnOutage } from '../support/outage.js';

export const redisKillAof = fault({
  name: 'redis-kill-aof',
  what: 'Redis is killed (SIGKILL) and started again 5 s later; its append-only file has every write that it answered.',
  settings: { outageMs: 5_000 },
  quick: { outageMs: 1_500 },
  stage: { nodes: 2, persistence: 'aof', oneDiesIn: 10 },
  steps: ({ outageMs }) => [
    { say: 'Redis is killed', do: ({ redis }) => redis.kill(), waitMs: outageMs },
    { say: 'Redis is started again', do: ({ redis }) => redis.restart() },
  ],
  expects: afterAnOutage,
});
