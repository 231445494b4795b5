import { attack } from '../support/attack.js';

export const unreadStreams = attack({
  name: 'unread-streams',
  what: '200 streams are never read: Watch, WatchNamespace, events of HTTP, and gateways that take no acknowledgement.',
  attack: 'unreadStreams',
  strength: { connections: 200, churn: 20 },
  quick: { connections: 8, churn: 10 },
  memoryMiBMax: 250,
});
