import { type Client, call, connect } from './rpc.js';
import type { SimulatedUser } from './user.js';

const USERS_A_CALL = 500;
const DEADLINE_MS = 5_000;
/** A store's clock may be behind the harness' by this, ms: the quickest answer's way, and a whole ms rounded away. */
const CLOCK_TOLERANCE_MS = 50;

interface Lost {
  /** Acknowledged heartbeats that are newer than what the store knows. */
  readonly heartbeats: number;
  /** Users who have lost any. */
  readonly users: number;
}

/**
 * Holds what a store knows of each session against what was acknowledged. Only of a session that has fallen silent it
 * tells whether anything was lost: the next heartbeat covers what is missing before it.
 */
export async function findLost(address: string, users: readonly SimulatedUser[]): Promise<Lost> {
  const client = connect(address);
  let heartbeats = 0;
  let losers = 0;
  try {
    for (let i = 0; i < users.length; i += USERS_A_CALL) {
      for (const lost of await lostOf(client, users.slice(i, i + USERS_A_CALL))) {
        heartbeats += lost;
        if (lost > 0) losers += 1;
      }
    }
  } finally {
    client.close();
  }
  return { heartbeats, users: losers };
}

async function lostOf(client: Client, users: readonly SimulatedUser[]): Promise<number[]> {
  const userIds = users.map(({ id }) => id);
  const { suspicions } = await call(client, 'batchSuspicion', { userIds }, DEADLINE_MS);
  return users.map((user, i) => {
    if (!user.newest) return 0;
    const session = suspicions?.[i]?.sessions.find(({ sessionId }) => sessionId === user.sessionId);
    const beyond = user.acknowledgedBeyond(session?.sequence ?? 0);
    const lastSeenMs = Number(session?.lastSeen?.seconds) * 1000 + (session?.lastSeen?.nanos ?? 0) / 1e6;
    const isOlder = !(lastSeenMs >= user.newest.sentMs - CLOCK_TOLERANCE_MS);
    return beyond === 0 && isOlder ? 1 : beyond;
  });
}
