import type { Command } from 'commander';
import { newToken, tokenHash } from '../access/token.js';

const HELP = `
The hash goes into the file of callers (auth.callers) of every node, the token to the caller and nowhere else: phid cannot
tell it again. For a new one without a gap, list both hashes, give the caller the new token, and take the old hash out.

Examples:
  phid token new
  phid token new --json | jq -r .token > gateway.token`;

export function addToken(program: Command): void {
  const token = program.command('token').description('tokens that prove who a caller is');
  token
    .command('new')
    .description('make a token, and the hash by which nodes know it')
    .option('--json', '{"token": ..., "hash": ...}', false)
    .addHelpText('after', HELP)
    .action(run);
}

function run({ json }: { readonly json: boolean }): void {
  const token = newToken();
  const hash = tokenHash(token);
  process.stdout.write(json ? `${JSON.stringify({ token, hash })}\n` : `token: ${token}\nhash:  ${hash}\n`);
}
