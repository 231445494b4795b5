import { attack } from '../support/attack.js';

export const oversizeHeaders = attack({
  name: 'oversize-headers',
  what: '40 connections send headers of many megabytes, by gRPC and by HTTP.',
  attack: 'oversizeHeaders',
  strength: { connections: 40 },
  quick: { connections: 4 },
  memoryMiBMax: 150,
});
