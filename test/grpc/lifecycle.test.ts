import { fileURLToPath } from 'node:url';
import {
  credentials,
  loadPackageDefinition,
  makeClientConstructor,
  type ServiceDefinition,
} from '@grpc/grpc-js';
import { loadSync } from '@grpc/proto-loader';
import { service as healthService } from 'grpc-health-check';
import { describe, expect, it, vi } from 'vitest';
import { startService } from '../../src/service.js';
import { MemoryLog } from '../support/log.js';
import { type Node, nodeOf, startNode } from '../support/node.js';
import { startRedis } from '../support/redis-server.js';
import { namespaceSettings, serviceSettings } from '../support/settings.js';

const status = async (node: Node, path: string) => (await fetch(node.httpUrl(path))).status;

const HealthClient = makeClientConstructor(healthService as ServiceDefinition, 'Health');
const reflectionProto = fileURLToPath(
  new URL('../proto/grpc/reflection/v1/reflection.proto', import.meta.resolve('@grpc/reflection')),
);

/** What grpc.health.v1 says of PresenceService. */
async function healthOf(node: Node): Promise<string> {
  const client = new HealthClient(`127.0.0.1:${node.service.grpcPort}`, credentials.createInsecure());
  const check = client.check as (
    request: object,
    done: (error: Error | null, r: { status: string }) => void,
  ) => void;
  return new Promise((resolve, reject) => {
    check.call(client, { service: 'phid.v1.PresenceService' }, (error, response) => {
      client.close();
      if (error) reject(error);
      else resolve(response.status);
    });
  });
}

interface ReflectionResponse {
  listServicesResponse?: { service: { name: string }[] };
  fileDescriptorResponse?: { fileDescriptorProto: Buffer[] };
}

/** Asks the node's server reflection, as a client without the proto files does. */
async function reflect(node: Node, request: object): Promise<ReflectionResponse> {
  const { grpc } = loadPackageDefinition(loadSync(reflectionProto)) as never as {
    grpc: { reflection: { v1: { ServerReflection: ReturnType<typeof makeClientConstructor> } } };
  };
  const client = new grpc.reflection.v1.ServerReflection(
    `127.0.0.1:${node.service.grpcPort}`,
    credentials.createInsecure(),
  );
  const stream = (client.ServerReflectionInfo as () => NodeJS.ReadWriteStream).call(client);
  return new Promise((resolve, reject) => {
    stream.on('error', reject);
    stream.on('data', (response: ReflectionResponse) => {
      resolve(response);
      client.close();
    });
    stream.write(request as never);
    stream.end();
  });
}

describe('a node', () => {
  it('answers health, readiness and metrics', async () => {
    const node = await startNode();
    expect(await healthOf(node)).toBe('SERVING');
    expect(await status(node, '/healthz')).toBe(200);
    expect(await status(node, '/readyz')).toBe(200);
    expect(await status(node, '/nope')).toBe(404);
    expect((await fetch(node.httpUrl('/metrics'), { method: 'POST' })).status).toBe(405);
    await node.call('Suspicion', { userId: 'alice' });
    const metrics = await (await fetch(node.httpUrl('/metrics'))).text();
    expect(metrics).toMatch(/^process_cpu_seconds_total \d/m);
    expect(metrics).toMatch(/^phid_rpc_duration_seconds_count\{method="Suspicion",code="OK"\} 1$/m);
    await node.stop();
  });

  it('reports what it learned of its fleet, and whether φ means what it says', async () => {
    const namespaces = { default: namespaceSettings({ model: 'adaptive' }), fixed: namespaceSettings() };
    const node = await startNode({ namespaces, learning: { intervalMs: 20 } });
    await node.seed({ intervalMs: 1_000, n: 106, agoMs: 0 });
    const metrics = async () => (await fetch(node.httpUrl('/metrics'))).text();
    await vi.waitFor(async () => {
      expect(await metrics()).toMatch(/^phid_learned_heartbeats\{namespace="default"\} (99\.99\d+|100)$/m);
    });
    const text = await metrics();
    for (const line of [
      /^phid_arrival_phi_count\{namespace="default"\} 100$/m,
      /^phid_arrival_phi_bucket\{le="4",namespace="fixed"\} 0$/m,
      /^phid_learned_table_changes_total\{namespace="default"\} [1-9]\d*$/m,
      /^phid_learning_failures_total\{namespace="default"\} 0$/m,
      /^phid_learned_z\{namespace="default",table="lattice",phi="5"\} [\d.]+$/m,
      /^phid_threshold_phi\{namespace="fixed",status="offline"\} 5$/m,
    ]) {
      expect(text).toMatch(line);
    }
    expect(text).not.toMatch(/^phid_learn.*"fixed"/m);
    await node.stop();
  });

  it('describes itself by server reflection, with the names of the contract and every import', async () => {
    const node = await startNode();
    const { listServicesResponse } = await reflect(node, { listServices: '' });
    const names = listServicesResponse?.service.map(({ name }) => name);
    expect(names).toEqual(expect.arrayContaining(['phid.v1.PresenceService', 'grpc.health.v1.Health']));
    const { fileDescriptorResponse } = await reflect(node, {
      fileContainingSymbol: 'phid.v1.PresenceService',
    });
    const files = fileDescriptorResponse?.fileDescriptorProto.map((bytes) => bytes.toString('latin1')) ?? [];
    for (const name of [
      'phid/v1/presence.proto',
      'phid/v1/suspicion.proto',
      'google/protobuf/timestamp.proto',
    ]) {
      // A FileDescriptorProto begins with its name: tag, length, text.
      expect(files.some((file) => file.startsWith(name, 2))).toBe(true);
    }
    expect(files.join()).toContain('next_interval_ms');
    await node.stop();
  });

  it('ends streams with UNAVAILABLE when it stops, after answering what it received', async () => {
    const node = await startNode({ ingest: { batchDelayMs: 300, batchSizeMax: 512, pendingMax: 1_000 } });
    const events = node.watch({ userIds: ['alice'] });
    await events.synced();
    const answers: number[] = [];
    let error = '';
    const stream = node.client.HeartbeatStream();
    stream.on('data', (answer) => answers.push(Number(answer.batchId)));
    stream.on('error', (e) => {
      error = e.message;
    });
    stream.write({ batchId: 1, heartbeats: [{ userId: 'bob', sessionId: 'phone' }] });
    await vi.waitFor(() => expect(node.service.presence.ingest.pending).toBe(1));
    await node.service.stop();
    await vi.waitFor(() => expect(error).toBe('14 UNAVAILABLE: the server is shutting down'));
    expect(events.error?.message).toBe('14 UNAVAILABLE: the server is shutting down');
    expect(answers).toEqual([1]);
    expect(await node.outcome('Suspicion', { userId: 'alice' })).toMatch(/^14 UNAVAILABLE/);
    node.client.close();
  });

  it('does not wait for clients that watch its health', async () => {
    const node = await startNode();
    const client = new HealthClient(`127.0.0.1:${node.service.grpcPort}`, credentials.createInsecure());
    const said: string[] = [];
    const watching = (client.watch as (request: object) => NodeJS.ReadableStream).call(client, {
      service: '',
    });
    watching.on('data', ({ status: health }: { status: string }) => said.push(health));
    watching.on('error', (error) => said.push(error.message));
    await vi.waitFor(() => expect(said).toEqual(['SERVING']));
    await node.stop();
    await vi.waitFor(() => expect(said.at(-1)).toBe('14 UNAVAILABLE: the server is shutting down'));
    expect(said).toEqual(['SERVING', 'NOT_SERVING', '14 UNAVAILABLE: the server is shutting down']);
    client.close();
  });

  it('changes nobody’s φ when it restarts between two heartbeats', async () => {
    const redis = await startRedis();
    const before = await startNode({ redis: redis.url });
    const userIds = Array.from({ length: 50 }, (_, i) => `user-${i}`);
    for (const [i, userId] of userIds.entries()) {
      await before.seed({ userId, intervalMs: 900 + 10 * i, n: 5 + i, agoMs: 1_000 + 7 * i });
    }
    const reference = await before.call('BatchSuspicion', { userIds });
    await before.stop();
    const after = await startNode({ redis: redis.url });
    const { suspicions } = await after.call('BatchSuspicion', { userIds });
    for (const [i, now] of suspicions.entries()) {
      const then = reference.suspicions[i];
      // The same facts to the bit; φ differs by the silence that passed meanwhile and by nothing else.
      expect(now.lastSeen).toEqual(then?.lastSeen);
      expect([now.meanMs, now.stddevMs, now.samples]).toEqual([then?.meanMs, then?.stddevMs, then?.samples]);
      const deadline = (s: typeof now | undefined) =>
        s && s.offlineInMs > 0 ? s.elapsedMs + s.offlineInMs : undefined;
      if (deadline(now) !== undefined) expect(deadline(now)).toBeCloseTo(deadline(then) as number, 6);
    }
    await after.stop();
    await redis.stop();
  });

  it('starts without its Redis, says so without the password, is not ready, and serves when Redis comes', async () => {
    const redis = await startRedis({ args: ['--requirepass', 'hush'] });
    await redis.kill();
    const url = `redis://:hush@127.0.0.1:${redis.port}`;
    const log = new MemoryLog();
    const service = await startService(serviceSettings({ redis: url }), log);
    const node = nodeOf(service, log);
    await vi.waitFor(() =>
      expect(log.text).toContain(`redis://:***@127.0.0.1:${redis.port} cannot be reached`),
    );
    expect(log.text).not.toContain('hush');
    expect(await status(node, '/readyz')).toBe(503);
    expect(await status(node, '/healthz')).toBe(200);
    expect(await healthOf(node)).toBe('NOT_SERVING');
    const heartbeat = { userId: 'alice', sessionId: 'phone' };
    expect(await node.outcome('Suspicion', { userId: 'alice' })).toMatch(
      /^14 UNAVAILABLE: Redis at redis:\/\/:\*\*\*@/,
    );
    const recorded = node.outcome('Heartbeat', { heartbeat });
    const events = node.watch({ userIds: ['alice'] });
    await vi.waitFor(() => expect(events.all[0]?.notice?.kind).toBe('DEGRADED'));

    await redis.restart();
    await vi.waitFor(async () => expect(await status(node, '/readyz')).toBe(200), 10_000);
    await vi.waitFor(async () => expect(await healthOf(node)).toBe('SERVING'), 5_000);
    expect(await recorded).toBe('OK');
    await vi.waitFor(() => expect(events.all.some((e) => e.notice?.kind === 'RECOVERED')).toBe(true), 5_000);
    await vi.waitFor(() => expect(events.changes.at(-1)?.status).toBe('ONLINE'), 5_000);
    await node.stop();
    await redis.stop();
  });

  it('says which address it could not take, and lets go of everything', async () => {
    const node = await startNode();
    const grpcAddr = `127.0.0.1:${node.service.grpcPort}`;
    await expect(startService(serviceSettings({ grpcAddr }), new MemoryLog())).rejects.toThrow(
      `gRPC cannot listen on ${grpcAddr}`,
    );
    const httpAddr = `127.0.0.1:${node.service.httpPort}`;
    await expect(startService(serviceSettings({ httpAddr }), new MemoryLog())).rejects.toThrow(
      `HTTP cannot listen on ${httpAddr}`,
    );
    await node.stop();
  });
});
