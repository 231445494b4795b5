import type { ClientEvent } from './event.js';
import type { Link } from './link.js';
import type { Random } from './random.js';

/** What a device does, by its own timer and before the network has its way with it. */
export interface Send {
  readonly atMs: number;
  /** Counts the sessions of the device, from 1. */
  readonly session: number;
  /** 0: not declared. */
  readonly declaredMs?: number;
  readonly activity?: 'BACKGROUND';
  readonly isLeave?: true;
}

interface DeviceOptions {
  readonly name: string;
  readonly random: Random;
  readonly link: Link;
  /** Standard deviation of its timer. */
  readonly jitterMs?: number;
  /** Probability that the network loses one, whatever the others met. */
  readonly loss: number;
}

/** Timers of desktops and phones come a few ms early or late, whatever the interval. */
const TIMER_JITTER_MS = 2;

/** What arrives of the sends of one device, which are in order: the connection is one queue, none overtakes another. */
export function* arrivals(
  sends: Iterable<Send>,
  { name, random, link, jitterMs = TIMER_JITTER_MS, loss }: DeviceOptions,
): Generator<ClientEvent> {
  let session = 0;
  let sequence = 0;
  let sentMs = 0;
  let atMs = 0;
  for (const send of sends) {
    if (send.session !== session) sequence = 0;
    session = send.session;
    sentMs = Math.max(sentMs, send.atMs + jitterMs * random.normal());
    const delayMs = link(sentMs);
    const isLost = random.chance(loss) || delayMs === undefined;
    if (!send.isLeave) sequence += 1;
    if (isLost) continue;
    atMs = Math.max(atMs, sentMs + delayMs);
    const { declaredMs = 0, activity = 'ACTIVE' } = send;
    const sessionId = `${name}-${session}`;
    yield send.isLeave
      ? { type: 'leave', atMs, device: name, sessionId }
      : { type: 'heartbeat', atMs, sentMs, device: name, sessionId, sequence, declaredMs, activity };
  }
}
