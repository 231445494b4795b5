import { type ActiveUsers, fleetOf, type Gateway } from './fleet.js';
import type { Turns } from './turns.js';

/** More heartbeats than a service can take, by gateways that do not wait for answers but for flow control. */
interface FloodJob extends ActiveUsers {
  readonly batch: number;
  readonly heartbeatsPerS: number;
  readonly ms: number;
}

interface FloodReport {
  readonly offered: number;
  /** What flow control let the gateways send; the rest was never sent. */
  readonly sent: number;
  readonly acknowledged: number;
  /** Sent, answered, and not accepted. */
  readonly refused: number;
  /** From the first message to the last answer. */
  readonly elapsedMs: number;
}

const TICK_MS = 5;

/** Floods for the time of the job, ends the streams, and reports when the service has answered and ended them too. */
export async function flood(job: FloodJob): Promise<FloodReport> {
  const fleet = await fleetOf(job);
  const gateways = fleet.gateways.slice(0, job.gateways);
  const count = { offered: 0, sent: 0, acknowledged: 0, refused: 0 };
  const held = new Set<Gateway>();
  const turns = fleet.turnsOf(job);
  const members = new Uint32Array(job.batch);
  let broken: (error: Error) => void = () => {};
  const breaking = new Promise<never>((_, reject) => {
    broken = reject;
  });
  const startedMs = performance.now();

  for (const gateway of gateways) {
    gateway.stream.onDrain = () => void held.delete(gateway);
    gateway.onAnswer = (accepted) => {
      count.acknowledged += accepted;
      count.refused += job.batch - accepted;
    };
    gateway.onEnd = (failure) => broken(new Error(failure ?? 'HeartbeatStream was ended by the server'));
  }
  const ticking = setInterval(() => {
    const dueHeartbeats = ((performance.now() - startedMs) / 1000) * job.heartbeatsPerS;
    // Each in turn: one that is held back loses what it would have sent now.
    for (let turn = count.offered / job.batch; count.offered < dueHeartbeats; turn++) {
      const i = turn % gateways.length;
      const gateway = gateways[i] as Gateway;
      count.offered += job.batch;
      if (held.has(gateway)) continue;
      count.sent += job.batch;
      const users = (turns[i] as Turns).take(members);
      if (!gateway.stream.write(fleet.encoded.batch(users))) held.add(gateway);
    }
  }, TICK_MS);
  try {
    await Promise.race([breaking, new Promise((resolve) => setTimeout(resolve, job.ms))]);
  } finally {
    clearInterval(ticking);
  }
  await Promise.all(gateways.map((gateway) => gateway.end()));
  return { ...count, elapsedMs: performance.now() - startedMs };
}
