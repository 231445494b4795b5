import type { Command } from 'commander';
import { Client } from './client.js';
import { addCallOptions, type CallOptions } from './options.js';
import { printable } from './text.js';

const HELP = `
Others see somebody who has left, whatever heartbeats come, until the user is shown again. Who is to be unseen from the
first heartbeat on is hidden before it.

Examples:
  phid hide alice
  phid show alice`;

export function addVisibility(program: Command): void {
  for (const [name, visible, description] of [
    ['hide', false, 'make a user invisible: to others as if they had left'],
    ['show', true, 'make a user visible again: others are told at once how they are'],
  ] as const) {
    const command = program
      .command(name)
      .description(description)
      .argument('<user>', 'id of the user')
      .addHelpText('after', HELP);
    addCallOptions(command, 'one JSON object: the user, and whether they are visible').action(
      (userId: string, options: CallOptions) => say(userId, visible, options),
    );
  }
}

async function say(userId: string, visible: boolean, options: CallOptions): Promise<void> {
  const client = new Client(options);
  try {
    await client.setVisibility({ namespace: options.namespace ?? '', userId, visible });
    const text = `${printable(userId)} is ${visible ? 'visible' : 'invisible'}`;
    process.stdout.write(`${options.json ? JSON.stringify({ userId, visible }) : text}\n`);
  } finally {
    client.close();
  }
}
