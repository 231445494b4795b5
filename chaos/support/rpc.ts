import { credentials, type ServiceError } from '@grpc/grpc-js';
import { PresenceService } from '../../src/grpc/definition.js';

export type Client = InstanceType<typeof PresenceService>;
type UnaryMethod = 'heartbeat' | 'leave' | 'isOnline' | 'batchSuspicion';
type Request<M extends UnaryMethod> = Parameters<Client[M]>[0];
type Response<M extends UnaryMethod> = NonNullable<
  Parameters<Extract<Parameters<Client[M]>[1], (...args: never[]) => void>>[1]
>;

/** A connection of its own to one node: it shares none with other clients, so that each breaks alone. */
export function connect(address: string): Client {
  return new PresenceService(address, credentials.createInsecure(), {
    'grpc.use_local_subchannel_pool': 1,
    // A node that comes back should be found at once: what is measured is phid, not the patience of a library.
    'grpc.initial_reconnect_backoff_ms': 100,
    'grpc.max_reconnect_backoff_ms': 300,
  });
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
