import type { DrainRequest__Output } from '../gen/phid/v1/DrainRequest.js';
import type { DrainResponse } from '../gen/phid/v1/DrainResponse.js';
import { InvalidRequestError } from '../presence/errors.js';
import type { RpcContext } from './context.js';
import { validOrigin } from './validation.js';

const GRACE_MS_MAX = 86_400_000;

export async function drain(
  { presence }: RpcContext,
  { origin, graceMs }: DrainRequest__Output,
): Promise<DrainResponse> {
  if (graceMs > GRACE_MS_MAX) {
    throw new InvalidRequestError('grace_ms', `${graceMs} is more than ${GRACE_MS_MAX}, one day`);
  }
  return { users: presence.doubt.holds.drain(validOrigin(origin), graceMs) };
}
