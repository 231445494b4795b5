import { Redis } from 'ioredis';
import { freePort, type RedisServer, startRedis } from './redis-server.js';

const SLOTS = 16_384;
const MASTERS = 3;

/** A master that is silent for so long is taken for dead, ms: Redis's own default, 15 s, is no time for a test. */
const NODE_TIMEOUT_MS = 1_000;
/** Until the servers know each other, or another one has taken over, ms. */
const SETTLED_MS_MAX = 30_000;
/** Keys that go to another server in one call. */
const MIGRATED_KEYS = 100;

interface RedisClusterOptions {
  /** More arguments of every server. */
  readonly args?: readonly string[];
  readonly nodeTimeoutMs?: number;
}

/** A real Redis Cluster of three masters with a replica each, on loopback. */
export interface RedisCluster {
  /** As phid takes it: the masters that it began with. */
  readonly url: string;
  readonly servers: readonly RedisServer[];
  /** The master that has a key. Rejects when none has it for long. */
  masterOf(key: string): Promise<RedisServer>;
  /** Waits until a master other than `before` has a key. */
  failedOver(key: string, before: RedisServer): Promise<RedisServer>;
  /** Waits until every slot has a master that answers, and every server that runs knows of it. */
  settled(): Promise<void>;
  /** Moves the slot of a key, with all that is in it, to another master, while it is used. */
  move(key: string, to: RedisServer): Promise<void>;
  /** The masters, by what a server that runs says. */
  masters(): Promise<RedisServer[]>;
  flush(): Promise<void>;
  /** A client of one of the servers, which is closed with the cluster. */
  client(server: RedisServer): Redis;
  stop(): Promise<void>;
}

interface Row {
  readonly id: string;
  readonly port: number;
  readonly isMaster: boolean;
  readonly isAlive: boolean;
  readonly slots: readonly (readonly [number, number])[];
}

/** Starts the servers and makes a cluster of them; returns when every slot can be used. */
export async function startRedisCluster({
  args = [],
  nodeTimeoutMs = NODE_TIMEOUT_MS,
}: RedisClusterOptions = {}): Promise<RedisCluster> {
  const servers = await Promise.all(
    Array.from({ length: 2 * MASTERS }, async () =>
      startRedis({
        args: [
          ...['--cluster-enabled', 'yes', '--cluster-port', String(await freePort())],
          ...['--cluster-node-timeout', String(nodeTimeoutMs), '--cluster-allow-replica-migration', 'no'],
          // Shards whose master is away must not take the others with them.
          ...['--cluster-require-full-coverage', 'no', '--repl-diskless-sync-delay', '0'],
          ...args,
        ],
      }),
    ),
  );
  const cluster = new TestCluster(servers);
  try {
    await cluster.form();
    return cluster;
  } catch (error) {
    await cluster.stop();
    throw error;
  }
}

class TestCluster implements RedisCluster {
  readonly url: string;
  readonly servers: readonly RedisServer[];
  readonly #clients = new Map<RedisServer, Redis>();

  constructor(servers: readonly RedisServer[]) {
    this.servers = servers;
    const hosts = servers.slice(0, MASTERS).map(({ port }) => `127.0.0.1:${port}`);
    this.url = `redis://${hosts}?cluster`;
  }

  client(server: RedisServer): Redis {
    let client = this.#clients.get(server);
    if (!client) {
      client = new Redis(server.url, { protocol: 2, maxRetriesPerRequest: 1 });
      client.on('error', () => {});
      this.#clients.set(server, client);
    }
    return client;
  }

  async form(): Promise<void> {
    const [first, ...others] = this.servers as [RedisServer, ...RedisServer[]];
    for (const [i, server] of this.servers.entries()) {
      await this.client(server).call('CLUSTER', 'SET-CONFIG-EPOCH', i + 1);
      if (i >= MASTERS) continue;
      const [from, to] = [i, i + 1].map((part) => Math.floor((part * SLOTS) / MASTERS)) as [number, number];
      await this.client(server).call('CLUSTER', 'ADDSLOTSRANGE', from, to - 1);
    }
    for (const server of others) {
      const [, busPort] = (await this.client(server).config('GET', 'cluster-port')) as string[];
      await this.client(first).call('CLUSTER', 'MEET', '127.0.0.1', server.port, busPort as string);
    }
    await this.#until(async () =>
      (await this.#views()).every(
        (rows) => rows.filter(({ isAlive }) => isAlive).length === this.servers.length,
      ),
    );
    for (const [i, server] of this.servers.entries()) {
      if (i < MASTERS) continue;
      const id = await this.#idOf(this.servers[i - MASTERS] as RedisServer);
      await this.client(server).call('CLUSTER', 'REPLICATE', id);
    }
    await this.settled();
    await this.#until(async () => {
      const replicas = this.servers.slice(MASTERS).map((server) => this.client(server).info('replication'));
      return (await Promise.all(replicas)).every((info) => info.includes('master_link_status:up'));
    });
  }

  async settled(): Promise<void> {
    await this.#until(async () => {
      const states = (await this.#running()).map((server) => this.client(server).call('CLUSTER', 'INFO'));
      return (await Promise.all(states)).every((state) => String(state).includes('cluster_state:ok'));
    });
    await this.#until(async () =>
      (await this.#views()).every((rows) => {
        const owned = rows.filter(({ isMaster, isAlive }) => isMaster && isAlive);
        const slots = owned.flatMap((row) => row.slots).reduce((sum, [from, to]) => sum + to - from + 1, 0);
        return slots === SLOTS && rows.filter(({ isMaster }) => !isMaster).length > 0;
      }),
    );
  }

  async masterOf(key: string): Promise<RedisServer> {
    let master: RedisServer | undefined;
    await this.#until(async () => {
      const [view] = await this.#views();
      const slot = await this.#slotOf(key);
      const row = view?.find(
        ({ isMaster, isAlive, slots }) =>
          isMaster && isAlive && slots.some(([from, to]) => slot >= from && slot <= to),
      );
      master = this.servers.find(({ port }) => port === row?.port);
      return master !== undefined;
    });
    return master as RedisServer;
  }

  async failedOver(key: string, before: RedisServer): Promise<RedisServer> {
    let master = before;
    await this.#until(async () => {
      master = await this.masterOf(key);
      return master !== before;
    });
    return master;
  }

  async masters(): Promise<RedisServer[]> {
    const [rows = []] = await this.#views();
    const ports = new Set(
      rows.filter(({ isMaster, isAlive }) => isMaster && isAlive).map(({ port }) => port),
    );
    return this.servers.filter(({ port }) => ports.has(port));
  }

  async move(key: string, to: RedisServer): Promise<void> {
    const from = await this.masterOf(key);
    if (from === to) return;
    const slot = await this.#slotOf(key);
    const [fromId, toId] = [await this.#idOf(from), await this.#idOf(to)];
    await this.client(to).call('CLUSTER', 'SETSLOT', slot, 'IMPORTING', fromId);
    await this.client(from).call('CLUSTER', 'SETSLOT', slot, 'MIGRATING', toId);
    for (;;) {
      const keys = (await this.client(from).call(
        'CLUSTER',
        'GETKEYSINSLOT',
        slot,
        MIGRATED_KEYS,
      )) as string[];
      if (keys.length === 0) break;
      await this.client(from).call('MIGRATE', '127.0.0.1', to.port, '', 0, 5_000, 'KEYS', ...keys);
    }
    // Whoever has it first, so that it is never without.
    const others = (await this.masters()).filter((server) => server !== to && server !== from);
    for (const server of [to, from, ...others])
      await this.client(server).call('CLUSTER', 'SETSLOT', slot, 'NODE', toId);
  }

  async flush(): Promise<void> {
    for (const master of await this.masters()) await this.client(master).flushall();
  }

  async stop(): Promise<void> {
    for (const client of this.#clients.values()) client.disconnect();
    await Promise.all(this.servers.map((server) => server.stop()));
  }

  async #slotOf(key: string): Promise<number> {
    const [server] = await this.#running();
    return Number(await this.client(server as RedisServer).call('CLUSTER', 'KEYSLOT', key));
  }

  async #idOf(server: RedisServer): Promise<string> {
    return String(await this.client(server).call('CLUSTER', 'MYID'));
  }

  async #running(): Promise<RedisServer[]> {
    const answers = await Promise.all(
      this.servers.map((server) =>
        Promise.race([
          this.client(server)
            .ping()
            .then(() => true)
            .catch(() => false),
          new Promise<boolean>((resolve) => setTimeout(resolve, 200, false)),
        ]),
      ),
    );
    return this.servers.filter((_, i) => answers[i]);
  }

  /** What each server that runs says of all. */
  async #views(): Promise<Row[][]> {
    return Promise.all(
      (await this.#running()).map(async (server) =>
        rowsOf(String(await this.client(server).call('CLUSTER', 'NODES'))),
      ),
    );
  }

  async #until(condition: () => Promise<boolean>): Promise<void> {
    const untilMs = Date.now() + SETTLED_MS_MAX;
    while (!(await condition().catch(() => false))) {
      if (Date.now() > untilMs) throw new Error(`the cluster did not settle within ${SETTLED_MS_MAX} ms`);
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
}

/** https://redis.io/docs/latest/commands/cluster-nodes/ */
function rowsOf(text: string): Row[] {
  return text
    .trim()
    .split('\n')
    .map((line) => {
      const [id = '', address = '', flags = '', , , , , link, ...ranges] = line.split(' ');
      return {
        id,
        port: Number(/:(\d+)@/.exec(address)?.[1]),
        isMaster: flags.split(',').includes('master'),
        isAlive: !/fail|handshake|noaddr/.test(flags) && link === 'connected',
        slots: ranges
          .filter((range) => !range.startsWith('['))
          .map((range) => {
            const [from, to = from] = range.split('-').map(Number) as [number, number?];
            return [from, to] as const;
          }),
      };
    });
}
