import type { FleetEvent } from '../../src/fleet/event.js';
import { type FleetPlan, fleetEvents } from '../../src/fleet/fleet.js';
import { type ClientOptions, type Kind, kinds } from '../../src/fleet/kinds.js';

export function kindOf(name: string): Kind {
  const kind = kinds.find((candidate) => candidate.name === name);
  if (!kind) throw new Error(`no kind ${name}`);
  return kind;
}

export type Sent = Extract<FleetEvent, { type: 'heartbeat' }>;

/** What arrives of users of one kind. */
export function eventsOf(
  name: string,
  {
    users = 1,
    hours = 24,
    seed = 1,
    ...options
  }: { users?: number; hours?: number; seed?: number } & Partial<ClientOptions> = {},
): FleetEvent[] {
  const members = [{ kind: kindOf(name), users, options }];
  return [...fleetEvents({ members, seed, durationMs: hours * 3_600_000 })];
}

export function heartbeatsOf(events: Iterable<FleetEvent>): Sent[] {
  return [...events].filter((event): event is Sent => event.type === 'heartbeat');
}

/** Every kind, some of each. */
export const everybody: FleetPlan = {
  members: kinds.map((kind) => ({ kind, users: 2 })),
  seed: 1,
  durationMs: 3 * 3_600_000,
};
