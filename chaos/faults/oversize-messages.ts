import { attack } from '../support/attack.js';

export const oversizeMessages = attack({
  name: 'oversize-messages',
  what: 'Ten connections make 100 calls each, and send of each 4 MiB message all but the end.',
  attack: 'oversizeMessages',
  strength: { connections: 10, calls: 100 },
  quick: { connections: 2, calls: 50 },
  memoryMiBMax: 250,
});
