import { attack } from '../support/attack.js';

export const watchMillionRefused = attack({
  name: 'watch-million-refused',
  what: 'Somebody watches 1,000,000 users by one stream, again and again.',
  attack: 'watchMany',
  strength: { users: 1_000_000, streamUsers: 1_000_000 },
  quick: { users: 200_000, streamUsers: 200_000 },
  memoryMiBMax: 250,
});
