// Writes the table of SECURITY.md: every rpc and HTTP route against every role, from src/access/roles.ts and the routes. With --check
// it fails instead when the table is another. That the service does as the table says: test/access/table.test.ts.
import { readFileSync, writeFileSync } from 'node:fs';
import { ROLES, type Role, type Rpc, rules } from '../src/access/roles.js';
import { PresenceService, TuningService } from '../src/grpc/definition.js';
import { routes } from '../src/http/api/routes.js';

const FILE = 'SECURITY.md';
const BEGIN = '<!-- By `npm run access-table`. -->';
const END = '<!-- End of the table. -->';

/** `own`: for the namespaces of the caller; `all`: only where these are `*`. */
function cellOf(role: Role, rpcs: readonly Rpc[]): string {
  const isAllowed = rpcs.every((rpc) => role === 'admin' || rules[rpc].role === role);
  if (!isAllowed) return '';
  return rpcs.some((rpc) => rules[rpc].scope === 'fleet') ? 'all' : 'own';
}

function row(name: string, rpcs: readonly Rpc[], { isOpen = false } = {}): string {
  const cells = isOpen ? ROLES.map(() => 'open') : ROLES.map((role) => cellOf(role, rpcs));
  return `| \`${name}\` | ${[isOpen ? 'open' : '', ...cells].join(' | ')} |`;
}

function table(): string {
  const services = { PresenceService, TuningService };
  const rpcRows = Object.entries(services).flatMap(([service, { service: methods }]) =>
    Object.keys(methods).map((rpc) => row(`${service}/${rpc}`, [rpc as Rpc])),
  );
  const routeRows = routes.map((route) => {
    const name = `${route.method} ${route.pattern}`;
    return 'rpcs' in route ? row(name, route.rpcs) : row(name, [], { isOpen: true });
  });
  return [
    `| | nobody | ${ROLES.join(' | ')} |`,
    `| --- |${' --- |'.repeat(ROLES.length + 1)}`,
    row('grpc.health.v1.Health/Check', [], { isOpen: true }),
    ...rpcRows,
    ...routeRows,
    row('GET /metrics', ['Metrics']),
    ...['GET /healthz', 'GET /readyz', 'GET /'].map((name) => row(name, [], { isOpen: true })),
  ].join('\n');
}

const text = readFileSync(FILE, 'utf8');
const [before, rest] = text.split(`${BEGIN}\n`);
const [, after] = rest?.split(`\n${END}`) ?? [];
if (before === undefined || after === undefined) throw new Error(`${FILE} has no place for the table`);
const next = `${before}${BEGIN}\n${table()}\n${END}${after}`;
if (!process.argv.includes('--check')) writeFileSync(FILE, next);
else if (next !== text) {
  console.error(
    `the table of ${FILE} is not what the code says; run "npm run access-table" and commit the result`,
  );
  process.exitCode = 1;
}
