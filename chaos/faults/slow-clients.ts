import { attack } from '../support/attack.js';

export const slowClients = attack({
  name: 'slow-clients',
  what: '1,000 connections say everything as slowly as possible: TLS handshakes, prefaces, headers, bodies, a byte a second.',
  attack: 'slowClients',
  strength: { connections: 1_000, byteMs: 1_000 },
  quick: { connections: 40, byteMs: 100 },
  memoryMiBMax: 150,
});
