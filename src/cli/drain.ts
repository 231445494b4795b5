import { type Command, Option } from 'commander';
import { duration } from '../config/kinds.js';
import { Client } from './client.js';
import { addServerOptions, type CallOptions, parserOf } from './options.js';
import { durationText } from './text.js';

const DAY_MS = 86_400_000;

const HELP = `
Until they are heard again, through any origin, or the grace is over, nobody of the origin is called SUSPECT or OFFLINE,
in any namespace and on any node. Those who are still silent then are told, not all at once. A grace of 0 ends a drain.

Examples:
  phid drain gateway-7                  before gateway-7 restarts
  phid drain gateway-7 --grace 5m
  phid drain gateway-7 --grace 0        it is back, or will not come back`;

export function addDrain(program: Command): void {
  const command = program
    .command('drain')
    .description('before a gateway restarts: suspect none of its users while they move')
    .argument('<origin>', 'the gateway, as its heartbeats name it');
  addServerOptions(command, 'one JSON object')
    .addOption(
      new Option('--grace <duration>', 'how long they may take to be heard again')
        .default(60_000, '60s')
        .argParser(parserOf(duration(0, DAY_MS))),
    )
    .addHelpText('after', HELP)
    .action(run);
}

async function run(origin: string, options: CallOptions & { readonly grace: number }): Promise<void> {
  const client = new Client(options);
  try {
    const { users } = await client.drain({ origin, graceMs: options.grace });
    const text = `${origin} is drained for ${durationText(options.grace)}: ${users} users of it were heard by this node`;
    const done = options.grace > 0 ? text : `${origin} is drained no longer`;
    process.stdout.write(
      `${options.json ? JSON.stringify({ origin, users, graceMs: options.grace }) : done}\n`,
    );
  } finally {
    client.close();
  }
}
