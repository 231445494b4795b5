import { DEFAULT_NAMESPACE } from '../presence/namespace.js';
import type { Allowance } from './allowance.js';
import type { Caller, Proof } from './caller.js';
import type { AccessDeniedError, DenialReason } from './denial.js';
import type { LastSeen } from './last-seen.js';
import { type Rpc, rules, tellsLastSeen } from './roles.js';

/** Of a namespace that somebody asked for, and that need not exist. */
const SHOWN_CHARACTERS = 64;

/** What a permit asks of whoever gave it. */
export interface Issuer {
  find(proof: Proof): Caller | undefined;
  /** Counts and logs a denial; returns it, to be thrown. */
  deny(reason: DenialReason, call: DeniedCall, message?: string): AccessDeniedError;
  allowanceOf(caller: Caller): Allowance;
  hold(permit: Permit): void;
  release(permit: Permit): void;
}

/** What is logged of a call that was denied. */
export interface DeniedCall {
  readonly rpc: string;
  readonly peer: string;
  readonly caller?: string;
  readonly namespace?: string;
}

/** What one call may do: unary, or for as long as a stream is open. */
export interface Permit {
  /** Who calls; undefined where nobody has to say. */
  readonly caller: Caller | undefined;
  /** How exactly the caller is told when users were heard last. */
  readonly lastSeen: LastSeen;
  /** Whether the caller is told how users are who are invisible. */
  readonly seesUnseen: boolean;
  /** Throws AccessDeniedError where the caller has no business in this namespace; '' is the default one. */
  check(namespace: string): void;
  /** Throws AccessDeniedError where the caller may not choose thresholds: of many answers, each by another one, φ would follow. */
  checkThresholds(): void;
  /**
   * Takes note of another message of a stream, or of its heartbeats. Returns for how long the stream is to be read no further, ms:
   * until its caller is within its limits again.
   */
  noteMessage(): number;
  noteHeartbeats(count: number): number;
  /**
   * From now on `end` is called, once, when the caller is no longer let in: a stream outlives what it was opened with. Throws
   * LimitReachedError where the caller has too many streams.
   */
  hold(end: (error: AccessDeniedError) => void): void;
  release(): void;
}

/** Where there are no callers everybody may do everything. */
export const OPEN: Permit = {
  caller: undefined,
  lastSeen: 'exact',
  seesUnseen: true,
  check() {},
  checkThresholds() {},
  noteMessage: () => 0,
  noteHeartbeats: () => 0,
  hold() {},
  release() {},
};

/** The permit of a caller. */
export class CallerPermit implements Permit {
  readonly #issuer: Issuer;
  readonly #rpcs: readonly Rpc[];
  readonly #proof: Proof;
  readonly #peer: string;
  #caller: Caller;
  /** The last that was checked: a gateway's batches are all of one. */
  #namespace: string | undefined;
  readonly #namespaces = new Set<string>();
  #choosesThresholds = false;
  #allowance: Allowance;
  /** What its stream counts for, while it is held. */
  #held: Allowance | undefined;
  #end: ((error: AccessDeniedError) => void) | undefined;

  /**
   * Throws AccessDeniedError where the caller has not the role of each of the rpcs, or is told less than one tells; RateReachedError
   * where it calls too often.
   */
  constructor(
    issuer: Issuer,
    { rpcs, proof, peer, caller }: { rpcs: readonly Rpc[]; proof: Proof; peer: string; caller: Caller },
  ) {
    this.#issuer = issuer;
    this.#rpcs = rpcs;
    this.#proof = proof;
    this.#peer = peer;
    this.#caller = caller;
    this.#allowance = issuer.allowanceOf(caller);
    this.#allowance.call();
    const denied = this.#problemOfRole();
    if (denied) throw denied;
    if (this.#tellsTooMuch) throw this.#denyLastSeen();
  }

  get caller(): Caller {
    return this.#caller;
  }

  get lastSeen(): LastSeen {
    return this.#caller.lastSeen;
  }

  get seesUnseen(): boolean {
    return this.#caller.isAdmin;
  }

  check(namespace: string): void {
    if (namespace === this.#namespace) return;
    const denied = this.#problemOf(namespace);
    if (denied) throw denied;
    this.#namespace = namespace;
    this.#namespaces.add(namespace);
  }

  checkThresholds(): void {
    this.#choosesThresholds = true;
    if (this.#tellsTooMuch) throw this.#denyLastSeen();
  }

  noteMessage(): number {
    return this.#allowance.message();
  }

  noteHeartbeats(count: number): number {
    return this.#allowance.heartbeats(count);
  }

  hold(end: (error: AccessDeniedError) => void): void {
    this.#allowance.openStream();
    this.#held = this.#allowance;
    this.#end = end;
    this.#issuer.hold(this);
  }

  release(): void {
    this.#held?.closeStream();
    this.#held = undefined;
    this.#end = undefined;
    this.#issuer.release(this);
  }

  /** Looks again whether the caller is let in; what is held is ended where not. */
  review(nowMs: number): void {
    const error = this.#problem(nowMs);
    const end = this.#end;
    if (!error || !end) return;
    this.release();
    end(error);
  }

  #problem(nowMs: number): AccessDeniedError | undefined {
    if (this.#proof.kind === 'jwt' && this.#proof.expiresMs <= nowMs)
      return this.#issuer.deny('invalid_jwt', this.#call());
    const caller = this.#issuer.find(this.#proof);
    if (!caller) return this.#issuer.deny(unknown(this.#proof), this.#call());
    this.#caller = caller;
    this.#allowance = this.#issuer.allowanceOf(caller);
    const denied = this.#problemOfRole();
    if (denied) return denied;
    if (this.#tellsTooMuch) return this.#denyLastSeen();
    for (const namespace of this.#namespaces) {
      const problem = this.#problemOf(namespace);
      if (problem) return problem;
    }
    return undefined;
  }

  #problemOfRole(): AccessDeniedError | undefined {
    const rpc = this.#rpcs.find((each) => !this.#caller.hasRole(each));
    if (!rpc) return undefined;
    const message = `${this.#caller.name} has not the role ${rules[rpc].role}, which ${rpc} needs`;
    return this.#issuer.deny('role', this.#call(rpc), message);
  }

  get #tellsTooMuch(): boolean {
    return this.lastSeen !== 'exact' && (this.#choosesThresholds || this.#rpcs.some(tellsLastSeen));
  }

  #denyLastSeen(): AccessDeniedError {
    const rpc = this.#rpcs.find(tellsLastSeen) ?? (this.#rpcs[0] as Rpc);
    const what = this.#choosesThresholds ? 'may not choose thresholds' : `may not call ${rpc}`;
    const message = `${this.#caller.name} ${what}: it is not told exactly when users were seen last (last_seen: ${this.lastSeen})`;
    return this.#issuer.deny('last_seen', this.#call(rpc), message);
  }

  #problemOf(namespace: string): AccessDeniedError | undefined {
    const name = namespace === '' ? DEFAULT_NAMESPACE : namespace;
    const rpc = this.#rpcs.find((each) => !this.#caller.covers(each, name));
    if (!rpc) return undefined;
    const shown = namespace.slice(0, SHOWN_CHARACTERS);
    const what = rules[rpc].scope === 'fleet' ? 'all namespaces' : `namespace ${JSON.stringify(shown)}`;
    const message = `${this.#caller.name} may not call ${rpc} for ${what}`;
    return this.#issuer.deny('namespace', { ...this.#call(rpc), namespace: shown }, message);
  }

  #call(rpc = this.#rpcs[0] as Rpc): DeniedCall {
    return { rpc, peer: this.#peer, caller: this.#caller.name };
  }
}

/** Why a proof that is nobody's is refused. */
export function unknown({ kind }: Proof): DenialReason {
  return kind === 'token' ? 'unknown_token' : kind === 'certificate' ? 'unknown_certificate' : 'invalid_jwt';
}
