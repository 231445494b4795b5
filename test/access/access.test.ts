import { credentials, Metadata, type ServiceError, status } from '@grpc/grpc-js';
import { exportJWK, generateKeyPair, SignJWT } from 'jose';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { PresenceService } from '../../src/grpc/definition.js';
import { temporaryFile } from '../config/config-fixture.js';
import { NodeFiles, type SecureNode, startSecureNode, tokenPair } from '../support/secure-node.js';
import { namespaceSettings } from '../support/settings.js';

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
    const node = await start({
      namespaces: { default: namespaceSettings(), other: namespaceSettings() },
    });
    const ask = (token?: string, request: object = {}) =>
      node.outcome('IsOnline', { userId: 'alice-7', ...request }, token === undefined ? {} : { token });
    expect(await ask()).toBe('UNAUTHENTICATED');
    for (let i = 0; i < 3; i++) expect(await ask('phid_wrong')).toBe('UNAUTHENTICATED');
    expect(await ask(reader.token, { namespace: 'other' })).toBe('PERMISSION_DENIED');
    expect(await ask(reader.token, { namespace: 'alice-7' })).toBe('PERMISSION_DENIED');
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
    expect(await Promise.all(counts.map((reason) => metric(node, reason)))).toEqual([1, 3, 2, 1, 0, 0]);
    const { lines } = node.node.log;
    const denied = lines.filter(({ message }) => message.includes('was denied'));
    expect(denied.filter(({ message }) => message === 'IsOnline was denied (unknown_token)')).toHaveLength(1);
    expect(denied.find(({ message }) => message.includes('(namespace)'))?.fields).toMatchObject({
      rpc: 'IsOnline',
      caller: 'reader',
      namespace: 'other',
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
