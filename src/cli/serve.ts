import cluster from 'node:cluster';
import type { Command } from 'commander';
import type { Logger } from 'pino';
import { type Loaded, loadConfig, type Sources } from '../config/load.js';
import type { Presence } from '../presence/presence.js';
import { createLog, startNode, stopSignal } from './node.js';
import { addSettingOptions, givenFlags } from './options.js';
import { reload } from './reload.js';
import { sayEnded, sayEnding, sayListening } from './serve-log.js';

const HELP = `
Flags win over the environment, the environment over the file, the file over the defaults. A variable that is set to
nothing counts as not set. Without a file there is one namespace, "default"; a file that lists namespaces has exactly
those it lists:

  namespaces:
    web:
      expected_interval: 10s
      thresholds: { suspect: { detection_time: 20s }, offline: { phi: 5 } }
    sensors: { model: exponential, expected_interval: 10m, max_silence: 2h }

"phid config print --explain" writes a file with every setting explained; "phid config check" reports what is wrong.

Signals: SIGTERM and SIGINT end gracefully (a second one at once); SIGHUP reads the file again and takes over the
thresholds of namespaces, and says what else has changed and needs a restart.
With --workers, the first process starts the others, replaces those that die, and passes on the signals. Logs are
JSON lines on stdout; those of a worker say which.`;

export function addServe(program: Command): void {
  addSettingOptions(program.command('serve').description('run a server'))
    .addHelpText('after', HELP)
    .action(run);
}

async function run(options: Record<string, unknown>): Promise<void> {
  const sources: Sources = { flags: givenFlags(options), env: process.env };
  const loaded = loadConfig(sources);
  const log = createLog(loaded.settings.logLevel, 1, cluster.worker?.id);
  // Imported here: the commands that only call a server do without metrics and HTTP, and start sooner.
  if (cluster.isWorker) await (await import('./worker.js')).runWorker(sources, loaded, log);
  else {
    for (const warning of loaded.warnings) log.warn({}, warning);
    if (loaded.settings.workers > 1) await (await import('./primary.js')).runPrimary(loaded, log);
    else await runAlone(sources, loaded, log);
  }
  // Whatever timer is left must not keep a stopped server alive.
  process.exit(0);
}

async function runAlone(sources: Sources, loaded: Loaded, log: Logger): Promise<void> {
  const stop = stopSignal();
  let presence: Presence | undefined;
  // From the beginning: nobody who has read that it listens may end it with a SIGHUP.
  process.on('SIGHUP', () => presence && reload(presence, { sources, started: loaded, log }));
  const service = await startNode(loaded.settings, log);
  presence = service.presence;
  sayListening(loaded, log, service);
  presence.sayThresholds();
  sayEnding(log, await stop);
  await service.stop();
  sayEnded(log);
}
