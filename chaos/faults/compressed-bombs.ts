import { attack } from '../support/attack.js';

export const compressedBombs = attack({
  name: 'compressed-bombs',
  what: 'Ten connections make 100 calls each at a time, of a few KiB that are 4 MiB of zeros once decompressed.',
  attack: 'bombs',
  strength: { connections: 10, calls: 100 },
  quick: { connections: 2, calls: 50 },
  memoryMiBMax: 250,
});
