import { credentials, type ServiceError } from '@grpc/grpc-js';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import type { GetFleetResponse__Output } from '../../src/gen/phid/v1/GetFleetResponse.js';
import type { WatchNamespaceResponse__Output } from '../../src/gen/phid/v1/WatchNamespaceResponse.js';
import { TuningService } from '../../src/grpc/definition.js';
import { type Node, startNode } from '../support/node.js';
import { type RedisServer, startRedis } from '../support/redis-server.js';
import { namespaceSettings } from '../support/settings.js';

/** What a stream of all changes has said so far. */
class Changes {
  readonly all: WatchNamespaceResponse__Output[] = [];
  error: ServiceError | undefined;
  readonly #cancel: () => void;

  constructor(node: Node, resumeToken = '') {
    const stream = node.client.WatchNamespace({ resumeToken });
    this.#cancel = () => stream.cancel();
    stream.on('data', (response: WatchNamespaceResponse__Output) => this.all.push(response));
    stream.on('error', (error: ServiceError) => {
      this.error = error;
    });
  }

  /** `user PREVIOUS>STATUS CAUSE` */
  get lines(): string[] {
    return this.all.flatMap(({ changes, resync, notice }) => [
      ...changes.map(({ userId, previous, status, cause }) => `${userId} ${previous}>${status} ${cause}`),
      ...(resync ? ['resync'] : []),
      ...(notice ? [String(notice.kind)] : []),
    ]);
  }

  get token(): string {
    return this.all.at(-1)?.resumeToken ?? '';
  }

  async began(): Promise<this> {
    await vi.waitFor(() => expect(this.token).not.toBe(''), 5_000);
    return this;
  }

  async until(lines: readonly string[]): Promise<void> {
    await vi.waitFor(() => expect([...this.lines].sort()).toEqual([...lines].sort()), 10_000);
  }

  async stop(): Promise<void> {
    this.#cancel();
    await vi.waitFor(() => expect(this.error).toBeDefined());
  }
}

/** Of a node, by a client of its own. */
function fleet(node: Node): Promise<GetFleetResponse__Output> {
  const client = new TuningService(`127.0.0.1:${node.service.grpcPort}`, credentials.createInsecure());
  return new Promise((resolve, reject) => {
    client.GetFleet({}, (error, response) => {
      client.close();
      if (error || !response) reject(error);
      else resolve(response);
    });
  });
}

async function complete(node: Node): Promise<GetFleetResponse__Output> {
  return vi.waitFor(async () => {
    const answer = await fleet(node);
    expect(answer.namespaces[0]?.complete).toBe(true);
    return answer;
  }, 10_000);
}

const beat = (node: Node, userId: string) =>
  node.call('Heartbeat', { heartbeat: { userId, sessionId: 'phone', nextIntervalMs: 400 } });

/** Whoever declares 400 ms is gone soon; also when all are at once. */
const settings = namespaceSettings({ maxSilenceMs: 1_500 });
const namespaces = {
  default: { ...settings, massSilence: { ...settings.massSilence, usersMin: 1_000 } },
};

let redis: RedisServer;
beforeAll(async () => {
  redis = await startRedis();
});
afterAll(() => redis.stop());

const nodes: Node[] = [];
async function start(url?: string): Promise<Node> {
  const node = await startNode({ namespaces, ...(url && { redis: url }) });
  nodes.push(node);
  return node;
}
afterEach(async () => {
  await Promise.all(nodes.splice(0).map((node) => node.stop()));
});

describe.each(['embedded', 'redis'] as const)('WatchNamespace (%s)', (store) => {
  const open = () => start(store === 'redis' ? redis.url : undefined);

  it('tells of everybody, goes on by token, and counts', async () => {
    const node = await open();
    await complete(node);
    const first = await new Changes(node).began();
    await beat(node, `${store}-alice`);
    await first.until([`${store}-alice UNKNOWN>ONLINE FIRST_SEEN`]);
    await first.stop();
    await node.call('Leave', { userId: `${store}-alice` });
    await beat(node, `${store}-bob`);
    const second = new Changes(node, first.token);
    await vi.waitFor(() => expect(second.lines.at(-1)).toMatch(/bob .*>OFFLINE SUSPICION$/), 10_000);
    expect(second.lines).toContain(`${store}-alice ONLINE>OFFLINE LEAVE`);
    // A busy machine may see both crossings at once.
    const ofBob = second.lines.filter((line) => line.startsWith(`${store}-bob`)).join(', ');
    expect(ofBob.replace('SUSPECT SUSPICION, ', '').replaceAll(`${store}-bob `, '')).toMatch(
      /^UNKNOWN>ONLINE FIRST_SEEN, (ONLINE>)?(SUSPECT>)?OFFLINE SUSPICION$/,
    );
    const changes = second.all.flatMap((response) => response.changes);
    const left = changes.find(({ userId }) => userId === `${store}-alice`);
    expect(left?.suspicion?.status).toBe('OFFLINE');
    await vi.waitFor(async () => {
      expect((await fleet(node)).namespaces[0]).toMatchObject({ online: 0, suspect: 0, offline: 2 });
    }, 5_000);
  });

  it('says what nodes there are: of them may be asked as of users', async () => {
    const node = await open();
    const answer = await complete(node);
    const own = answer.nodes.find(({ answering }) => answering);
    expect(own).toMatchObject({ status: 'ONLINE', shards: store === 'redis' ? 16 : 1 });
    const { suspicion } = await node.call('Suspicion', { namespace: 'phid.nodes', userId: own?.id ?? '' });
    expect(suspicion).toMatchObject({ status: 'ONLINE' });
  });

  it('takes a token that it does not understand for one that is too old', async () => {
    const node = await open();
    const changes = await new Changes(node, 'nonsense').began();
    expect(changes.lines).toEqual(['resync']);
  });

  it('refuses a token that is too long, an unknown namespace, and heartbeats of nodes', async () => {
    const node = await open();
    const long = new Changes(node, 'x'.repeat(1_025));
    await vi.waitFor(() =>
      expect(long.error?.message).toMatch(/INVALID_ARGUMENT: resume_token: is 1025 bytes/),
    );
    const heartbeat = { userId: 'a', sessionId: 'b' };
    expect(await node.outcome('Heartbeat', { namespace: 'phid.nodes', heartbeat })).toMatch(
      /INVALID_ARGUMENT: namespace: "phid.nodes" is not configured/,
    );
  });

  it('ends with UNAVAILABLE when the server stops', async () => {
    const node = await open();
    const changes = await new Changes(node).began();
    await nodes.splice(nodes.indexOf(node), 1)[0]?.stop();
    await vi.waitFor(() => expect(changes.error?.message).toMatch(/UNAVAILABLE/));
  });
});

describe('two nodes', () => {
  it('share the shards; when one ends, a stream goes on at the other, without gap or repeat', async () => {
    const [a, b] = [await start(redis.url), await start(redis.url)];
    await vi.waitFor(async () => {
      const { nodes: known } = await fleet(a);
      const online = known.filter(({ status }) => status === 'ONLINE');
      expect(online.map(({ shards }) => shards > 0)).toEqual([true, true]);
    }, 10_000);
    await Promise.all([complete(a), complete(b)]);
    const users = Array.from({ length: 40 }, (_, i) => `two-${i}`);
    const first = await new Changes(a).began();
    await Promise.all(users.map((userId) => beat(b, userId)));
    const seen = users.map((userId) => `${userId} UNKNOWN>ONLINE FIRST_SEEN`);
    await first.until(seen);
    await nodes.splice(nodes.indexOf(a), 1)[0]?.stop();
    const gone = users.flatMap((userId) => [
      `${userId} ONLINE>SUSPECT SUSPICION`,
      `${userId} SUSPECT>OFFLINE SUSPICION`,
    ]);
    const second = new Changes(b, first.token);
    await vi.waitFor(() => {
      const told = [...first.lines, ...second.lines];
      const offline = told.filter((line) => line.includes('>OFFLINE'));
      expect(offline).toHaveLength(40);
    }, 10_000);
    const told = [...first.lines, ...second.lines];
    expect(new Set(told).size).toBe(told.length);
    // One who crosses both thresholds while nobody owns the shard is told of once.
    const [known, all] = [new Set(told), new Set([...seen, ...gone])];
    for (const line of known) {
      expect(all.has(line) || line.endsWith(' ONLINE>OFFLINE SUSPICION')).toBe(true);
    }
    await vi.waitFor(async () => {
      expect((await complete(b)).namespaces[0]?.offline).toBeGreaterThanOrEqual(40);
    }, 5_000);
  });
});
