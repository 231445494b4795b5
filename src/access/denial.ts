/** Why somebody is not let in, for the metric; nobody else is told which of the first four it was. */
export const DENIALS = [
  'no_credentials',
  'unknown_token',
  'unknown_certificate',
  'invalid_jwt',
  'role',
  'namespace',
  'last_seen',
] as const;

export type DenialReason = (typeof DENIALS)[number];

/** A call that is not allowed: without credentials that are known, or to whom they belong. */
export class AccessDeniedError extends Error {
  override readonly name = 'AccessDeniedError';
  readonly code: 'UNAUTHENTICATED' | 'PERMISSION_DENIED';

  constructor(code: AccessDeniedError['code'], message: string) {
    super(message);
    this.code = code;
  }
}
