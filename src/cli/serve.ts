import type { Command } from 'commander';
import type { Logger } from 'pino';
import { type Loaded, loadConfig, type Sources } from '../config/load.js';
import { ConfigError, describeProblem } from '../config/problem.js';
import { redisUrl } from '../config/redis-url.js';
import { needingRestart } from '../config/restart.js';
import type { Service } from '../service.js';
import { boundAddress, createLog, startNode, stopSignal } from './node.js';
import { addSettingOptions, givenFlags } from './options.js';

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
Logs are JSON lines on stdout.`;

export function addServe(program: Command): void {
  addSettingOptions(program.command('serve').description('run a server'))
    .addHelpText('after', HELP)
    .action(run);
}

async function run(options: Record<string, unknown>): Promise<void> {
  const sources: Sources = { flags: givenFlags(options), env: process.env };
  const loaded = loadConfig(sources);
  const log = createLog(loaded.settings.logLevel, 1);
  for (const warning of loaded.warnings) log.warn({}, warning);
  const stop = stopSignal();
  let running: Running | undefined;
  // From the beginning: nobody who has read that it listens may end it with a SIGHUP.
  process.on('SIGHUP', () => running && reload(sources, running));
  const service = await startNode(loaded.settings, log);
  running = { started: loaded, service, log };
  announce(running);
  const signal = await stop;
  log.info({}, `${signal}: ending; what was acknowledged is recorded`);
  await service.stop();
  log.info({}, 'ended');
  // Whatever timer is left must not keep a stopped server alive.
  process.exit(0);
}

function announce({ started: { settings, file }, service, log }: Running): void {
  const grpc = boundAddress(settings.grpcAddr, service.grpcPort);
  const http = boundAddress(settings.httpAddr, service.httpPort);
  const store = settings.redis ? `Redis at ${redisUrl.show(settings.redis)}` : 'embedded';
  const namespaces = Object.keys(settings.namespaces);
  log.info(
    { grpc, http, store, namespaces, ...(file === undefined ? {} : { config: file }) },
    `phid listens: gRPC on ${grpc}, HTTP on ${http}; store: ${store}; namespaces: ${namespaces.join(', ')}`,
  );
  service.presence.sayThresholds();
}

interface Running {
  readonly started: Loaded;
  readonly service: Service;
  readonly log: Logger;
}

/** SIGHUP: takes over thresholds, and says what it does not take over. A wrong file changes nothing. */
function reload(sources: Sources, { started, service, log }: Running): void {
  let next: Loaded;
  try {
    next = loadConfig(sources);
  } catch (error) {
    // Whatever it is, it is no reason for a running server to end.
    const problems = error instanceof ConfigError ? error.problems.map(describeProblem) : [String(error)];
    log.error({ problems }, `SIGHUP: the settings stay as they were: ${problems.join('; ')}`);
    return;
  }
  // The presence itself says what the new thresholds mean.
  const changed = service.presence.reloadThresholds(next.settings.namespaces);
  for (const name of changed)
    log.info({ namespace: name }, `SIGHUP: the thresholds of ${name} were taken over`);
  const ignored = needingRestart(started.entries, next.entries);
  for (const line of ignored) log.warn({}, `SIGHUP: needs a restart, not taken over: ${line}`);
  if (changed.length + ignored.length === 0) log.info({}, 'SIGHUP: nothing has changed');
}
