import type { Permit } from '../access/permit.js';
import type { Log } from '../log.js';

/** Who asks, and the address that they call from. */
export interface Asker {
  readonly permit: Permit;
  readonly peer: string;
}

/** Says in the log that somebody has changed something for all: the line has who, from where and what; its time is when. */
export function audit(log: Log, { permit, peer }: Asker, rpc: string, what: object): void {
  const name = permit.caller?.name;
  log.info({ audit: rpc, caller: name, peer, ...what }, `${rpc} by ${name ?? 'somebody'} from ${peer}`);
}
