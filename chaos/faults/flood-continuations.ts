import { attack } from '../support/attack.js';

export const floodContinuations = attack({
  name: 'flood-continuations',
  what: 'Eight connections send headers that do not end (CVE-2024-27983), as fast as they can.',
  attack: 'continuationFlood',
  strength: { connections: 8 },
  quick: { connections: 2 },
  memoryMiBMax: 150,
});
