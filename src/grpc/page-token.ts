import { InvalidRequestError } from '../presence/errors.js';

/** Where the next page begins, as callers get it: nothing that they should read. '' when there is none. */
export function pageToken(after: string): string {
  return Buffer.from(after).toString('base64url');
}

/** What `pageToken` was made of. Throws InvalidRequestError where it was not. */
export function validPageToken(token: string): string {
  const after = Buffer.from(token, 'base64url').toString();
  if (pageToken(after) === token) return after;
  const problem = `${JSON.stringify(token)} is no token of a page before`;
  throw new InvalidRequestError('page_token', problem);
}
