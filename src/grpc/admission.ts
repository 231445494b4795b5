import type { ServerUnaryCall } from '@grpc/grpc-js';
import { certificateNames } from '../access/certificate-names.js';
import { OPEN, type Permit } from '../access/permit.js';
import type { Rpc } from '../access/roles.js';
import type { RpcContext } from './context.js';
import { type RpcError, toRpcError } from './status.js';

/** What of a call says who it is from. */
type Admissible = Pick<
  ServerUnaryCall<unknown, unknown>,
  'metadata' | 'getPeer' | 'getAuthContext' | 'cancelled'
>;

const BEARER = /^Bearer +(\S+)$/i;

/** Lets a call in; throws or rejects as Access.admit does. */
export function admit(
  rpcs: readonly Rpc[],
  call: Admissible,
  { access }: RpcContext,
): Permit | Promise<Permit> {
  if (access.isOpen) return OPEN;
  return access.admit(rpcs, {
    token: tokenOf(call),
    certificateNames: () => {
      const { sslPeerCertificate } = call.getAuthContext();
      return sslPeerCertificate ? certificateNames(sslPeerCertificate) : [];
    },
    peer: call.getPeer(),
  });
}

/** Something that is no bearer token is one that nobody has: whoever sends it means to prove something. */
function tokenOf({ metadata }: Admissible): string | undefined {
  const [header] = metadata.get('authorization');
  if (header === undefined) return undefined;
  return BEARER.exec(String(header))?.[1] ?? '';
}

/** Opens a stream when its call is let in; one that is not ends with the error. */
export function admitted<Call extends Admissible & { emit(event: 'error', error: RpcError): boolean }>(
  rpc: Rpc,
  context: RpcContext,
  open: (call: Call, permit: Permit) => void,
): (call: Call) => void {
  const rpcs = [rpc];
  const refuse = (call: Call, error: unknown) => {
    const rpcError = toRpcError(error, context.log);
    call.emit('error', rpcError);
    context.observe(rpc, rpcError.code, 0);
  };
  return (call) => {
    try {
      const permit = admit(rpcs, call, context);
      if (!(permit instanceof Promise)) open(call, permit);
      else
        permit
          .then((given) => call.cancelled || open(call, given))
          .catch((error: unknown) => refuse(call, error));
    } catch (error) {
      refuse(call, error);
    }
  };
}
