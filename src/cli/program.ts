import { Command, CommanderError } from 'commander';
import { ConfigError } from '../config/problem.js';
import { version } from '../version.js';
import { addChanges } from './changes.js';
import { CliError, EXIT_FAILURE, EXIT_USAGE } from './cli-error.js';
import { addConfig } from './config.js';
import { addDemo } from './demo.js';
import { addDrain } from './drain.js';
import { addGroup } from './group.js';
import { addHeartbeat } from './heartbeat.js';
import { addReplay } from './replay.js';
import { addServe } from './serve.js';
import { addSuspicion } from './suspicion.js';
import { addToken } from './token.js';
import { addTop } from './top.js';
import { addTune } from './tune.js';
import { addVisibility } from './visibility.js';
import { addWatch } from './watch.js';

const HELP = `
Start here:
  phid demo                              a server with a simulated fleet: see statuses move
  phid serve                             a server, on the store in the process
  phid heartbeat --user alice --every 5s
  phid watch alice

Exit codes: 0 done; 1 it failed (no server, refused); 2 the command line or the configuration is wrong.
Colours only on a terminal; NO_COLOR turns them off.`;

/** Runs one command line; resolves with the exit code. What went wrong has been said on stderr. */
export async function runCli(args: readonly string[]): Promise<number> {
  try {
    await createProgram().parseAsync(args, { from: 'user' });
    return 0;
  } catch (error) {
    return report(error);
  }
}

function createProgram(): Command {
  const program = new Command('phid')
    .description('Presence service: heartbeats in, suspicion levels and status changes out.')
    .version(version)
    .configureHelp({ showGlobalOptions: false })
    .configureOutput({ outputError: (text, write) => write(text.replace(/^error: /, 'phid: ')) })
    .showHelpAfterError('(--help says what is possible)')
    .exitOverride()
    .addHelpText('after', HELP);
  const commands = [
    addServe,
    addDemo,
    addHeartbeat,
    addSuspicion,
    addWatch,
    addGroup,
    addVisibility,
    addChanges,
    addTop,
    addDrain,
    addTune,
    addReplay,
    addConfig,
    addToken,
  ];
  for (const add of commands) add(program);
  return program;
}

/** Says what went wrong; returns the exit code. */
function report(error: unknown): number {
  // commander has already said it.
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : EXIT_USAGE;
  const isExpected = error instanceof CliError || error instanceof ConfigError;
  const message = isExpected ? error.message : `internal error: ${(error as Error).stack ?? error}`;
  for (const line of message.split('\n')) process.stderr.write(`phid: ${line}\n`);
  if (error instanceof CliError) return error.exitCode;
  return error instanceof ConfigError ? EXIT_USAGE : EXIT_FAILURE;
}
