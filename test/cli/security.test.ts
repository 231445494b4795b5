import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { request } from 'node:https';
import { describe, type ExpectStatic } from 'vitest';
import { tokenHash } from '../../src/access/token.js';
import { temporaryFile } from '../config/config-fixture.js';
import type { Pair } from '../support/certificates.js';
import { startRedis } from '../support/redis-server.js';
import { NodeFiles, tokenPair } from '../support/secure-node.js';
import { type Phid, PROCESS_TEST, type Start, test } from './phid.js';

const FREE = ['--grpc-addr', '127.0.0.1:0', '--http-addr', '127.0.0.1:0'];

/** A server by TLS, with callers; clients may show certificates. */
async function serve(start: Start, files: NodeFiles, expect: ExpectStatic, ...args: string[]) {
  const tls = ['--tls-cert', files.cert, '--tls-key', files.key, '--auth-callers', files.callers];
  const client = ['--tls-client-ca', files.clientCa, '--tls-client-certificate', 'optional'];
  const server = start(['serve', ...FREE, ...tls, ...client, ...args]);
  const listening = () => server.json.find(({ msg }) => String(msg).startsWith('phid listens'));
  await server.until(() => expect(listening()).toMatchObject({ tls: true }));
  const { grpc, http } = listening() as Record<string, unknown>;
  // By its name: Node warns of addresses as names of servers.
  return { server, grpc: String(grpc).replace('127.0.0.1', 'localhost'), http: String(http) };
}

/** The status and text of an answer by HTTPS. */
async function ask(
  http: string,
  path: string,
  { authority, pair }: { authority: NodeFiles['authority']; pair?: Pair },
) {
  const client = pair ? { cert: pair.cert, key: pair.key } : {};
  const sent = request(`https://${http}${path}`, { ca: authority.pem, agent: false, ...client });
  sent.end();
  const [response] = (await once(sent, 'response')) as [IncomingMessage];
  return `${response.statusCode} ${Buffer.concat((await response.toArray()) as Buffer[])}`;
}

describe('phid', PROCESS_TEST, () => {
  test('calls a server by TLS, as whoever its token says', async ({ start, phid, expect }) => {
    const files = await NodeFiles.create();
    const { token, hash } = tokenPair();
    files.writeCallers({ ops: { roles: ['query', 'metrics'], tokens: [hash] } });
    const { grpc, http } = await serve(start, files, expect);
    const tokenFile = temporaryFile('token', `${token}\n`);
    const call = ['suspicion', 'alice', '--addr', grpc];
    const known = ['--ca', files.clientCa, '--token-file', tokenFile];
    const run = async (...args: string[]) => {
      const { code, out, err } = await phid(...args);
      return { code, text: [...out, ...err].join('\n') };
    };
    expect(await run(...call, ...known)).toMatchObject({ code: 0, text: expect.stringContaining('UNKNOWN') });
    expect(await run(...call, '--ca', files.clientCa)).toMatchObject({
      text: expect.stringMatching(/^phid: UNAUTHENTICATED: /),
    });
    expect(await run(...call, '--tls')).toMatchObject({
      code: 1,
      text: expect.stringContaining('self-signed certificate in certificate chain'),
    });
    const heartbeat = ['heartbeat', '--user', 'alice', '--addr', grpc, ...known];
    expect(await run(...heartbeat)).toMatchObject({
      code: 1,
      text: expect.stringContaining('PERMISSION_DENIED: ops has not the role ingest'),
    });
    const top = await run(
      'top',
      '--once',
      '--interval',
      '100ms',
      '--addr',
      grpc,
      '--http-addr',
      http,
      ...known,
    );
    expect(top).toMatchObject({ code: 0, text: expect.stringContaining('default') });

    const byVariable = start(call.concat('--ca', files.clientCa), { PHID_TOKEN: token });
    expect(await byVariable.ended()).toBe(0);
  });

  test('shows a certificate, and is the caller that it names', async ({ start, phid, expect }) => {
    const files = await NodeFiles.create();
    files.writeCallers({ ops: { roles: ['query'], certificates: ['CN:ops'] } });
    const { grpc } = await serve(start, files, expect);
    const { cert, key } = await files.authority.client('ops');
    const pair = ['--cert', temporaryFile('c.pem', cert), '--key', temporaryFile('k.pem', key)];
    const call = ['suspicion', 'alice', '--addr', grpc, '--ca', files.clientCa];
    expect((await phid(...call, ...pair)).code).toBe(0);
    const half = await phid(...call, ...pair.slice(0, 2));
    expect([half.code, half.err]).toEqual([
      2,
      ['phid: --cert and --key go together: the certificate and its key'],
    ]);
  });

  test('sends no token in plaintext to another machine', async ({ phid, expect }) => {
    const tokenFile = temporaryFile('token', 'phid_x');
    const { code, err } = await phid(
      'suspicion',
      'a',
      '--addr',
      'phid.example:50051',
      '--token-file',
      tokenFile,
    );
    expect([code, err.join()]).toEqual([
      2,
      expect.stringMatching(/^phid: a token is not sent to phid.example:50051 in plaintext; --tls/),
    ]);
    const missing = await phid('suspicion', 'a', '--token-file', '/nowhere');
    expect([missing.code, missing.err.join()]).toEqual([
      2,
      expect.stringMatching(/^phid: --token-file: \/nowhere cannot be read/),
    ]);
  });

  test('token new tells a token and its hash', async ({ phid, expect }) => {
    const { out } = await phid('token', 'new');
    const [, token = ''] = /^token: (.*)$/.exec(out[0] ?? '') ?? [];
    expect(out).toEqual([`token: ${token}`, `hash:  ${tokenHash(token)}`]);
    const { json } = await phid('token', 'new', '--json');
    expect(json[0]?.hash).toBe(tokenHash(String(json[0]?.token)));
    expect(json[0]?.token).not.toBe(token);
  });

  test('serve with a wrong file of TLS or callers says which, and ends', async ({ phid, expect }) => {
    const files = await NodeFiles.create();
    const wrong = temporaryFile('wrong.pem', 'nothing');
    const certificate = await phid('serve', ...FREE, '--tls-cert', wrong, '--tls-key', files.key);
    expect([certificate.code, certificate.err.join()]).toEqual([
      1,
      expect.stringMatching(/^phid: tls.cert: .*wrong.pem is no certificate in PEM/),
    ]);
    const callers = await phid('serve', ...FREE, '--auth-callers', wrong);
    expect([callers.code, callers.err.join()]).toEqual([
      1,
      expect.stringMatching(/^phid: auth.callers: .*wrong.pem: /),
    ]);
  });

  test('serve in plaintext for others needs --insecure, and says once that it is open', async ({
    start,
    phid,
    expect,
  }) => {
    const open = ['serve', '--grpc-addr', '0.0.0.0:0', '--http-addr', '127.0.0.1:0'];
    const refused = await phid(...open);
    expect([refused.code, refused.err.join()]).toEqual([
      2,
      expect.stringMatching(/^phid: grpc_addr: 0.0.0.0:0 can be reached from other machines, in plaintext/),
    ]);
    const server: Phid = start([...open, '--insecure']);
    await server.until(() => expect(server.out.join()).toContain('phid listens'));
    expect(server.json.filter(({ msg }) => String(msg).startsWith('no callers are configured'))).toHaveLength(
      1,
    );
  });

  test('the demo refuses what it would not keep', async ({ phid, expect }) => {
    const files = await NodeFiles.create();
    const { code, err } = await phid('demo', ...FREE, '--tls-cert', files.cert, '--tls-key', files.key);
    expect([code, err.join()]).toEqual([2, expect.stringContaining('tls.cert is for "phid serve"')]);
  });

  test('of several workers each is told by the first whose certificate it was, and answers nobody else', async ({
    start,
    expect,
  }) => {
    const redis = await startRedis();
    const files = await NodeFiles.create();
    files.writeCallers({ ops: { roles: ['query', 'metrics'], certificates: ['CN:ops'] } });
    const { http, server } = await serve(start, files, expect, '--workers', '2', '--redis', redis.url);
    const { authority } = files;
    const pair = await authority.client('ops');
    for (let i = 0; i < 4; i++) {
      expect(await ask(http, '/api/v1/session', { authority, pair })).toContain(
        '200 {"open":false,"caller":"ops"',
      );
      expect(await ask(http, '/api/v1/session', { authority })).toMatch(/^401 /);
    }
    expect(await ask(http, '/metrics', { authority })).toMatch(/^401 /);
    const page = await ask(http, '/metrics', { authority, pair });
    expect(page).toMatch(/^phid_denied_total\{reason="no_credentials"\} 5$/m);
    await server.kill();
    await redis.stop();
  });
});
