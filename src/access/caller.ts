import type { CallerLimits } from './allowance.js';
import type { LastSeen } from './last-seen.js';
import { type Role, type Rpc, rules } from './roles.js';

/** What proves who somebody is. */
export type Proof =
  | { readonly kind: 'token'; readonly hash: string }
  /** Names in a certificate that was verified: `CN:gateway`, `DNS:gateway.internal`, `URI:spiffe://phid/gateway`. */
  | { readonly kind: 'certificate'; readonly names: readonly string[] }
  | { readonly kind: 'jwt'; readonly subject: string; readonly expiresMs: number };

interface Grant {
  readonly name: string;
  readonly roles: readonly Role[];
  readonly namespaces: '*' | readonly string[];
  readonly limits: Partial<CallerLimits>;
  readonly lastSeen: LastSeen;
}

/** Somebody who may call, and what. */
export class Caller {
  readonly name: string;
  readonly roles: readonly Role[];
  readonly namespaces: '*' | readonly string[];
  /** Of its own, in place of those of every caller. */
  readonly limits: Partial<CallerLimits>;
  readonly lastSeen: LastSeen;

  constructor({ name, roles, namespaces, limits, lastSeen }: Grant) {
    this.name = name;
    this.roles = roles;
    this.namespaces = namespaces;
    this.limits = limits;
    this.lastSeen = lastSeen;
  }

  get isAdmin(): boolean {
    return this.roles.includes('admin');
  }

  hasRole(rpc: Rpc): boolean {
    return this.isAdmin || this.roles.includes(rules[rpc].role);
  }

  /** Whether what an rpc is asked of is among the caller's namespaces. */
  covers(rpc: Rpc, namespace: string): boolean {
    if (this.namespaces === '*') return true;
    return rules[rpc].scope === 'namespace' && this.namespaces.includes(namespace);
  }
}
