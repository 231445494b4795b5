import type { FleetEvent } from '../../src/fleet/event.js';

/** Times between the arrivals of each user's heartbeats, of whatever session, ms; in order. */
export function gapsOf(events: Iterable<FleetEvent>): Map<string, number[]> {
  const gaps = new Map<string, number[]>();
  const last = new Map<string, number>();
  for (const { type, userId, atMs } of events) {
    if (type === 'leave') continue;
    const lastMs = last.get(userId);
    last.set(userId, atMs);
    if (lastMs === undefined) gaps.set(userId, []);
    else gaps.get(userId)?.push(atMs - lastMs);
  }
  return gaps;
}
