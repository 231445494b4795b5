import { attack } from '../support/attack.js';

export const floodPings = attack({
  name: 'flood-pings',
  what: 'Eight connections send PINGs, as fast as they can.',
  attack: 'pingFlood',
  strength: { connections: 8 },
  quick: { connections: 2 },
  memoryMiBMax: 150,
});
