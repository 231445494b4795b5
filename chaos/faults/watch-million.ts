import { attack } from '../support/attack.js';

export const watchMillion = attack({
  name: 'watch-million',
  what: 'Limits are raised, and somebody watches 1,000,000 users by 100 streams.',
  attack: 'watchMany',
  strength: { users: 1_000_000, streamUsers: 10_000 },
  quick: { users: 20_000, streamUsers: 2_000 },
  memoryMiBMax: 1000,
  limits: { tracked_users_max: 2_000_000 },
});
