import { credentials } from '@grpc/grpc-js';
import type { GetFleetResponse__Output } from '../src/gen/phid/v1/GetFleetResponse.js';
import { TuningService } from '../src/grpc/definition.js';
import { freePort, type RedisServer, startRedis } from '../test/support/redis-server.js';
import { userIdOf } from './load/encoded-users.js';
import { type BenchResult, bench } from './support/bench.js';
import { built } from './support/built.js';
import { fillRedis } from './support/fill.js';
import { namespaceOf } from './support/namespace.js';
import { cpuUs } from './support/os.js';
import { say } from './support/progress.js';
import { figuresOf, type Sample } from './support/rounds.js';
import { type ServiceProcess, startServiceProcess } from './support/service-process.js';
import { type Start, stoppingAll } from './support/started.js';

const { shardOf, SHARDS } = await built<typeof import('../src/store/redis/keys.js')>('store/redis/keys.js');

/** Nobody is due while it is measured: that users are silent is not what is asked. */
const INTERVAL_MS = 600_000;
const MAX_SILENCE_MS = 2 * INTERVAL_MS;
/** Of the shards beside the one that is looked at. */
const OTHERS = 100;
const BIG_SHARD = 5;
const POLL_MS = 100;

export const takeover = bench({
  question: 'A node is killed: how soon does another own its shard, and count all of its users?',
  defaults: { users: 100_000, rounds: 5 },
  run: (options) => stoppingAll((start) => run(options, start)),
});

async function run(
  { users, rounds }: { readonly users: number; readonly rounds: number },
  start: Start,
): Promise<BenchResult> {
  const redis = await start(startRedis());
  const namespace = namespaceOf('adaptive', {
    expectedIntervalMs: INTERVAL_MS,
    maxSilenceMs: MAX_SILENCE_MS,
  });
  const all = users + OTHERS * (SHARDS - 1);
  say(`a past of ${users} users of one shard`);
  const ids = idsOf(users);
  const idOf = (user: number) => ids[user] ?? `template-${user}`;
  const past = { users: all, idOf, sessions: 1, intervalMs: INTERVAL_MS, jitter: 0.05, agoMs: 0 };
  await fillRedis(redis.url, { namespace, ...past });
  const nodes = [await start(Node.start(redis)), await start(Node.start(redis))];
  const samples: Sample[] = [];
  for (let round = 1; round <= rounds; round++) {
    say(`round ${round} of ${rounds}`);
    samples.push(await takeOver(nodes, redis, { users, all }));
  }
  return {
    figures: figuresOf('takeover', { shard: samples }),
    targets: [{ figure: 'takeover.shard.ms', atMost: 5_000 }],
  };
}

/** Those of the big shard first, then some of each other one. */
function idsOf(users: number): string[] {
  const room = Array.from({ length: SHARDS }, (_, shard) => (shard === BIG_SHARD ? users : OTHERS));
  const big: string[] = [];
  const others: string[] = [];
  for (let n = 0; big.length + others.length < users + OTHERS * (SHARDS - 1); n++) {
    const [id, shard] = [userIdOf(n), shardOf(userIdOf(n))];
    if (room[shard] === 0) continue;
    room[shard] = (room[shard] as number) - 1;
    (shard === BIG_SHARD ? big : others).push(id);
  }
  return [...big, ...others];
}

/** The one that counts more users than all others is killed, and started again in the end. */
async function takeOver(
  nodes: readonly Node[],
  redis: RedisServer,
  { users, all }: { readonly users: number; readonly all: number },
): Promise<Sample> {
  // Nodes are users too, each of whom counts one.
  const everybody = all + nodes.length;
  const counted = await settled(nodes, everybody);
  const owner = nodes[counted.findIndex((count) => count > users)] as Node;
  const heir = nodes.find((node) => node !== owner) as Node;
  const { process } = heir;
  const used = () => [cpuUs(process.pid), cpuUs(redis.pid)] as const;
  const [nodeUs, redisUs] = used();
  const killedMs = performance.now();
  await owner.process.signal('SIGKILL');
  const since = async (isSo: () => Promise<boolean>) => {
    await until(isSo);
    return performance.now() - killedMs;
  };
  const isAt = (name: string, value: number) => async () => (await process.metric(name)) >= value;
  const ownedMs = await since(isAt('phid_shards_owned', SHARDS));
  const foundMs = await since(isAt('phid_census_users', everybody));
  const completeMs = await since(isAt('phid_shards_complete', SHARDS));
  const ms = await since(() => heir.counts(all));
  const [nodeUsAfter, redisUsAfter] = used();
  await owner.restart();
  return {
    ms,
    until_owned_ms: ownedMs,
    finding_ms: foundMs - ownedMs,
    reading_ms: completeMs - foundMs,
    reporting_ms: ms - completeMs,
    node_cpu_ms: (nodeUsAfter - nodeUs) / 1000,
    redis_cpu_ms: (redisUsAfter - redisUs) / 1000,
  };
}

/** Waits until each node has shards, and all of so many users are counted; returns by which node how many. */
async function settled(nodes: readonly Node[], users: number): Promise<number[]> {
  for (;;) {
    const of = (name: string) => Promise.all(nodes.map(({ process }) => process.metric(name)));
    const [owned, complete, counted] = [
      await of('phid_shards_owned'),
      await of('phid_shards_complete'),
      await of('phid_users'),
    ];
    const isWhole = total(complete) === SHARDS && total(counted) === users;
    if (isWhole && owned.every((shards, i) => shards > 0 && shards === complete[i])) return counted;
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
}

const total = (values: readonly number[]) => values.reduce((a, b) => a + b);

async function until(isSo: () => Promise<boolean>): Promise<void> {
  while (!(await isSo())) await new Promise((resolve) => setTimeout(resolve, POLL_MS));
}

/** A node that can be killed, and started again where it was. */
class Node {
  readonly #config: object;
  process: ServiceProcess;

  static async start({ url }: RedisServer): Promise<Node> {
    const config = {
      redis: url,
      grpc_addr: `127.0.0.1:${await freePort()}`,
      namespaces: { default: { expected_interval: `${INTERVAL_MS}ms`, max_silence: `${MAX_SILENCE_MS}ms` } },
    };
    return new Node(config, await startServiceProcess(config));
  }

  private constructor(config: object, process: ServiceProcess) {
    this.#config = config;
    this.process = process;
  }

  async restart(): Promise<void> {
    await this.process.stop();
    this.process = await startServiceProcess(this.#config);
  }

  /** Whether it says that there are so many users, and that these are all. */
  async counts(users: number): Promise<boolean> {
    const client = new TuningService(this.process.address, credentials.createInsecure());
    const fleet = await new Promise<GetFleetResponse__Output | undefined>((resolve) => {
      client.GetFleet({}, (_, response) => resolve(response));
    });
    client.close();
    return fleet?.namespaces.some(({ online, complete }) => complete && Number(online) === users) ?? false;
  }

  stop(): Promise<void> {
    return this.process.stop();
  }
}
