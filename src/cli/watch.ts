import { type Command, Option } from 'commander';
import { decimal } from '../config/kinds.js';
import { WATCHABLE_PHI_MAX, WATCHABLE_PHI_MIN } from '../detector/status.js';
import type { WatchRequest } from '../gen/phid/v1/WatchRequest.js';
import type { WatchResponse__Output } from '../gen/phid/v1/WatchResponse.js';
import { CliError, EXIT_USAGE } from './cli-error.js';
import { Client } from './client.js';
import { follow, type StreamView } from './follow.js';
import { toJson } from './json.js';
import { addCallOptions, type CallOptions, parserOf } from './options.js';
import { changeLine, noticeLine, syncedLine } from './status-line.js';
import { WatchTable } from './watch-table.js';

interface WatchOptions extends CallOptions {
  readonly suspect?: number;
  readonly offline?: number;
  readonly group: string[];
}

const HELP = `
On a terminal the users are a table that is kept up to date; otherwise, and with --json, every event is a line.
φ is the one of the last event: it has grown since if the user is silent. "phid suspicion" asks for the present one.
When the server goes away, the watch reconnects by itself, and says so on stderr. Ctrl-C ends it.

Examples:
  phid watch alice bob
  phid watch alice --suspect 2 --offline 8
  phid watch --group room-7              whoever is in it at the time ("phid group add")
  phid watch alice --json | jq -r 'select(.change.status == "OFFLINE").change.userId'`;

export function addWatch(program: Command): void {
  const phi = parserOf(decimal(WATCHABLE_PHI_MIN, WATCHABLE_PHI_MAX));
  const command = program
    .command('watch')
    .description('follow the status of users, by your own thresholds if you like')
    .argument('[user...]', 'ids of users');
  addCallOptions(command, 'one JSON object a line: {"change": ...}, {"synced": ...} or {"notice": ...}')
    .addOption(
      new Option('-g, --group <group>', 'members of this group, too; may be given again')
        .default([], 'none')
        .argParser((groupId, groupIds: string[]) => [...groupIds, groupId]),
    )
    .addOption(
      new Option('--suspect <phi>', "φ at which a user is SUSPECT (default: the namespace's)").argParser(phi),
    )
    .addOption(
      new Option('--offline <phi>', "φ at which a user is OFFLINE (default: the namespace's)").argParser(phi),
    )
    .addHelpText('after', HELP)
    .action(run);
}

async function run(userIds: string[], options: WatchOptions): Promise<void> {
  const { namespace = '', suspect, offline, group: groupIds } = options;
  if (userIds.length === 0 && groupIds.length === 0) {
    throw new CliError('nobody to watch: name users, or a group with --group', EXIT_USAGE);
  }
  const request: WatchRequest = { namespace, userIds, groupIds };
  if (suspect !== undefined || offline !== undefined) {
    request.thresholds = {
      ...(suspect === undefined ? {} : { suspect }),
      ...(offline === undefined ? {} : { offline }),
    };
  }
  const client = new Client(options);
  const stopped = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stopped.abort());
  const view = viewOf([...new Set(userIds)], options);
  try {
    await follow(client, () => client.watch(request), { view, signal: stopped.signal });
  } finally {
    view.close();
    client.close();
  }
}

function viewOf(userIds: readonly string[], { json }: WatchOptions): StreamView<WatchResponse__Output> {
  const say = (text: string) => process.stderr.write(`phid: ${text}\n`);
  const print = (line: string) => process.stdout.write(`${line}\n`);
  if (json) return { event: (event) => print(toJson(event)), connection: say, close: () => {} };
  if (process.stdout.isTTY) return new WatchTable(userIds, process.stdout);
  const known = new Set<string>();
  return {
    event({ change, notice, synced }) {
      if (change?.cause === 'REMOVED') known.delete(change.userId);
      else if (change) known.add(change.userId);
      if (change) print(changeLine(change));
      else if (notice) print(noticeLine(notice, new Date()));
      else if (synced) print(syncedLine(known.size, new Date()));
    },
    connection(message) {
      // Whoever was removed meanwhile has no snapshot when it is back.
      known.clear();
      say(message);
    },
    close: () => {},
  };
}
