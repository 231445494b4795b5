import { attack } from '../support/attack.js';

export const idleConnectionsHttp = attack({
  name: 'idle-connections-http',
  what: '10,000 connections of HTTP are opened, and never ask; each that is closed is opened again.',
  attack: 'idleHttp',
  strength: { connections: 10_000 },
  quick: { connections: 300 },
  memoryMiBMax: 200,
});
