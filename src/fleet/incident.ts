import type { FleetEvent } from './event.js';
import type { Random } from './random.js';

/** What befalls a fleet: makes, of the events of one client, those that arrive. `random` is that client's own. */
export type Incident = (events: Iterable<FleetEvent>, random: Random) => Iterable<FleetEvent>;

/**
 * Part of the fleet is cut off: what it would send in that time is lost, or is `held` and arrives when the time is over.
 */
export function partition({
  atMs,
  lengthMs = 30_000,
  share,
  held,
}: {
  readonly atMs: number;
  readonly lengthMs?: number;
  /** Of the clients, 0 to 1. */
  readonly share: number;
  readonly held: boolean;
}): Incident {
  const endMs = atMs + lengthMs;
  return function* (events, random) {
    const isCutOff = random.chance(share);
    for (const event of events) {
      if (!isCutOff || event.atMs < atMs || event.atMs >= endMs) yield event;
      else if (held) yield { ...event, atMs: endMs };
    }
  };
}

interface Deploy {
  /** Restart of the first gateway. */
  readonly atMs: number;
  /** The gateways, in the order of their restarts. */
  readonly origins: readonly string[];
  /** From one restart to the next; longer than `downMs`. */
  readonly stepMs: number;
  /** How long a gateway takes nobody. */
  readonly downMs: number;
  /** How long a client needs to connect elsewhere, on average. */
  readonly reconnectMs: number;
}

/**
 * Gateways restart one after another. Their clients connect again, as new sessions, through another one that is up, and
 * then send what was due meanwhile.
 */
export function rollingDeploy(deploy: Deploy): Incident {
  return function* (events, random) {
    let origin: string | undefined;
    let moves = 0;
    let backMs = Number.NEGATIVE_INFINITY;
    const sessions = new Map<string, Renamed>();
    for (const event of events) {
      origin ??= event.origin;
      for (
        let downMs = restartMs(deploy, origin);
        backMs < downMs && downMs <= event.atMs;
        downMs = restartMs(deploy, origin)
      ) {
        moves += 1;
        backMs = downMs + random.about(deploy.reconnectMs);
        origin = random.pick(upAt(deploy, backMs, origin));
      }
      const atMs = Math.max(event.atMs, backMs);
      if (moves === 0) {
        yield event;
      } else if (event.type === 'heartbeat') {
        const renamed = renamedOf(sessions, event, moves);
        const sequence = event.sequence - renamed.sequenceOffset;
        yield { ...event, atMs, origin, sessionId: renamed.sessionId, sequence };
      } else {
        // Who leaves without having beaten since ends the session that is known.
        const sessionId = sessions.get(event.sessionId)?.sessionId ?? event.sessionId;
        yield { ...event, atMs, origin, sessionId };
      }
    }
  };
}

/** A session that goes on as a new one after `moves` reconnects. */
interface Renamed {
  readonly moves: number;
  readonly sessionId: string;
  readonly sequenceOffset: number;
}

function renamedOf(
  sessions: Map<string, Renamed>,
  { sessionId, sequence }: { readonly sessionId: string; readonly sequence: number },
  moves: number,
): Renamed {
  let renamed = sessions.get(sessionId);
  if (renamed?.moves !== moves) {
    renamed = { moves, sessionId: `${sessionId}.${moves}`, sequenceOffset: sequence - 1 };
    sessions.set(sessionId, renamed);
  }
  return renamed;
}

/** When a gateway goes down; never for one that has no part in the deploy. */
function restartMs({ atMs, origins, stepMs }: Deploy, origin: string): number {
  const place = origins.indexOf(origin);
  return place === -1 ? Number.POSITIVE_INFINITY : atMs + place * stepMs;
}

/** Gateways that take clients at `atMs`; the present one when there is no other. */
function upAt(deploy: Deploy, atMs: number, present: string): readonly [string, ...string[]] {
  const [first, ...others] = deploy.origins.filter((origin) => {
    const downMs = restartMs(deploy, origin);
    return origin !== present && (atMs < downMs || atMs >= downMs + deploy.downMs);
  });
  return first === undefined ? [present] : [first, ...others];
}
