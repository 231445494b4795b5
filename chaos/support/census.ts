import { credentials } from '@grpc/grpc-js';
import type { NamespaceCensus__Output } from '../../src/gen/phid/v1/NamespaceCensus.js';
import { TuningService } from '../../src/grpc/definition.js';
import type { Scene } from './scene.js';

/** What a node says that there are of users; undefined when it does not answer. */
async function censusOf(address: string): Promise<NamespaceCensus__Output | undefined> {
  const client = new TuningService(address, credentials.createInsecure());
  const answer = await new Promise<NamespaceCensus__Output | undefined>((resolve) => {
    client.GetFleet({}, { deadline: Date.now() + 2_000 }, (_, response) => resolve(response?.namespaces[0]));
  });
  client.close();
  return answer;
}

/**
 * How many users a node counts wrongly: those who are there and those who are not, against the truth. Who died within the last
 * `untoldMs` may be either. NaN when it does not answer.
 */
export async function miscounted({ fleet }: Scene, address: string, untoldMs: number): Promise<number> {
  const census = await censusOf(address);
  if (!census) return Number.NaN;
  const nowMs = Date.now();
  const living = fleet.living().length;
  const undecided = fleet.users.filter(
    ({ life, lifeSinceMs }) => life !== 'beating' && nowMs - lifeSinceMs < untoldMs,
  ).length;
  const there = Number(census.online) + Number(census.suspect);
  const off = Math.max(living - there, there - living - undecided, 0);
  const total = there + Number(census.offline);
  return Math.max(off, Math.abs(total - fleet.users.length));
}
