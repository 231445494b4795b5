import type { Attack } from './attack.js';
import { continuationFlood, emptyDataFlood, pingFlood, resetFlood, settingsFlood } from './floods.js';
import { idleGrpc, idleHttp } from './idle.js';
import { watchMany } from './million.js';
import { bombs, oversizeHeaders, oversizeMessages } from './oversize.js';
import { slowClients } from './slow.js';
import { unreadStreams } from './unread.js';

/** Attacks, by the names that faults have for them. */
export const attacks = {
  ...{ slowClients, idleGrpc, idleHttp },
  ...{ resetFlood, continuationFlood, settingsFlood, pingFlood, emptyDataFlood },
  ...{ oversizeHeaders, oversizeMessages, bombs },
  ...{ watchMany, unreadStreams },
} satisfies Record<string, Attack>;
