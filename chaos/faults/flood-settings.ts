import { attack } from '../support/attack.js';

export const floodSettings = attack({
  name: 'flood-settings',
  what: 'Eight connections send SETTINGS, as fast as they can.',
  attack: 'settingsFlood',
  strength: { connections: 8 },
  quick: { connections: 2 },
  memoryMiBMax: 150,
});
