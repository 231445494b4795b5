import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ROLES, rules } from '../../src/access/roles.js';
import { PresenceService, TuningService } from '../../src/grpc/definition.js';
import {
  type CallerFileEntry,
  NodeFiles,
  type SecureNode,
  startSecureNode,
  tokenPair,
} from '../support/secure-node.js';
import { namespaceSettings } from '../support/settings.js';

/** What SECURITY.md says: a row of cells by role, `nobody` first. */
function statedTable(): { name: string; cells: Record<string, string> }[] {
  const [, table = ''] = readFileSync('SECURITY.md', 'utf8').split(
    /<!-- By `npm run access-table`. -->|<!-- End/,
  );
  const [head = [], , ...rows] = table
    .trim()
    .split('\n')
    .map((line) =>
      line
        .split('|')
        .slice(1, -1)
        .map((cell) => cell.trim()),
    );
  return rows.map(([name = '', ...cells]) => ({
    name: name.replaceAll('`', ''),
    cells: Object.fromEntries(cells.map((cell, i) => [head[i + 1], cell])),
  }));
}

/** A request that is answered, of each rpc. */
const requests: Record<string, object> = {
  Heartbeat: { heartbeat: { userId: 'alice', sessionId: 'phone' } },
  HeartbeatStream: { batchId: 1, heartbeats: [{ userId: 'alice', sessionId: 'phone' }] },
  Leave: { userId: 'alice' },
  SetVisibility: { userId: 'alice', visible: true },
  AddToGroup: { groupId: 'team', userIds: ['alice'] },
  RemoveFromGroup: { groupId: 'team', userIds: ['alice'] },
  ListGroup: { groupId: 'team' },
  IsOnline: { userId: 'alice' },
  Suspicion: { userId: 'alice' },
  BatchSuspicion: { userIds: ['alice'] },
  Watch: { userIds: ['alice'] },
  Track: { add: ['alice'] },
  WatchNamespace: {},
  GetFleet: {},
  ListNamespaces: {},
  GetQuality: {},
  ListSuspects: {},
  InspectUser: { userId: 'alice' },
  SetThresholds: { clear: true, author: 'alice' },
  Drain: { origin: 'gateway' },
};

/** How a row is asked for; answers how that went, in the words of gRPC. */
type Ask = (namespace: string, token?: string) => Promise<string>;

const OUTCOMES: Record<number, string> = { 200: 'OK', 401: 'UNAUTHENTICATED', 403: 'PERMISSION_DENIED' };

const namespaces = { default: namespaceSettings(), web: namespaceSettings() };
const tokens = new Map<string, string>();
let node: SecureNode;

beforeAll(async () => {
  const files = await NodeFiles.create();
  const callers = ROLES.flatMap((role) => {
    const entries: [string, CallerFileEntry][] = [];
    for (const [scope, covered] of [
      ['own', ['default']],
      ['all', '*'],
    ] as const) {
      const { token, hash } = tokenPair();
      tokens.set(`${role} ${scope}`, token);
      entries.push([`${role}-${scope}`, { roles: [role], namespaces: covered, tokens: [hash] }]);
    }
    return entries;
  });
  const both = tokenPair();
  tokens.set('both', both.token);
  callers.push(['both', { roles: ['query', 'watch'], namespaces: '*', tokens: [both.hash] }]);
  files.writeCallers(Object.fromEntries(callers));
  node = await startSecureNode(files, { namespaces });
});
afterAll(() => node.stop());

function askOf(name: string): Ask {
  const [method = '', path] = name.split(' ');
  if (path === undefined) return grpcAsk(name);
  return async (namespace, token) => {
    const target = path.replace('{namespace}', namespace).replace('{user_id}', 'alice');
    const body = method === 'POST' ? bodyOf(path, token) : undefined;
    const init = { method, ...(body !== undefined && { body }) };
    const { status } = await node.http(target, token === undefined ? {} : { token }, init);
    return OUTCOMES[status] ?? String(status);
  };
}

function bodyOf(path: string, token = tokens.get('query all')): string {
  return JSON.stringify(path.endsWith('/session') ? { token } : requests.SetThresholds);
}

function grpcAsk(name: string): Ask {
  const rpc = name.split('/')[1] as string;
  return (namespace, token) => {
    const namespaced = rpc in rules && rules[rpc as 'Heartbeat'].scope === 'namespace' ? { namespace } : {};
    return node.outcome(rpc, { ...requests[rpc], ...namespaced }, token === undefined ? {} : { token });
  };
}

describe('the table of SECURITY.md', () => {
  it('has every rpc that there is, and every rule is of one', () => {
    const rpcs = [...Object.keys(PresenceService.service), ...Object.keys(TuningService.service)];
    expect([...rpcs, 'Metrics'].sort()).toEqual(Object.keys(rules).sort());
    expect(Object.keys(requests).sort()).toEqual([...rpcs].sort());
    const stated = statedTable().map(({ name }) => name);
    for (const rpc of rpcs) expect(stated).toContainEqual(expect.stringMatching(`Service/${rpc}$`));
  });

  it('says `namespace` of the rpcs whose requests name one', () => {
    for (const { service } of [PresenceService, TuningService]) {
      for (const [rpc, method] of Object.entries(service)) {
        const { requestType } = method as unknown as { requestType: { type: { field: { name: string }[] } } };
        const { field } = requestType.type;
        const isNamespaced = field.some(({ name }) => name === 'namespace');
        expect([rpc, rules[rpc as 'Heartbeat'].scope]).toEqual([rpc, isNamespaced ? 'namespace' : 'fleet']);
      }
    }
  });

  it('asks for all roles of a route that answers several rpcs', async () => {
    const [query, watch, both] = ['query all', 'watch all', 'both'].map((name) => tokens.get(name));
    const ask = askOf('GET /api/v1/namespaces/{namespace}/users/{user_id}/events');
    expect([await ask('web', query), await ask('web', watch)]).toEqual([
      'PERMISSION_DENIED',
      'PERMISSION_DENIED',
    ]);
    expect(await ask('web', both)).toBe('OK');
  });

  const closed = statedTable().filter(({ cells }) => cells.nobody !== 'open');

  it.each(closed)('is what a service does: $name', async ({ name, cells }) => {
    const ask = askOf(name);
    expect(await ask('default')).toBe('UNAUTHENTICATED');
    for (const role of ROLES) {
      const own = tokens.get(`${role} own`);
      const all = tokens.get(`${role} all`);
      const outcomes = {
        ownNamespace: await ask('default', own),
        otherNamespace: await ask('web', own),
        allNamespaces: await ask('web', all),
      };
      const [no, ok] = ['PERMISSION_DENIED', 'OK'];
      const expected = {
        own: { ownNamespace: ok, otherNamespace: no, allNamespaces: ok },
        all: { ownNamespace: no, otherNamespace: no, allNamespaces: ok },
        '': { ownNamespace: no, otherNamespace: no, allNamespaces: no },
      }[cells[role] as string];
      expect({ role, ...outcomes }).toEqual({ role, ...expected });
    }
  });

  it('is what a service does for nobody where it is open', async () => {
    const open = statedTable().filter(({ cells }) => cells.nobody === 'open');
    expect(open.map(({ name }) => name)).toContain('GET /healthz');
    for (const { name } of open.filter(({ name }) => !name.startsWith('grpc.'))) {
      // Who asks who they are, and is nobody, is told so.
      const expected =
        name === 'GET /api/v1/session' ? 'UNAUTHENTICATED' : expect.stringMatching(/^(OK|404)$/);
      expect([name, await askOf(name)('default')]).toEqual([name, expected]);
    }
  });
});
