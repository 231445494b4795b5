import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { connect, type SecureVersion } from 'node:tls';
import { afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { temporaryFile } from '../config/config-fixture.js';
import { Authority, type Pair } from '../support/certificates.js';
import { NodeFiles, type SecureNode, startSecureNode, tokenPair } from '../support/secure-node.js';

const WAIT = { timeout: 20_000, interval: 20 };
const ASK = ['IsOnline', { userId: 'alice' }] as const;

let files: NodeFiles;
let client: Pair;
let stranger: Pair;
let impostor: Pair;
beforeAll(async () => {
  files = await NodeFiles.create();
  client = await files.authority.client('gateway', 'spiffe://phid/gateway');
  stranger = await (await Authority.create('other CA')).client('gateway', 'spiffe://phid/gateway');
  // Of an authority that has the name of ours.
  impostor = await (await Authority.create()).client('gateway', 'spiffe://phid/gateway');
});

const nodes: SecureNode[] = [];
afterEach(async () => {
  await Promise.all(nodes.splice(0).map((node) => node.stop()));
});

async function start(...args: Parameters<typeof startSecureNode>): Promise<SecureNode> {
  const node = await startSecureNode(...args);
  nodes.push(node);
  return node;
}

const metric = async (node: SecureNode, name: string) =>
  Number(
    new RegExp(`^${name.replace(/[{}]/g, '\\$&')} (.*)$`, 'm').exec(
      await node.node.service.registry.metrics(),
    )?.[1],
  );

describe('a certificate', () => {
  const startWith = (tls: Partial<NonNullable<ReturnType<NodeFiles['tls']>>>) =>
    startSecureNode(files, { tls: { ...files.tls(), ...tls } as never });

  it.each([
    [
      'no certificate',
      () => ({ cert: temporaryFile('x.pem', 'x') }),
      /^tls.cert: .*x.pem is no certificate in PEM/,
    ],
    ['no key', () => ({ key: temporaryFile('x.pem', 'x') }), /^tls.key: .*x.pem is no private key in PEM/],
    ['not there', () => ({ cert: '/nowhere/cert.pem' }), /^\/nowhere\/cert.pem cannot be read: ENOENT/],
    [
      'of another key',
      () => ({ key: temporaryFile('other.pem', client.key) }),
      /^tls.key: .*other.pem is not the key of the certificate in .*cert.pem \(tls.cert\)$/,
    ],
    [
      'no CA',
      () => ({ clientCa: temporaryFile('ca.pem', 'x') }),
      /^tls.client_ca: .*ca.pem is no certificate in PEM/,
    ],
  ])('that is %s stops the start, by the name of its file', async (_, tls, problem) => {
    await expect(startWith(tls())).rejects.toThrow(problem);
  });

  it('that is wrong when it is replaced leaves the one before in force: the log and a metric say so', async () => {
    const own = await NodeFiles.create();
    const node = await start(own, { access: undefined });
    writeFileSync(own.key, client.key);
    const failures = 'phid_file_reload_failures_total{what="certificate"}';
    await vi.waitFor(async () => expect(await metric(node, failures)).toBe(1), WAIT);
    expect(node.node.log.text).toMatch(
      /error the certificate has changed and cannot be used; the one before stays in force/,
    );
    expect(await node.outcome(...ASK)).toBe('OK');
    expect((await node.http('/healthz')).status).toBe(200);
    expect(await metric(node, 'phid_certificate_expiry_timestamp_seconds')).toBeGreaterThan(
      Date.now() / 1000,
    );
  });
});

describe('TLS', () => {
  const handshake = async (port: number, maxVersion: SecureVersion) => {
    // Old versions are too weak for OpenSSL's own defaults: this client takes what it gets.
    const options = { host: 'localhost', ca: files.authority.pem, ciphers: 'DEFAULT:@SECLEVEL=0' };
    const socket = connect({
      ...options,
      port,
      minVersion: 'TLSv1',
      maxVersion,
      ALPNProtocols: ['h2', 'http/1.1'],
    });
    const failed = once(socket, 'error').then(([error]) => (error as NodeJS.ErrnoException).code);
    const version = await Promise.race([
      once(socket, 'secureConnect').then(() => socket.getProtocol()),
      failed,
    ]);
    socket.destroy();
    return version;
  };

  it('is spoken from 1.2 on, by both servers', async () => {
    const { grpcPort, httpPort } = (await start(files, { access: undefined })).node.service;
    for (const port of [grpcPort, httpPort]) {
      expect(await handshake(port, 'TLSv1.1')).toBe('ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION');
      expect(await handshake(port, 'TLSv1.2')).toBe('TLSv1.2');
      expect(await handshake(port, 'TLSv1.3')).toBe('TLSv1.3');
    }
  });

  it('is all that is spoken where there is a certificate', async () => {
    const node = await start(files, { access: undefined });
    await expect(fetch(`http://127.0.0.1:${node.node.service.httpPort}/healthz`)).rejects.toThrow();
    expect(await node.node.outcome('IsOnline', { userId: 'alice' })).toMatch(/^14 UNAVAILABLE/);
  });
});

describe('a client', () => {
  it('without a certificate, or with one of somebody else, is not let in where one is required', async () => {
    const node = await start(files, { tls: files.tls('required'), access: undefined });
    expect(await node.outcome(...ASK, { pair: client })).toBe('OK');
    expect((await node.http('/healthz', { pair: client })).status).toBe(200);
    for (const proofs of [{}, { pair: stranger }, { pair: impostor }]) {
      expect(await node.outcome(...ASK, proofs)).toBe('UNAVAILABLE');
      await expect(node.http('/healthz', proofs)).rejects.toThrow();
    }
  });

  it('is a caller by a name in its certificate, where there is one and it is vouched for', async () => {
    const { token, hash } = tokenPair();
    files.writeCallers({
      gateway: { roles: ['query'], namespaces: ['default'], certificates: ['URI:spiffe://phid/gateway'] },
      other: { roles: ['watch'], tokens: [hash] },
    });
    const node = await start(files, { tls: files.tls('optional') });
    const session = async (proofs: object) => (await node.http('/api/v1/session', proofs)).text;
    expect(await node.outcome(...ASK, { pair: client })).toBe('OK');
    expect(await session({ pair: client })).toContain('"caller":"gateway"');
    expect(await node.outcome(...ASK)).toBe('UNAUTHENTICATED');
    // A certificate that nobody vouches for is none; a health check needs none.
    expect(await node.outcome(...ASK, { pair: stranger })).toBe('UNAUTHENTICATED');
    for (const pair of [stranger, impostor]) {
      expect((await node.http('/api/v1/session', { pair })).status).toBe(401);
    }
    expect(await node.outcome(...ASK, { pair: impostor })).not.toBe('OK');
    expect((await node.http('/healthz')).status).toBe(200);
    const unknown = await files.authority.client('nobody');
    expect(await node.outcome(...ASK, { pair: unknown })).toBe('UNAUTHENTICATED');
    // A token is what a caller means to be known by, where there are both.
    expect(await node.outcome(...ASK, { pair: client, token })).toBe('PERMISSION_DENIED');
    expect(await node.outcome(...ASK, { pair: client, token: 'wrong' })).toBe('UNAUTHENTICATED');
    expect(await session({ pair: client, token })).toContain('"caller":"other"');
  });
});
