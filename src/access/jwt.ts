import { createLocalJWKSet, type JSONWebKeySet, jwtVerify } from 'jose';
import { z } from 'zod';
import type { Proof } from './caller.js';

export interface JwtSettings {
  /** Path of a JSON Web Key Set. */
  readonly keys: string;
  readonly issuer: string;
  readonly audience: string;
}

/** With a symmetric one, whoever can check a token could make one; `none` proves nothing. */
const ALGORITHMS = [
  ...['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512'],
  ...['ES256', 'ES384', 'ES512', 'EdDSA', 'Ed25519'],
];

/** Clocks of issuers are allowed to differ by so much, s. */
const CLOCK_TOLERANCE_SECONDS = 5;

const keySetSchema = z.looseObject({
  keys: z.array(z.looseObject({ kty: z.enum(['RSA', 'EC', 'OKP']) })).min(1),
});

/** Proof from a token; rejects where it is not signed by one of the keys, not yet or no longer valid, or meant for others. */
export type JwtVerifier = (token: string, nowMs: number) => Promise<Proof>;

/** Verifies by the keys of a set (RFC 7517). Throws where it is none, or has a key that is not asymmetric. */
export function jwtVerifier({ keys: path, issuer, audience }: JwtSettings, content: Buffer): JwtVerifier {
  let keys: ReturnType<typeof createLocalJWKSet>;
  try {
    keys = createLocalJWKSet(keySetSchema.parse(JSON.parse(content.toString('utf8'))) as JSONWebKeySet);
  } catch (error) {
    const problem =
      error instanceof z.ZodError ? z.prettifyError(error).replaceAll('\n', '') : (error as Error).message;
    throw new Error(`auth.jwt_keys: ${path} is no set of public keys: ${problem}`);
  }
  return async (token, nowMs) => {
    const { payload } = await jwtVerify(token, keys, {
      issuer,
      audience,
      algorithms: ALGORITHMS,
      requiredClaims: ['exp', 'sub'],
      clockTolerance: CLOCK_TOLERANCE_SECONDS,
      currentDate: new Date(nowMs),
    });
    const { sub: subject, exp } = payload as { readonly sub: string; readonly exp: number };
    return { kind: 'jwt', subject, expiresMs: (exp + CLOCK_TOLERANCE_SECONDS) * 1000 };
  };
}

/** Three parts of base64url: RFC 7519. A token of phid has no dots. */
export function isJwt(token: string): boolean {
  return /^[\w-]+\.[\w-]+\.[\w-]+$/.test(token);
}
