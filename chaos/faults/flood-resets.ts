import { attack } from '../support/attack.js';

export const floodResets = attack({
  name: 'flood-resets',
  what: 'Eight connections make calls and take them back, as fast as they can (rapid reset, CVE-2023-44487).',
  attack: 'resetFlood',
  strength: { connections: 8 },
  quick: { connections: 2 },
  memoryMiBMax: 300,
});
