import { attack } from '../support/attack.js';

export const idleConnectionsGrpc = attack({
  name: 'idle-connections-grpc',
  what: '10,000 connections of gRPC are opened, answer pings, and never make a call.',
  attack: 'idleGrpc',
  strength: { connections: 10_000 },
  quick: { connections: 300 },
  memoryMiBMax: 1_000,
  attackMs: 60_000,
});
