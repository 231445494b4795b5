import type { Caller } from '../access/caller.js';
import type { Log } from '../log.js';

/** Who asks, and the address that they call from. */
export interface Asker {
  readonly caller: Caller | undefined;
  readonly peer: string;
}

/** Says in the log that somebody has changed something for all: the line has who, from where and what; its time is when. */
export function audit(log: Log, { caller, peer }: Asker, rpc: string, what: object): void {
  const name = caller?.name;
  log.info({ audit: rpc, caller: name, peer, ...what }, `${rpc} by ${name ?? 'somebody'} from ${peer}`);
}
