import { type Command, Option } from 'commander';
import { integer } from '../config/kinds.js';
import { type Loaded, loadConfig } from '../config/load.js';
import { nodeSettings } from '../config/node-settings.js';
import { describeOrigin } from '../config/problem.js';
import type { Settings } from '../config/settings.js';
import { type FleetPlan, fleetEvents, fleetUsers } from '../fleet/fleet.js';
import { kinds } from '../fleet/kinds.js';
import type { WatchResponse__Output } from '../gen/phid/v1/WatchResponse.js';
import type { NamespaceSettings } from '../presence/namespace.js';
import type { Service } from '../service.js';
import { CliError, EXIT_USAGE } from './cli-error.js';
import { Client } from './client.js';
import { driveFleet } from './fleet-driver.js';
import { follow, type StreamView } from './follow.js';
import { toJson } from './json.js';
import { createLog, localAddress, startNode, stopSignal } from './node.js';
import { addSettingOptions, givenFlags, parserOf } from './options.js';
import { changeLine, noticeLine } from './status-line.js';
import { count, printable, table } from './text.js';

interface DemoOptions extends Record<string, unknown> {
  readonly users: number;
  readonly seed: number;
  readonly json: boolean;
}

const NAMESPACE = 'demo';

/**
 * For clients that beat every second, so that things happen while one watches. Thresholds by time: in a fleet of a
 * dozen, no φ of one false alarm a day can be known.
 */
const demoNamespace: NamespaceSettings = {
  detector: {
    model: 'adaptive',
    logistic: false,
    window: 30,
    minSamples: 4,
    expectedIntervalMs: 1_000,
    acceptablePauseMs: 0,
    minStdDevMs: 1,
    maxSilenceMs: 30_000,
  },
  retentionMs: 600_000,
  usersMax: 100_000,
  halfLifeMs: 600_000,
  intents: { suspect: { detectionTimeMs: 3_000 }, offline: { detectionTimeMs: 8_000 } },
  // A dozen users fall silent as the plan says, not because a network was cut.
  massSilence: { share: 1, usersMin: 20, holdMs: 0, releasePerSecond: 100 },
};

/** The same clients as everywhere, in a hurry: what happens to them every ten minutes happens every few seconds. */
const CLIENTS = { intervalMs: 1_000, episodeMs: 8_000, stallMs: 2_200 };

/** Every kind in turn, without an end. */
function fleetOf({ users, seed }: { readonly users: number; readonly seed: number }): FleetPlan {
  const members = kinds.slice(0, users).map((kind, i) => ({
    kind,
    users: Math.ceil((users - i) / kinds.length),
    options: CLIENTS,
  }));
  return { members, seed, durationMs: Number.POSITIVE_INFINITY };
}

const HELP = `
The fleet is in the namespace "demo"; a file that has a namespace of this name sets other thresholds or another model.
Simulated users are written to a Redis only when --redis says so on the command line: PHID_REDIS and the file are passed
over. Only warnings are logged unless a log level is given; logs go to stderr.`;

export function addDemo(program: Command): void {
  const command = program
    .command('demo')
    .description('run a server with a simulated fleet, and show statuses as they change')
    .addOption(
      new Option('--users <number>', 'simulated users').default(12).argParser(parserOf(integer(1, 5_000))),
    )
    .addOption(
      new Option('--seed <number>', 'another one is another course of events')
        .default(1)
        .argParser(parserOf(integer(0, 1_000_000_000))),
    )
    .option('--json', 'one JSON object a change and line; what is for people goes to stderr', false);
  addSettingOptions(command).addHelpText('after', HELP).action(run);
}

async function run(options: DemoOptions): Promise<void> {
  const loaded = loadConfig({ flags: givenFlags(options), env: process.env });
  const settings = settingsOf(loaded);
  refuseSecurity(settings);
  const stop = stopSignal();
  const service = await startNode(settings, createLog(settings.logLevel, 2));
  const fleet = fleetOf(options);
  const addr = localAddress(settings.grpcAddr, service.grpcPort);
  const intro = introduction({ service, settings, fleet, addr });
  (options.json ? process.stderr : process.stdout).write(`${intro}\n`);

  const client = new Client({ addr, timeout: 5_000 });
  const ended = new AbortController();
  const failed = play(client, fleet, {
    json: options.json,
    messageHeartbeatsMax: settings.stream.heartbeatsPerMessageMax,
    signal: ended.signal,
  });
  try {
    await Promise.race([stop, failed]);
  } finally {
    ended.abort();
    client.close();
    await service.stop();
  }
  process.exit(0);
}

/** Watches the fleet, and lets it begin when the watch does. Settles only when something failed, or with `signal`. */
function play(
  client: Client,
  fleet: FleetPlan,
  {
    json,
    messageHeartbeatsMax,
    signal,
  }: { readonly json: boolean; readonly messageHeartbeatsMax: number; readonly signal: AbortSignal },
): Promise<void> {
  return new Promise((resolve, reject) => {
    const fail = (error: unknown) => {
      if (!signal.aborted) reject(error instanceof CliError ? error : client.failure(error));
    };
    let started = false;
    const print = (line: string) => process.stdout.write(`${line}\n`);
    const view: StreamView<WatchResponse__Output> = {
      event(event) {
        const { change, notice, synced } = event;
        if (synced && !started) {
          started = true;
          const halt = driveFleet(fleetEvents(fleet), {
            client,
            namespace: NAMESPACE,
            messageHeartbeatsMax,
            onError: fail,
          });
          signal.addEventListener('abort', halt, { once: true });
        }
        // Before it begins, everybody is unknown: no news.
        if (change && change.previous === change.status) return;
        if (json) {
          if (change || notice) print(toJson(event));
        } else if (change) print(changeLine(change));
        else if (notice) print(noticeLine(notice, new Date()));
      },
      connection: (message) => process.stderr.write(`phid: ${message}\n`),
      close: () => {},
    };
    const request = { namespace: NAMESPACE, userIds: fleetUsers(fleet).map(({ userId }) => userId) };
    follow(client, () => client.watch(request), { view, signal }).then(resolve, fail);
  });
}

function settingsOf({ settings, entries }: Loaded): Settings {
  const originOf = (path: string) =>
    entries.find((entry) => entry.path === path)?.origin ?? { source: 'default' as const };
  const redisOrigin = originOf(nodeSettings.redis.path);
  const isPassedOver = settings.redis !== undefined && redisOrigin.source !== 'flag';
  if (isPassedOver) {
    const where = describeOrigin(redisOrigin);
    process.stderr.write(
      `phid: the demo passes over the Redis of ${where}; only --redis makes it write to one\n`,
    );
  }
  return {
    ...settings,
    redis: isPassedOver ? undefined : settings.redis,
    logLevel: originOf(nodeSettings.logLevel.path).source === 'default' ? 'warn' : settings.logLevel,
    namespaces: { [NAMESPACE]: demoNamespace, ...settings.namespaces },
  };
}

/** The simulated fleet calls as everybody else does, and has no credentials. */
function refuseSecurity({ tls, access }: Settings): void {
  const setting = tls ? nodeSettings.tlsCert : access && nodeSettings.authCallers;
  if (setting)
    throw new CliError(`${setting.path} is for "phid serve": the demo is open, and in plaintext`, EXIT_USAGE);
}

const DEFAULT_CALL_ADDR = '127.0.0.1:50051';

function introduction({
  service,
  settings,
  fleet,
  addr,
}: {
  readonly service: Service;
  readonly settings: Settings;
  readonly fleet: FleetPlan;
  readonly addr: string;
}): string {
  const users = fleetUsers(fleet);
  const cast = fleet.members.map(({ kind }) => {
    const names = users.filter((user) => user.kind === kind).map(({ userId }) => userId);
    return [`  ${shortList(names)}`, kind.story];
  });
  const to = addr === DEFAULT_CALL_ADDR ? '' : ` --addr ${addr}`;
  const user = (users.find(({ kind }) => kind.name === 'crash') ?? users[0])?.userId ?? '';
  const url = `http://${localAddress(settings.httpAddr, service.httpPort)}/`;
  return `phid demo: gRPC on ${addr}, metrics on ${url}metrics, store: ${service.presence.store.name}
Look at it: ${url}

${count(users.length, 'simulated user')} in the namespace "${NAMESPACE}" (seed ${fleet.seed}):
${table(cast).join('\n')}

Ask from another terminal:
  phid suspicion ${printable(user)} --namespace ${NAMESPACE}${to}
  phid watch ${printable(user)} --namespace ${NAMESPACE} --suspect 1 --offline 20${to}
Ctrl-C ends it.
`;
}

function shortList(names: readonly string[]): string {
  return names.length <= 2 ? names.join(', ') : `${names[0]} ... ${names.at(-1)}`;
}
