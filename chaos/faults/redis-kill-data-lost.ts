import { fault } from '../support/fault.js';
import { afterAnOutage } from '../support/outage.js';

export const redisKillDataLost = fault({
  name: 'redis-kill-data-lost',
  what: 'Redis, which persists nothing, is killed (SIGKILL) and comes back empty 5 s later.',
  settings: { outageMs: 5_000 },
  quick: { outageMs: 1_500 },
  stage: { nodes: 2, oneDiesIn: 10 },
  steps: ({ outageMs }) => [
    { say: 'Redis is killed', do: ({ redis }) => redis.kill(), waitMs: outageMs },
    { say: 'Redis is started again, empty', do: ({ redis }) => redis.restart() },
  ],
  // Whoever fell silent before is forgotten; nothing outside Redis remembers them.
  expects: (settings) => ({ ...afterAnOutage(settings), lost: {} }),
});
