import { type Command, Option } from 'commander';
import type { WatchNamespaceResponse__Output } from '../gen/phid/v1/WatchNamespaceResponse.js';
import { Client } from './client.js';
import { follow, type StreamView } from './follow.js';
import { toJson } from './json.js';
import { addCallOptions, type CallOptions } from './options.js';
import { changeLine, noticeLine } from './status-line.js';
import { timeText } from './text.js';

interface ChangesOptions extends CallOptions {
  readonly resume: string;
}

const HELP = `
Tells what changes from now on, of everybody and by the thresholds of the namespace; --resume tells what changed since a token too.
When the server goes away, it goes on by itself where it was, and says so on stderr. At the end it says the token to go on from.

Examples:
  phid changes --namespace web
  phid changes --json | jq -r '.changes[] | select(.status == "OFFLINE").userId'`;

export function addChanges(program: Command): void {
  const command = program.command('changes').description('follow every change of status in a namespace');
  addCallOptions(
    command,
    'one JSON object a line: {"changes": [...], "resumeToken": ...}, or with {"resync": {}} or {"notice": ...}',
  )
    .addOption(new Option('--resume <token>', 'go on from there').default('', 'from now on'))
    .addHelpText('after', HELP)
    .action(run);
}

async function run(options: ChangesOptions): Promise<void> {
  const { namespace = '', json } = options;
  const client = new Client(options);
  const stopped = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stopped.abort());
  let resumeToken = options.resume;
  const say = (text: string) => process.stderr.write(`phid: ${text}\n`);
  const view: StreamView<WatchNamespaceResponse__Output> = {
    event(event) {
      resumeToken = event.resumeToken;
      if (json) process.stdout.write(`${toJson(event)}\n`);
      else for (const line of linesOf(event)) process.stdout.write(`${line}\n`);
    },
    connection: say,
    close: () => {},
  };
  try {
    await follow(client, () => client.watchNamespace({ namespace, resumeToken }), {
      view,
      signal: stopped.signal,
    });
    if (resumeToken !== '') say(`to go on from here: --resume ${resumeToken}`);
  } finally {
    client.close();
  }
}

function linesOf({ changes, resync, notice }: WatchNamespaceResponse__Output): string[] {
  const lines = changes.map(changeLine);
  if (resync) lines.push(`${timeText(new Date())}  RESYNC: changes were missed`);
  if (notice) lines.push(noticeLine(notice, new Date()));
  return lines;
}
