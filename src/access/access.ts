import type { Clock } from '../clock.js';
import { FileBacked } from '../file-backed.js';
import type { Log } from '../log.js';
import { Allowance, type CallerLimits } from './allowance.js';
import type { Caller, Proof } from './caller.js';
import { type Callers, parseCallers } from './callers.js';
import { AccessDeniedError, DENIALS, type DenialReason } from './denial.js';
import { isJwt, type JwtSettings, type JwtVerifier, jwtVerifier } from './jwt.js';
import { CallerPermit, type DeniedCall, type Issuer, OPEN, type Permit, unknown } from './permit.js';
import type { Rpc } from './roles.js';
import { tokenHash } from './token.js';

export interface AccessSettings {
  /** Path of the file of callers. */
  readonly callers: string;
  readonly jwt: JwtSettings | undefined;
  readonly isMetricsOpen: boolean;
  readonly hasReflection: boolean;
  /** Of every caller for which the file has no other ones. */
  readonly limits: CallerLimits;
}

/** What a call brings to show who it is from. */
export interface Credentials {
  /** Of `authorization: Bearer ...`; where there is one, a certificate is not looked at. */
  readonly token: string | undefined;
  /** Names of the certificate that the connection was verified by; none where there is none. */
  readonly certificateNames: () => readonly string[];
  /** The address of the other end, for the log. */
  readonly peer: string;
}

/** So often streams are looked at whose callers' time may be over, ms. */
const REVIEW_INTERVAL_MS = 1_000;
/** Denials for one reason are logged no more often than this, ms: whoever has no business here must not fill the log. */
const LOG_INTERVAL_MS = 1_000;

/** What the two files say. */
interface Known {
  readonly callers: Callers;
  readonly verifyJwt: JwtVerifier | undefined;
}

/** Who may do what on this node. Everybody everything, where no callers are configured. */
export class Access implements Issuer {
  /** For /metrics. */
  readonly denials = new Map<DenialReason, number>(DENIALS.map((reason) => [reason, 0]));
  readonly files: FileBacked<Known> | undefined;
  /** Of the callers that have called, by name; no others than the file has. */
  readonly allowances = new Map<string, Allowance>();
  readonly #limits: CallerLimits | undefined;
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #namespaces: Readonly<Record<string, unknown>>;
  readonly #held = new Set<CallerPermit>();
  readonly #logged = new Map<DenialReason, { readonly atMs: number; readonly denials: number }>();
  #cancelReview = () => {};

  /** Throws when a file cannot be used, and names it. */
  constructor(
    settings: AccessSettings | undefined,
    parts: {
      readonly clock: Clock;
      readonly log: Log;
      /** Those that there are, by name. */
      readonly namespaces: Readonly<Record<string, unknown>>;
    },
  ) {
    const { clock, log } = parts;
    this.#clock = clock;
    this.#log = log;
    this.#namespaces = parts.namespaces;
    this.#limits = settings?.limits;
    if (!settings) return;
    const { callers, jwt } = settings;
    this.files = new FileBacked({
      what: 'the list of callers',
      paths: jwt ? [callers, jwt.keys] : [callers],
      parse: ([entries, keys]) => ({
        callers: parseCallers(callers, entries as Buffer),
        verifyJwt: jwt && jwtVerifier(jwt, keys as Buffer),
      }),
      clock,
      log,
    });
    this.files.follow(({ callers: { all } }) => {
      this.#reviewAllowances(all);
      this.#review();
    });
    this.#reviewLater();
  }

  /** Nobody has to say who they are. */
  get isOpen(): boolean {
    return this.files === undefined;
  }

  get heldPermits(): number {
    return this.#held.size;
  }

  /**
   * Lets a call in that is for one rpc or answers several, by the role of its caller; for which namespace is the permit's to say.
   * Throws or rejects with AccessDeniedError, or with RateReachedError where the caller calls too often.
   */
  admit(rpcs: readonly Rpc[], credentials: Credentials): Permit | Promise<Permit> {
    if (!this.files) return OPEN;
    const { peer } = credentials;
    const proof = this.#proofOf(credentials, { rpc: rpcs[0] as Rpc, peer });
    if (!(proof instanceof Promise)) return this.#permit(rpcs, proof, peer);
    return proof.then((verified) => this.#permit(rpcs, verified, peer));
  }

  /** Who it is; undefined where nobody has to say. Rejects with AccessDeniedError where nobody is known by this. */
  async identify(credentials: Credentials): Promise<Caller | undefined> {
    if (!this.files) return undefined;
    const call = { rpc: 'Session', peer: credentials.peer };
    return this.#callerBy(await this.#proofOf(credentials, call), call);
  }

  find(proof: Proof): Caller | undefined {
    return this.files?.value.callers.find(proof);
  }

  deny(
    reason: DenialReason,
    call: DeniedCall,
    message = 'credentials that are valid here are needed',
  ): AccessDeniedError {
    const denials = (this.denials.get(reason) as number) + 1;
    this.denials.set(reason, denials);
    this.#say(reason, call, denials);
    const isKnown = reason === 'role' || reason === 'namespace' || reason === 'last_seen';
    return new AccessDeniedError(isKnown ? 'PERMISSION_DENIED' : 'UNAUTHENTICATED', message);
  }

  allowanceOf(caller: Caller): Allowance {
    let allowance = this.allowances.get(caller.name);
    if (!allowance) {
      allowance = new Allowance(caller.name, this.#limitsOf(caller), this.#clock);
      this.allowances.set(caller.name, allowance);
    }
    return allowance;
  }

  hold(permit: CallerPermit): void {
    this.#held.add(permit);
  }

  release(permit: CallerPermit): void {
    this.#held.delete(permit);
  }

  close(): void {
    this.files?.close();
    this.#cancelReview();
  }

  #permit(rpcs: readonly Rpc[], proof: Proof, peer: string): Permit {
    const caller = this.#callerBy(proof, { rpc: rpcs[0] as Rpc, peer });
    return new CallerPermit(this, { rpcs, proof, peer, caller });
  }

  #limitsOf({ limits }: Caller): CallerLimits {
    return { ...(this.#limits as CallerLimits), ...limits };
  }

  /** The file has changed: who is in it goes on with what is left, by the limits that it states now. */
  #reviewAllowances(callers: ReadonlyMap<string, Caller>): void {
    for (const [name, allowance] of this.allowances) {
      const caller = callers.get(name);
      if (caller) allowance.change(this.#limitsOf(caller));
      else this.allowances.delete(name);
    }
  }

  #callerBy(proof: Proof, call: DeniedCall): Caller {
    const caller = this.find(proof);
    if (caller) return caller;
    throw this.deny(unknown(proof), call);
  }

  #proofOf({ token, certificateNames }: Credentials, call: DeniedCall): Proof | Promise<Proof> {
    if (token === undefined) {
      const names = certificateNames();
      if (names.length > 0) return { kind: 'certificate', names };
      throw this.deny('no_credentials', call);
    }
    const verify = this.files?.value.verifyJwt;
    if (!verify || !isJwt(token)) return { kind: 'token', hash: tokenHash(token) };
    return verify(token, this.#nowMs()).catch(() => {
      throw this.deny('invalid_jwt', call);
    });
  }

  #say(reason: DenialReason, call: DeniedCall, denials: number): void {
    const last = this.#logged.get(reason);
    const nowMs = this.#clock.nowMs();
    if (last && nowMs - last.atMs < LOG_INTERVAL_MS) return;
    this.#logged.set(reason, { atMs: nowMs, denials });
    const sinceLast = denials - (last?.denials ?? 0);
    const { namespace, ...others } = call;
    // Where there is none of that name it may be anything, such as somebody's id.
    const known = namespace !== undefined && Object.hasOwn(this.#namespaces, namespace) ? { namespace } : {};
    this.#log.warn({ reason, ...others, ...known, denials: sinceLast }, `${call.rpc} was denied (${reason})`);
  }

  #review(): void {
    const nowMs = this.#nowMs();
    for (const permit of this.#held) permit.review(nowMs);
  }

  #reviewLater(): void {
    this.#cancelReview = this.#clock.after(REVIEW_INTERVAL_MS, () => {
      this.#review();
      this.#reviewLater();
    });
  }

  #nowMs(): number {
    return this.#clock.epochUs() / 1000;
  }
}
