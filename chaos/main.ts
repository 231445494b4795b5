import { mkdirSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { abandonedStreams } from './faults/abandoned-streams.js';
import { clusterFailover } from './faults/cluster-failover.js';
import { clusterReshard } from './faults/cluster-reshard.js';
import { compressedBombs } from './faults/compressed-bombs.js';
import { floodContinuations } from './faults/flood-continuations.js';
import { floodEmptyData } from './faults/flood-empty-data.js';
import { floodPings } from './faults/flood-pings.js';
import { floodResets } from './faults/flood-resets.js';
import { floodSettings } from './faults/flood-settings.js';
import { gatewayCut } from './faults/gateway-cut.js';
import { gatewayCut5min } from './faults/gateway-cut-5min.js';
import { gatewayCutHold } from './faults/gateway-cut-hold.js';
import { gatewayCutOutage } from './faults/gateway-cut-outage.js';
import { gatewayCutShared } from './faults/gateway-cut-shared.js';
import { gatewayMove } from './faults/gateway-move.js';
import { gatewayRestart } from './faults/gateway-restart.js';
import { idleConnectionsGrpc } from './faults/idle-connections-grpc.js';
import { idleConnectionsHttp } from './faults/idle-connections-http.js';
import { networkDelay } from './faults/network-delay.js';
import { networkDrop } from './faults/network-drop.js';
import { networkDropAnswers } from './faults/network-drop-answers.js';
import { networkReset } from './faults/network-reset.js';
import { nodeKill } from './faults/node-kill.js';
import { nodeKillShards } from './faults/node-kill-shards.js';
import { nodeStopOnly } from './faults/node-stop-only.js';
import { nodeStopWatched } from './faults/node-stop-watched.js';
import { nothing } from './faults/nothing.js';
import { oversizeHeaders } from './faults/oversize-headers.js';
import { oversizeMessages } from './faults/oversize-messages.js';
import { redisKillAof } from './faults/redis-kill-aof.js';
import { redisKillDataLost } from './faults/redis-kill-data-lost.js';
import { redisStop5s } from './faults/redis-stop-5s.js';
import { redisStop30s } from './faults/redis-stop-30s.js';
import { sentinelFailover } from './faults/sentinel-failover.js';
import { slowClients } from './faults/slow-clients.js';
import { slowReader } from './faults/slow-reader.js';
import { unreadStreams } from './faults/unread-streams.js';
import { watchMillion } from './faults/watch-million.js';
import { watchMillionRefused } from './faults/watch-million-refused.js';
import type { Fault } from './support/fault.js';
import { tablesOf, writeReport } from './support/report.js';
import { type Row, runFault } from './support/run.js';

/** Everything that can go wrong here. What each does is in docs/reliability.md. */
const faults: readonly Fault[] = [
  nothing,
  redisKillAof,
  redisKillDataLost,
  redisStop5s,
  redisStop30s,
  sentinelFailover,
  clusterFailover,
  clusterReshard,
  networkDelay,
  networkDrop,
  networkDropAnswers,
  networkReset,
  nodeStopWatched,
  nodeStopOnly,
  nodeKill,
  nodeKillShards,
  gatewayCut,
  gatewayCutHold,
  gatewayCut5min,
  gatewayCutShared,
  gatewayCutOutage,
  gatewayMove,
  gatewayRestart,
  slowReader,
  abandonedStreams,
  slowClients,
  idleConnectionsGrpc,
  idleConnectionsHttp,
  floodResets,
  floodContinuations,
  floodSettings,
  floodPings,
  floodEmptyData,
  oversizeHeaders,
  oversizeMessages,
  compressedBombs,
  watchMillionRefused,
  watchMillion,
  unreadStreams,
];

const list = () => faults.map(({ name, what }) => `  ${name.padEnd(22)}${what}\n`).join('');

const usage = () => `usage: npm run chaos -- [NAME...] [options]

Lets things go wrong with real processes on this machine (phid serve, redis-server, clients), and holds what watchers
and callers were told against the truth. Without a name everything goes wrong, one after the other: about 40 minutes.
Progress goes to stderr, the table to stdout. Exit code 1: something that phid is expected to do it did not.

  --list        names, one a line
  --json        the rows as JSON on stdout, the table on stderr
  --report      puts the rows into the tables of docs/reliability.md; those of faults that were not run stay
  --quick       the reduced form that \`npm test\` runs: few users, five times as fast
  --logs DIR    writes into this folder the log of each node, and what was told of users who live
  --help        this

${list()}`;

class UsageError extends Error {}

function parsed(args: readonly string[]) {
  const flag = { type: 'boolean', default: false } as const;
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      ...{ list: flag, json: flag, report: flag, quick: flag, help: flag },
      logs: { type: 'string' },
    },
  });
  const chosen = positionals.map((name) => {
    const found = faults.find((one) => one.name === name);
    if (!found) throw new UsageError(`${JSON.stringify(name)} is no fault. There are:\n${list()}`);
    return found;
  });
  if (values.report && values.quick) throw new UsageError('--report is not for --quick');
  return { ...values, chosen: chosen.length > 0 ? chosen : faults };
}

async function main(args: readonly string[]): Promise<void> {
  const { list: isList, help, json, report, quick, logs, chosen } = parsed(args);
  if (help) return console.log(usage());
  if (isList) return console.log(chosen.map(({ name }) => name).join('\n'));
  if (logs !== undefined) mkdirSync(logs, { recursive: true });
  const rows: Row[] = [];
  for (const fault of chosen) {
    const startedMs = performance.now();
    const seconds = () => `${Math.round((performance.now() - startedMs) / 1000)} s`.padStart(5);
    const say = (line: string) => console.error(`${fault.name.padEnd(22)}${seconds()}  ${line}`);
    const row = await runFault(fault, { isQuick: quick, logs, say });
    rows.push(row);
    say(row.unmet.length === 0 ? 'as expected' : `not met: ${row.unmet.join('; ')}`);
  }
  if (json) {
    console.error(tablesOf(rows, faults));
    // NaN, which JSON has not: it never happened.
    console.log(JSON.stringify(rows, (_, value) => (Number.isNaN(value) ? null : value), 2));
  } else console.log(tablesOf(rows, faults));
  if (report) await writeReport(rows, faults);
  const failed = rows.filter(({ unmet }) => unmet.length > 0);
  for (const { fault, unmet } of failed) console.error(`${fault}: ${unmet.join('; ')}`);
  if (failed.length > 0) process.exitCode = 1;
}

// What was started ends with this process, once it ends in order.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1));

try {
  await main(process.argv.slice(2));
} catch (error) {
  const isUsage =
    error instanceof UsageError || (error as { code?: string }).code?.startsWith('ERR_PARSE_ARGS');
  console.error(isUsage ? `${(error as Error).message}\nnpm run chaos -- --help says more.` : error);
  process.exitCode = isUsage ? 2 : 1;
}
