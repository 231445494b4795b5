import { parse } from 'yaml';
import { z } from 'zod';
import {
  CALLER_STREAMS_MAX,
  CALLS_PER_SECOND_MAX,
  type CallerLimits,
  HEARTBEATS_PER_SECOND_MAX,
} from './allowance.js';
import { Caller, type Proof } from './caller.js';
import { LAST_SEEN } from './last-seen.js';
import { ROLES } from './roles.js';
import { TOKEN_HASH } from './token.js';

const names = z.array(z.string().min(1).max(1_024)).default([]);
const hashes = z.string().regex(TOKEN_HASH, 'is not sha256: and 64 digits, as `phid token new` writes it');
const certificateNames = z.string().regex(/^(CN|DNS|URI):./, 'does not begin with CN:, DNS: or URI:');

const limit = (max: number) => z.int().min(1).max(max).optional();
const limits = z
  .strictObject({
    calls_per_second: limit(CALLS_PER_SECOND_MAX),
    heartbeats_per_second: limit(HEARTBEATS_PER_SECOND_MAX),
    streams_max: limit(CALLER_STREAMS_MAX),
  })
  .default({});

const fileSchema = z.strictObject({
  callers: z.record(
    z.string().regex(/^[\w.@/-]{1,64}$/, 'is not 1 to 64 letters, digits or . _ @ / -'),
    z.strictObject({
      tokens: z.array(hashes).default([]),
      certificates: z.array(certificateNames).default([]),
      subjects: names,
      roles: z.array(z.enum(ROLES)).min(1),
      namespaces: z.union([z.literal('*'), z.array(z.string().min(1))]),
      limits,
      last_seen: z.enum(LAST_SEEN).default('exact'),
    }),
  ),
});

/**
 * All callers, by what proves who they are. A token is found by its hash: how long that takes says something of hashes, which
 * nobody can choose, and nothing of the token, so that there is nothing to compare in constant time.
 */
export class Callers {
  readonly all = new Map<string, Caller>();
  readonly #byProof = new Map<string, Caller>();

  find(proof: Proof): Caller | undefined {
    if (proof.kind === 'token') return this.#byProof.get(`token ${proof.hash}`);
    if (proof.kind === 'jwt') return this.#byProof.get(`jwt ${proof.subject}`);
    for (const name of proof.names) {
      const caller = this.#byProof.get(`certificate ${name}`);
      if (caller) return caller;
    }
    return undefined;
  }

  /** Throws where another caller has the same proof. */
  add(kind: Proof['kind'], proof: string, caller: Caller): void {
    const key = `${kind} ${proof}`;
    const other = this.#byProof.get(key);
    if (other) throw new Error(`callers.${caller.name}: ${proof} is of ${other.name} already`);
    this.#byProof.set(key, caller);
  }
}

/** Reads a file of callers; `path` is for messages. Throws with the first thing that is wrong. */
export function parseCallers(path: string, content: Buffer): Callers {
  try {
    const { callers: entries } = fileSchema.parse(
      parse(content.toString('utf8'), { logLevel: 'error' }) ?? {},
      {
        reportInput: false,
      },
    );
    const callers = new Callers();
    for (const [name, entry] of Object.entries(entries)) {
      const { tokens, certificates, subjects, roles, namespaces, last_seen: lastSeen } = entry;
      const caller = new Caller({ name, roles, namespaces, lastSeen, limits: limitsOf(entry.limits) });
      callers.all.set(name, caller);
      for (const token of tokens) callers.add('token', token, caller);
      for (const certificate of certificates) callers.add('certificate', certificate, caller);
      for (const subject of subjects) callers.add('jwt', subject, caller);
    }
    return callers;
  } catch (error) {
    throw new Error(`auth.callers: ${path}: ${problemOf(error as Error)}`);
  }
}

/** Those that are stated. */
function limitsOf(stated: z.output<typeof limits>): Partial<CallerLimits> {
  return {
    ...(stated.calls_per_second && { callsPerSecond: stated.calls_per_second }),
    ...(stated.heartbeats_per_second && { heartbeatsPerSecond: stated.heartbeats_per_second }),
    ...(stated.streams_max && { streamsMax: stated.streams_max }),
  };
}

function problemOf(error: Error): string {
  if (!(error instanceof z.ZodError)) return error.message.split('\n', 1)[0] as string;
  const [issue] = error.issues;
  return issue ? `${issue.path.join('.') || 'the file'}: ${issue.message}` : error.message;
}
