import { expect, it } from 'vitest';
import { compressedBombs } from '../../chaos/faults/compressed-bombs.js';
import { floodContinuations } from '../../chaos/faults/flood-continuations.js';
import { floodEmptyData } from '../../chaos/faults/flood-empty-data.js';
import { floodPings } from '../../chaos/faults/flood-pings.js';
import { floodResets } from '../../chaos/faults/flood-resets.js';
import { floodSettings } from '../../chaos/faults/flood-settings.js';
import { idleConnectionsGrpc } from '../../chaos/faults/idle-connections-grpc.js';
import { idleConnectionsHttp } from '../../chaos/faults/idle-connections-http.js';
import { oversizeHeaders } from '../../chaos/faults/oversize-headers.js';
import { oversizeMessages } from '../../chaos/faults/oversize-messages.js';
import { slowClients } from '../../chaos/faults/slow-clients.js';
import { unreadStreams } from '../../chaos/faults/unread-streams.js';
import { watchMillion } from '../../chaos/faults/watch-million.js';
import { watchMillionRefused } from '../../chaos/faults/watch-million-refused.js';
import { attacksInTurn } from '../../chaos/support/attack.js';
import { runFault } from '../../chaos/support/run.js';

/** Half a minute; the rest is for a busy machine. */
const TIMEOUT_MS = 180_000;

const attacks = attacksInTurn([
  ...[slowClients, idleConnectionsGrpc, idleConnectionsHttp],
  ...[floodResets, floodContinuations, floodSettings, floodPings, floodEmptyData],
  ...[oversizeHeaders, oversizeMessages, compressedBombs],
  ...[watchMillionRefused, watchMillion, unreadStreams],
]);

it(
  'whoever attacks a node keeps nobody else from being heard, answered and told',
  async () => {
    const { figures, unmet } = await runFault(attacks, { isQuick: true });
    expect(unmet, JSON.stringify(figures)).toEqual([]);
  },
  TIMEOUT_MS,
);
