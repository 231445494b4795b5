/** What a caller may be allowed to do; `admin` is all of it. */
export const ROLES = ['ingest', 'query', 'watch', 'tune', 'metrics', 'admin'] as const;

export type Role = (typeof ROLES)[number];

/** Who may call an rpc. */
interface Rule {
  readonly role: Role;
  /** `namespace`: of the request, and nothing but that one is told or changed. `fleet`: all of them, so `*` is needed. */
  readonly scope: 'namespace' | 'fleet';
  /** Its answer is made of when users were heard last: who may not know that exactly may not call it. */
  readonly tellsLastSeen?: true;
}

/**
 * The role that each rpc needs, by its name: the one table, for gRPC and for HTTP, whose routes name the rpcs that they answer.
 * `Metrics` is no rpc, but /metrics. What is not here cannot be called (test/access/roles.test.ts).
 */
export const rules = {
  Heartbeat: { role: 'ingest', scope: 'namespace' },
  HeartbeatStream: { role: 'ingest', scope: 'namespace' },
  Leave: { role: 'ingest', scope: 'namespace' },
  SetVisibility: { role: 'ingest', scope: 'namespace' },
  AddToGroup: { role: 'ingest', scope: 'namespace' },
  RemoveFromGroup: { role: 'ingest', scope: 'namespace' },
  // Its members, and how each is: what a Watch of the group says.
  ListGroup: { role: 'watch', scope: 'namespace' },
  IsOnline: { role: 'query', scope: 'namespace' },
  Suspicion: { role: 'query', scope: 'namespace' },
  BatchSuspicion: { role: 'query', scope: 'namespace' },
  Watch: { role: 'watch', scope: 'namespace' },
  Track: { role: 'watch', scope: 'namespace' },
  WatchNamespace: { role: 'watch', scope: 'namespace' },
  GetFleet: { role: 'query', scope: 'fleet' },
  ListNamespaces: { role: 'query', scope: 'fleet' },
  GetQuality: { role: 'query', scope: 'namespace' },
  ListSuspects: { role: 'query', scope: 'namespace', tellsLastSeen: true },
  InspectUser: { role: 'query', scope: 'namespace', tellsLastSeen: true },
  SetThresholds: { role: 'tune', scope: 'namespace' },
  // An origin has users in any namespace.
  Drain: { role: 'admin', scope: 'fleet' },
  Metrics: { role: 'metrics', scope: 'fleet' },
} as const satisfies Readonly<Record<string, Rule>>;

export type Rpc = keyof typeof rules;

export function tellsLastSeen(rpc: Rpc): boolean {
  const rule: Rule = rules[rpc];
  return rule.tellsLastSeen === true;
}
