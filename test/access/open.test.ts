import {
  type Client,
  credentials,
  Metadata,
  makeClientConstructor,
  type ServiceError,
  status,
} from '@grpc/grpc-js';
import { service as healthService } from 'grpc-health-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { PresenceService } from '../../src/grpc/definition.js';
import { Authority } from '../support/certificates.js';
import { startNode } from '../support/node.js';
import { NodeFiles, SecureNode, startSecureNode, tokenPair } from '../support/secure-node.js';

const reader = tokenPair();
const CALLERS = { reader: { roles: ['query'], tokens: [reader.hash] } };

let files: NodeFiles;
beforeEach(async () => {
  files = await NodeFiles.create();
  files.writeCallers(CALLERS);
});

const nodes: SecureNode[] = [];
afterEach(async () => {
  await Promise.all(nodes.splice(0).map((node) => node.stop()));
});

async function start(overrides: Parameters<typeof startSecureNode>[1] = {}): Promise<SecureNode> {
  const node = await startSecureNode(files, overrides);
  nodes.push(node);
  return node;
}

describe('what is open', () => {
  const reflect = async (node: SecureNode) => {
    const metadata = new Metadata();
    const Reflection = makeClientConstructor(
      {
        info: {
          path: '/grpc.reflection.v1.ServerReflection/ServerReflectionInfo',
          requestStream: true,
          responseStream: true,
          requestSerialize: () => Buffer.from([0x3a, 0x00]),
          requestDeserialize: (bytes: Buffer) => bytes,
          responseSerialize: (bytes: Buffer) => bytes,
          responseDeserialize: (bytes: Buffer) => bytes,
        },
      },
      'Reflection',
    );
    const channel = credentials.createSsl(Buffer.from(files.authority.pem));
    const client = new Reflection(`localhost:${node.node.service.grpcPort}`, channel) as unknown as Client & {
      info(metadata: Metadata): ReturnType<InstanceType<typeof PresenceService>['HeartbeatStream']>;
    };
    const call = client.info(metadata);
    const outcome = await new Promise((resolve) => {
      call.on('data', () => resolve('OK'));
      call.on('error', ({ code }: ServiceError) => resolve(status[code]));
      call.write({});
    });
    call.cancel();
    client.close();
    return outcome;
  };

  it('is health, and reflection and metrics where that is said', async () => {
    const node = await start();
    const Health = makeClientConstructor(healthService, 'Health');
    const channel = credentials.createSsl(Buffer.from(files.authority.pem));
    const client = new Health(`localhost:${node.node.service.grpcPort}`, channel) as unknown as Client & {
      check(request: object, done: (error: unknown, answer: { status: string }) => void): void;
    };
    const health = await new Promise((resolve) =>
      client.check({ service: '' }, (error, answer) => resolve(error ?? answer)),
    );
    client.close();
    expect(health).toMatchObject({ status: 'SERVING' });
    expect(await reflect(node)).toBe('UNIMPLEMENTED');
    expect((await node.http('/metrics')).status).toBe(401);
    expect((await node.http('/metrics', { token: reader.token })).status).toBe(403);

    const opened = await start({ access: { ...files.access, isMetricsOpen: true, hasReflection: true } });
    expect(await reflect(opened)).toBe('OK');
    expect((await opened.http('/metrics')).status).toBe(200);
    expect((await opened.http('/api/v1/fleet')).status).toBe(401);
  });

  it('is everything where there are no callers', async () => {
    const node = await startNode();
    nodes.push(new SecureNode(node, await Authority.create()));
    expect(await node.outcome('IsOnline', { userId: 'alice' })).toBe('OK');
    const session = await fetch(node.httpUrl('/api/v1/session'));
    expect(await session.json()).toEqual({ open: true });
  });
});
