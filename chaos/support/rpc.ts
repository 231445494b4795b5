import { readFileSync } from 'node:fs';
import { type ChannelCredentials, credentials, Metadata, type ServiceError } from '@grpc/grpc-js';
import { PresenceService } from '../../src/grpc/definition.js';

export type Client = InstanceType<typeof PresenceService>;
type UnaryMethod = 'heartbeat' | 'leave' | 'isOnline' | 'batchSuspicion';
type Request<M extends UnaryMethod> = Parameters<Client[M]>[0];
type Response<M extends UnaryMethod> = NonNullable<
  Parameters<Extract<Parameters<Client[M]>[1], (...args: never[]) => void>>[1]
>;

/**
 * A connection of its own to one node: it shares none with other clients, so that each breaks alone. `address`: host:port, or of a
 * node that is guarded what Guard.urlOf says.
 */
export function connect(address: string): Client {
  const { host, channel } = address.startsWith('grpcs:')
    ? guardedBy(new URL(address))
    : { host: address, channel: credentials.createInsecure() };
  return new PresenceService(host, channel, {
    'grpc.use_local_subchannel_pool': 1,
    // A node that comes back should be found at once: what is measured is phid, not the patience of a library.
    'grpc.initial_reconnect_backoff_ms': 100,
    'grpc.max_reconnect_backoff_ms': 300,
  });
}

function guardedBy({ username: token, host, searchParams }: URL): {
  host: string;
  channel: ChannelCredentials;
} {
  const proof = new Metadata();
  proof.set('authorization', `Bearer ${token}`);
  const byToken = credentials.createFromMetadataGenerator((_, done) => done(null, proof));
  const byTls = credentials.createSsl(readFileSync(searchParams.get('ca') as string));
  return { host, channel: credentials.combineChannelCredentials(byTls, byToken) };
}

/** Rejects with a ServiceError, at the latest after `deadlineMs`. */
export function call<M extends UnaryMethod>(
  client: Client,
  method: M,
  request: Request<M>,
  deadlineMs: number,
): Promise<Response<M>> {
  return new Promise((resolve, reject) => {
    const done = (error: ServiceError | null, response?: Response<M>) =>
      error ? reject(error) : resolve(response as Response<M>);
    (client[method] as (request: Request<M>, options: object, callback: typeof done) => void)(
      request,
      { deadline: Date.now() + deadlineMs },
      done,
    );
  });
}
