import { type Command, Option } from 'commander';
import { integer } from '../config/kinds.js';
import type { AddToGroupResponse__Output } from '../gen/phid/v1/AddToGroupResponse.js';
import type { Suspicion__Output } from '../gen/phid/v1/Suspicion.js';
import { Client } from './client.js';
import { toJson } from './json.js';
import { addCallOptions, type CallOptions, parserOf } from './options.js';
import { suspicionTable } from './suspicion.js';
import { count, printable } from './text.js';

/** What the server takes in one request, and lists in one page. */
const USERS_PER_REQUEST = 1_000;

const HELP = `
A group is a set of users that streams can watch as one: "phid watch --group". It lives until it is emptied.

Examples:
  phid group add room-7 alice bob
  phid group list room-7
  phid group remove room-7 alice`;

export function addGroup(program: Command): void {
  const group = program
    .command('group')
    .description('sets of users to be watched as one: a chat room, a fleet')
    .addHelpText('after', HELP);
  for (const [name, description] of [
    ['add', 'make users members of a group'],
    ['remove', 'end the membership of users'],
  ] as const) {
    const command = group
      .command(name)
      .description(description)
      .argument('<group>', 'id of the group')
      .argument('<user...>', 'ids of users');
    addCallOptions(command, 'one JSON object: size and version of the group').action(
      (groupId: string, userIds: string[], options: CallOptions) =>
        change(name, { groupId, userIds }, options),
    );
  }
  const list = group
    .command('list')
    .description('how the members of a group are')
    .argument('<group>', 'id of the group');
  addCallOptions(list, 'one JSON object a user and line, as the API calls its fields')
    .addOption(
      new Option('--limit <users>', 'members to be listed at most; left out: all').argParser(
        parserOf(integer(1, Number.MAX_SAFE_INTEGER)),
      ),
    )
    .action(show);
}

async function change(
  how: 'add' | 'remove',
  { groupId, userIds }: { readonly groupId: string; readonly userIds: readonly string[] },
  options: CallOptions,
): Promise<void> {
  const client = new Client(options);
  try {
    let group: AddToGroupResponse__Output | undefined;
    for (let i = 0; i < userIds.length; i += USERS_PER_REQUEST) {
      const batch = userIds.slice(i, i + USERS_PER_REQUEST);
      const request = { namespace: options.namespace ?? '', groupId, userIds: batch };
      group = await (how === 'add' ? client.addToGroup(request) : client.removeFromGroup(request));
    }
    const { size = 0, version = 0 } = group ?? {};
    const text = `${printable(groupId)} has ${count(size, 'member')}`;
    process.stdout.write(
      `${options.json ? JSON.stringify({ groupId, size, version: Number(version) }) : text}\n`,
    );
  } finally {
    client.close();
  }
}

async function show(groupId: string, options: CallOptions & { readonly limit?: number }): Promise<void> {
  const { namespace = '', limit = Number.POSITIVE_INFINITY, json } = options;
  const client = new Client(options);
  try {
    const suspicions: Suspicion__Output[] = [];
    let size = 0;
    let pageToken = '';
    do {
      const pageSize = Math.min(limit - suspicions.length, USERS_PER_REQUEST);
      const page = await client.listGroup({ namespace, groupId, pageSize, pageToken });
      suspicions.push(...page.suspicions);
      ({ size, nextPageToken: pageToken } = page);
    } while (pageToken !== '' && suspicions.length < limit);
    const title = `${printable(groupId)} has ${count(size, 'member')}`;
    const table = suspicions.length > 0 ? suspicionTable(suspicions, false) : [];
    const lines = json ? suspicions.map(toJson) : [title, ...table];
    process.stdout.write(lines.map((line) => `${line}\n`).join(''));
  } finally {
    client.close();
  }
}
