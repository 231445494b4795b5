import { attack } from '../support/attack.js';

export const floodEmptyData = attack({
  name: 'flood-empty-data',
  what: 'Eight connections send DATA frames without data, as fast as they can.',
  attack: 'emptyDataFlood',
  strength: { connections: 8 },
  quick: { connections: 2 },
  memoryMiBMax: 150,
});
