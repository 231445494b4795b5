import { z } from 'zod';
import type { Access, Credentials } from '../../access/access.js';
import type { Caller } from '../../access/caller.js';
import { InvalidRequestError } from '../../presence/errors.js';
import { TOKEN_COOKIE } from '../credentials.js';

/** How a browser keeps a token: no script reads it, no other site sends it. */
const COOKIE_ATTRIBUTES = 'Path=/; HttpOnly; SameSite=Strict';

/** What a cookie can hold as it is; tokens of phid and JWT are of these. */
const bodySchema = z.strictObject({ token: z.string().regex(/^[\w.~+/-]+=*$/) });

export interface SessionRequest {
  readonly credentials: Credentials;
  readonly isSecure: boolean;
  readonly body: () => Promise<string>;
}

/** An answer that may set the cookie. */
export interface SessionAnswer {
  readonly session: object;
  readonly cookie?: string;
}

/** Who asks: `{"open": true}` where nobody has to say. Rejects with AccessDeniedError where nobody is known by the credentials. */
export async function session(access: Access, { credentials }: SessionRequest): Promise<SessionAnswer> {
  return { session: sessionOf(await access.identify(credentials)) };
}

/** Begins a session of a browser with the token in the body: from now on its cookie is sent with every request. */
export async function beginSession(
  access: Access,
  { credentials, isSecure, body }: SessionRequest,
): Promise<SessionAnswer> {
  const token = tokenOf(await body());
  const caller = await access.identify({ ...credentials, token });
  return { session: sessionOf(caller), cookie: cookieOf(token, isSecure) };
}

/** Ends it: the browser forgets the token, which is valid as before. */
export async function endSession(_: Access, { isSecure }: SessionRequest): Promise<SessionAnswer> {
  return { session: {}, cookie: `${cookieOf('', isSecure)}; Max-Age=0` };
}

function sessionOf(caller: Caller | undefined): object {
  if (!caller) return { open: true };
  const { name, roles, namespaces, lastSeen } = caller;
  return { open: false, caller: name, roles, namespaces, lastSeen };
}

function cookieOf(value: string, isSecure: boolean): string {
  return `${TOKEN_COOKIE}=${value}; ${COOKIE_ATTRIBUTES}${isSecure ? '; Secure' : ''}`;
}

/** What is wrong is not repeated: it may be a token. */
function tokenOf(body: string): string {
  try {
    return bodySchema.parse(JSON.parse(body)).token;
  } catch {
    throw new InvalidRequestError('body', 'is not {"token": "..."} in JSON');
  }
}
