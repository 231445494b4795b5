import type { FleetEvent } from './event.js';
import type { Incident } from './incident.js';
import { type ClientOptions, type Kind, optionsOf } from './kinds.js';
import { merge } from './merge.js';
import { Random } from './random.js';

/** A synthetic fleet: who is in it, for how long, and what befalls it. */
export interface FleetPlan {
  /** Each kind once. */
  readonly members: readonly FleetMember[];
  /** A whole number; another one is another course of events. */
  readonly seed: number;
  /** Nothing arrives from here on. */
  readonly durationMs: number;
  /** Gateways; each client comes through one of them. */
  readonly origins?: readonly [string, ...string[]];
  /** Each takes what the one before it left. */
  readonly incidents?: readonly Incident[];
}

interface FleetMember {
  readonly kind: Kind;
  readonly users: number;
  readonly options?: Partial<ClientOptions>;
}

interface FleetUser {
  /** The kind's name and a number, from 1. */
  readonly userId: string;
  readonly kind: Kind;
  readonly options: ClientOptions;
}

const ORIGINS = ['gateway-1', 'gateway-2', 'gateway-3', 'gateway-4'] as const;

/** The users of a fleet, in the order of its members. */
export function fleetUsers({ members }: FleetPlan): FleetUser[] {
  return members.flatMap(({ kind, users, options }) =>
    Array.from({ length: users }, (_, i) => ({
      userId: `${kind.name}-${i + 1}`,
      kind,
      options: optionsOf(kind, options),
    })),
  );
}

/**
 * What arrives from a fleet, in order of arrival; always the same for a plan. Users do not depend on one another: one
 * more of them, or another kind, changes nothing for the rest.
 */
export function* fleetEvents(plan: FleetPlan): Generator<FleetEvent> {
  const streams = fleetUsers(plan).map((user) => userEvents(user, plan));
  for (const event of merge(streams)) {
    if (event.atMs >= plan.durationMs) return;
    yield event;
  }
}

function userEvents(
  user: FleetUser,
  { seed, origins = ORIGINS, incidents = [] }: FleetPlan,
): Iterable<FleetEvent> {
  const random = new Random(seed).fork(user.userId);
  return incidents.reduce<Iterable<FleetEvent>>(
    (events, incident, i) => incident(events, random.fork(`incident-${i}`)),
    placed(user, random, random.fork('origin').pick(origins)),
  );
}

/** Events of one client, in the time of the fleet. Clients start within one interval, evenly. */
function* placed(
  { userId, kind, options }: FleetUser,
  random: Random,
  origin: string,
): Generator<FleetEvent> {
  const startMs = random.fork('start').uniform(0, options.intervalMs);
  for (const event of kind.client(random, options)) {
    const { type, device, sessionId } = event;
    const atMs = startMs + event.atMs;
    // Field by field: spreading the event takes four times as long as everything else here.
    if (type === 'leave') yield { type, atMs, device, sessionId, userId, origin };
    else {
      const { sequence, declaredMs, activity } = event;
      const sentMs = startMs + event.sentMs;
      yield { type, atMs, sentMs, device, sessionId, sequence, declaredMs, activity, userId, origin };
    }
  }
}
