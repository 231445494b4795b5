import {
  type Client,
  credentials,
  Metadata,
  makeClientConstructor,
  type ServiceError,
  status,
} from '@grpc/grpc-js';
import { service as healthService } from 'grpc-health-check';
import { exportJWK, generateKeyPair, SignJWT } from 'jose';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { PresenceService } from '../../src/grpc/definition.js';
import { temporaryFile } from '../config/config-fixture.js';
import { Authority } from '../support/certificates.js';
import { startNode } from '../support/node.js';
import { NodeFiles, SecureNode, startSecureNode, tokenPair } from '../support/secure-node.js';

const WAIT = { timeout: 20_000, interval: 20 };
const reader = tokenPair();
const operator = tokenPair();
const OWN = {
  reader: { roles: ['query', 'watch', 'ingest'], namespaces: ['default'], tokens: [reader.hash] },
};
const CALLERS = { ...OWN, operator: { roles: ['admin'], tokens: [operator.hash] } };

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

const metric = async ({ node }: SecureNode, reason: string) =>
  Number(
    new RegExp(`^phid_denied_total\\{reason="${reason}"\\} (.*)$`, 'm').exec(
      await node.service.registry.metrics(),
    )?.[1],
  );

/** The stream of an rpc as `token`, with what it ends by. */
function stream(node: SecureNode, rpc: 'Watch' | 'HeartbeatStream', token: string) {
  const metadata = new Metadata();
  metadata.set('authorization', `Bearer ${token}`);
  const channel = credentials.createSsl(Buffer.from(files.authority.pem));
  const client = new PresenceService(`localhost:${node.node.service.grpcPort}`, channel);
  const call =
    rpc === 'Watch' ? client.Watch({ userIds: ['alice'] }, metadata) : client.HeartbeatStream(metadata);
  const said = { messages: 0, end: undefined as string | undefined };
  call.on('data', () => {
    said.messages += 1;
  });
  call.on('error', (error: ServiceError) => {
    said.end = status[error.code];
    client.close();
  });
  return { said, write: (message: object) => (call as unknown as { write(m: object): void }).write(message) };
}

describe('a denial', () => {
  it('says no more than that it is one, whoever is asked about', async () => {
    const node = await start();
    await node.outcome(
      'Heartbeat',
      { heartbeat: { userId: 'alice', sessionId: 'p' } },
      { token: reader.token },
    );
    const path = (user: string, namespace: string) => `/api/v1/namespaces/${namespace}/users/${user}`;
    for (const [token, code] of [
      ['nonsense', 401],
      [reader.token, 403],
    ] as const) {
      const answers = await Promise.all(
        ['alice', 'nobody'].map((user) => node.http(path(user, 'web'), { token })),
      );
      expect(answers.map((answer) => answer.status)).toEqual([code, code]);
      expect(answers[0]?.text).toBe(answers[1]?.text);
    }
    const { headers, text } = await node.http(path('alice', 'default'));
    expect(headers['www-authenticate']).toBe('Bearer');
    expect(JSON.parse(text).error).toEqual({
      code: 'UNAUTHENTICATED',
      message: 'credentials that are valid here are needed',
    });
  });

  it('is counted by its reason, and logged without whom it was about, once a second', async () => {
    const node = await start();
    const ask = (token?: string, request: object = {}) =>
      node.outcome('IsOnline', { userId: 'alice-7', ...request }, token === undefined ? {} : { token });
    expect(await ask()).toBe('UNAUTHENTICATED');
    for (let i = 0; i < 3; i++) expect(await ask('phid_wrong')).toBe('UNAUTHENTICATED');
    expect(await ask(reader.token, { namespace: 'x'.repeat(1_000) })).toBe('PERMISSION_DENIED');
    expect(await node.outcome('SetThresholds', { clear: true }, { token: reader.token })).toBe(
      'PERMISSION_DENIED',
    );
    const counts = [
      'no_credentials',
      'unknown_token',
      'namespace',
      'role',
      'invalid_jwt',
      'unknown_certificate',
    ];
    expect(await Promise.all(counts.map((reason) => metric(node, reason)))).toEqual([1, 3, 1, 1, 0, 0]);
    const { lines } = node.node.log;
    const denied = lines.filter(({ message }) => message.includes('was denied'));
    expect(denied.filter(({ message }) => message === 'IsOnline was denied (unknown_token)')).toHaveLength(1);
    expect(denied.find(({ message }) => message.includes('(namespace)'))?.fields).toMatchObject({
      rpc: 'IsOnline',
      caller: 'reader',
      namespace: 'x'.repeat(64),
      peer: expect.stringMatching(/^127\.0\.0\.1:\d+$/),
    });
    expect(node.node.log.text).not.toContain('alice-7');
    expect(node.node.log.text).not.toContain(reader.token);
    expect(node.node.log.text).not.toContain('phid_wrong');
  });
});

describe('a stream', () => {
  it('of a gateway ends with the first batch for a namespace that is not its own', async () => {
    const node = await start();
    const { said, write } = stream(node, 'HeartbeatStream', reader.token);
    const heartbeats = [{ userId: 'alice', sessionId: 'phone' }];
    write({ batchId: 1, heartbeats });
    write({ batchId: 2, namespace: 'default', heartbeats });
    await vi.waitFor(() => expect(said.messages).toBe(2), WAIT);
    write({ batchId: 3, namespace: 'web', heartbeats });
    await vi.waitFor(() => expect(said.end).toBe('PERMISSION_DENIED'), WAIT);
  });

  it('ends when its caller is let in no longer, by gRPC and by HTTP', async () => {
    const node = await start();
    const watch = stream(node, 'Watch', reader.token);
    const gateway = stream(node, 'HeartbeatStream', reader.token);
    const lasting = stream(node, 'Watch', operator.token);
    gateway.write({ batchId: 1, heartbeats: [] });
    await vi.waitFor(
      () => expect([watch, gateway].map(({ said }) => said.messages > 0)).toEqual([true, true]),
      WAIT,
    );
    const { presence } = node.node.service;
    files.writeCallers({ operator: CALLERS.operator });
    await vi.waitFor(
      () => expect([watch.said.end, gateway.said.end]).toEqual(['UNAUTHENTICATED', 'UNAUTHENTICATED']),
      WAIT,
    );
    expect([lasting.said.end, presence.tracker.subscriptions]).toEqual([undefined, 1]);
  }, 30_000);

  it('ends when its caller has lost the role, and goes on for one whose other rights changed', async () => {
    const node = await start();
    const watch = stream(node, 'Watch', reader.token);
    await vi.waitFor(() => expect(watch.said.messages).toBeGreaterThan(0), WAIT);
    const reloads = async () =>
      (await node.node.service.registry.metrics()).match(/reloads_total\{what="callers"\} (\d+)/)?.[1];
    files.writeCallers({ ...CALLERS, reader: { ...OWN.reader, roles: ['watch'] } });
    await vi.waitFor(async () => expect(await reloads()).toBe('1'), WAIT);
    expect(watch.said.end).toBeUndefined();
    files.writeCallers({ ...CALLERS, reader: { ...OWN.reader, roles: ['query'] } });
    await vi.waitFor(() => expect(watch.said.end).toBe('PERMISSION_DENIED'), WAIT);
  }, 30_000);
});

describe('a signed token', () => {
  it('lets its subject in, and ends streams when it expires', async () => {
    const keys = await generateKeyPair('EdDSA', { extractable: true });
    const jwk = { ...(await exportJWK(keys.publicKey)), alg: 'EdDSA' };
    const jwt = {
      keys: temporaryFile('keys.json', JSON.stringify({ keys: [jwk] })),
      issuer: 'id',
      audience: 'phid',
    };
    files.writeCallers({ gateway: { roles: ['watch'], subjects: ['gateway-7'] } });
    const node = await start({ access: { ...files.access, jwt } });
    const sign = (subject: string, expires: number) =>
      new SignJWT()
        .setProtectedHeader({ alg: 'EdDSA' })
        .setIssuer('id')
        .setAudience('phid')
        .setSubject(subject)
        .setExpirationTime(expires)
        .sign(keys.privateKey);
    const nowSeconds = Date.now() / 1000;
    const ask = async (token: string) => node.outcome('Watch', { userIds: ['alice'] }, { token });
    expect(await ask(await sign('gateway-7', nowSeconds + 60))).toBe('OK');
    expect(await ask(await sign('gateway-8', nowSeconds + 60))).toBe('UNAUTHENTICATED');
    expect(await ask(await sign('gateway-7', nowSeconds - 60))).toBe('UNAUTHENTICATED');
    // Within the tolerance of clocks, for two seconds more.
    const { said } = stream(node, 'Watch', await sign('gateway-7', Math.floor(nowSeconds) - 2));
    await vi.waitFor(() => expect(said.messages).toBeGreaterThan(0), WAIT);
    await vi.waitFor(() => expect(said.end).toBe('UNAUTHENTICATED'), WAIT);
  }, 30_000);
});

describe('thresholds', () => {
  it('are changed by the caller; what the request says is a remark', async () => {
    const node = await start();
    const path = '/api/v1/namespaces/default/thresholds';
    const set = async (author: string) => {
      const init = { method: 'POST', body: JSON.stringify({ clear: true, author }) };
      const { text } = await node.http(path, { token: operator.token }, init);
      return JSON.parse(text).tuning.changes[0];
    };
    expect(await set('alice')).toMatchObject({ author: 'operator', remark: 'alice' });
    expect(await set('')).toMatchObject({ author: 'operator', remark: '' });
  });
});

describe('a browser', () => {
  const begin = (node: SecureNode, token: string, headers = {}) =>
    node.http('/api/v1/session', {}, { method: 'POST', body: JSON.stringify({ token }), headers });

  it('keeps a token as a cookie that no script reads and no other site sends', async () => {
    const node = await start();
    const { status: code, headers, text } = await begin(node, reader.token);
    expect([code, JSON.parse(text)]).toEqual([
      200,
      { open: false, caller: 'reader', roles: ['query', 'watch', 'ingest'], namespaces: ['default'] },
    ]);
    const [cookie = ''] = headers['set-cookie'] ?? [];
    expect(cookie).toBe(`phid_token=${reader.token}; Path=/; HttpOnly; SameSite=Strict; Secure`);
    const sent = { headers: { cookie: `other=1; ${cookie.split(';')[0]}` } };
    const ask = (path: string) => node.http(path, {}, sent);
    expect((await ask('/api/v1/namespaces/default/users/alice/events')).status).toBe(200);
    expect(JSON.parse((await ask('/api/v1/session')).text)).toMatchObject({ caller: 'reader' });
    expect((await ask('/api/v1/namespaces/web/users/alice')).status).toBe(403);
    const end = await node.http('/api/v1/session', {}, { method: 'DELETE', ...sent });
    expect(end.headers['set-cookie']?.[0]).toBe(
      'phid_token=; Path=/; HttpOnly; SameSite=Strict; Secure; Max-Age=0',
    );
  });

  it('is refused a token that nobody has, or that no cookie can hold, without repeating it', async () => {
    const node = await start();
    expect((await begin(node, 'phid_wrong')).status).toBe(401);
    const odd = await begin(node, 'secret; Domain=evil.example');
    expect([odd.status, odd.headers['set-cookie']]).toEqual([400, undefined]);
    expect(odd.text).not.toContain('secret');
  });

  it('of another site begins no session', async () => {
    const node = await start();
    const answer = await begin(node, reader.token, { origin: 'https://evil.example' });
    expect([answer.status, answer.headers['set-cookie']]).toEqual([403, undefined]);
  });
});

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
