import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { NodeFiles, type SecureNode, startSecureNode, tokenPair } from '../support/secure-node.js';

const reader = tokenPair();
const CALLERS = {
  reader: { roles: ['query', 'watch', 'ingest'], namespaces: ['default'], tokens: [reader.hash] },
};

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

describe('a browser', () => {
  const begin = (node: SecureNode, token: string, headers = {}) =>
    node.http('/api/v1/session', {}, { method: 'POST', body: JSON.stringify({ token }), headers });

  it('keeps a token as a cookie that no script reads and no other site sends', async () => {
    const node = await start();
    const { status: code, headers, text } = await begin(node, reader.token);
    expect([code, JSON.parse(text)]).toEqual([
      200,
      {
        ...{ open: false, caller: 'reader', roles: ['query', 'watch', 'ingest'], namespaces: ['default'] },
        lastSeen: 'exact',
      },
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
