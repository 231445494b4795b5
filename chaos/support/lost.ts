import type { Suspicion__Output } from '../../src/gen/phid/v1/Suspicion.js';
import { call, connect } from './rpc.js';
import type { SimulatedUser } from './user.js';

const USERS_A_CALL = 500;
const DEADLINE_MS = 5_000;
/** A store's clock may be behind the harness' by this, ms: the quickest answer's way, and a whole ms rounded away. */
const CLOCK_TOLERANCE_MS = 50;

/** A user of whom the store knows less than what was acknowledged. */
interface Loser {
  readonly userId: string;
  /** Acknowledged heartbeats that are newer than what the store knows. */
  readonly lost: number;
  /** The newest that was acknowledged, and the newest that is known. */
  readonly acknowledged: { readonly sequence: number; readonly sentMs: number };
  readonly known: { readonly sequence: number; readonly lastSeenMs: number } | undefined;
}

/**
 * Holds what a store knows of each session against what was acknowledged. Only of a session that has fallen silent it
 * tells whether anything was lost: the next heartbeat covers what is missing before it.
 */
export async function findLosers(address: string, users: readonly SimulatedUser[]): Promise<Loser[]> {
  const client = connect(address);
  const losers: Loser[] = [];
  try {
    for (let i = 0; i < users.length; i += USERS_A_CALL) {
      const some = users.slice(i, i + USERS_A_CALL);
      const userIds = some.map(({ id }) => id);
      const { suspicions } = await call(client, 'batchSuspicion', { userIds }, DEADLINE_MS);
      losers.push(...some.flatMap((user, j) => loserOf(user, suspicions?.[j] ?? undefined) ?? []));
    }
  } finally {
    client.close();
  }
  return losers;
}

function loserOf(user: SimulatedUser, suspicion: Suspicion__Output | undefined): Loser | undefined {
  if (!user.newest) return undefined;
  const session = suspicion?.sessions.find(({ sessionId }) => sessionId === user.sessionId);
  const lastSeenMs = Number(session?.lastSeen?.seconds) * 1000 + (session?.lastSeen?.nanos ?? 0) / 1e6;
  const beyond = user.acknowledgedBeyond(session?.sequence ?? 0);
  const isOlder = !(lastSeenMs >= user.newest.sentMs - CLOCK_TOLERANCE_MS);
  if (beyond === 0 && !isOlder) return undefined;
  const { sequence, sentMs } = user.newest;
  return {
    ...{ userId: user.id, lost: Math.max(1, beyond), acknowledged: { sequence, sentMs } },
    known: session && { sequence: session.sequence, lastSeenMs },
  };
}
