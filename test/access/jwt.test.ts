import { exportJWK, exportSPKI, generateKeyPair, type JWTPayload, SignJWT, UnsecuredJWT } from 'jose';
import { beforeAll, describe, expect, it } from 'vitest';
import { isJwt, type JwtVerifier, jwtVerifier } from '../../src/access/jwt.js';
import { newToken } from '../../src/access/token.js';

const NOW_SECONDS = 1_700_000_000;
const SETTINGS = { keys: 'keys.json', issuer: 'https://id.example', audience: 'phid' };
const CLAIMS = { iss: SETTINGS.issuer, aud: SETTINGS.audience, sub: 'gateway', exp: NOW_SECONDS + 60 };

let keys: Awaited<ReturnType<typeof generateKeyPair>>;
let others: Awaited<ReturnType<typeof generateKeyPair>>;
let verify: JwtVerifier;

beforeAll(async () => {
  keys = await generateKeyPair('ES256', { extractable: true });
  others = await generateKeyPair('ES256');
  verify = verifier([{ ...(await exportJWK(keys.publicKey)), kid: 'one', alg: 'ES256' }]);
});

function verifier(set: object[]): JwtVerifier {
  return jwtVerifier(SETTINGS, Buffer.from(JSON.stringify({ keys: set })));
}

function signed(claims: JWTPayload, key = keys.privateKey): Promise<string> {
  return new SignJWT(claims).setProtectedHeader({ alg: 'ES256', kid: 'one' }).sign(key);
}

const proofOf = async (token: string | Promise<string>, nowSeconds = NOW_SECONDS) =>
  verify(await token, nowSeconds * 1000);

describe('a signed token', () => {
  it('proves who its subject is, until it expires', async () => {
    const proof = await proofOf(signed(CLAIMS));
    expect(proof).toEqual({ kind: 'jwt', subject: 'gateway', expiresMs: (NOW_SECONDS + 65) * 1000 });
  });

  it.each([
    ['has expired', { ...CLAIMS, exp: NOW_SECONDS - 6 }],
    ['never expires', { iss: CLAIMS.iss, aud: CLAIMS.aud, sub: CLAIMS.sub }],
    ['is not valid yet', { ...CLAIMS, nbf: NOW_SECONDS + 6 }],
    ['is of another issuer', { ...CLAIMS, iss: 'https://evil.example' }],
    ['is for somebody else', { ...CLAIMS, aud: 'other' }],
    ['is for nobody', { iss: CLAIMS.iss, sub: CLAIMS.sub, exp: CLAIMS.exp }],
    ['is of nobody', { iss: CLAIMS.iss, aud: CLAIMS.aud, exp: CLAIMS.exp }],
  ])('that %s proves nothing', async (_, claims) => {
    await expect(proofOf(signed(claims))).rejects.toThrow();
  });

  it('is allowed clocks that differ by five seconds', async () => {
    await expect(
      proofOf(signed({ ...CLAIMS, exp: NOW_SECONDS - 4, nbf: NOW_SECONDS + 4 })),
    ).resolves.toBeDefined();
  });

  it('proves nothing by another key, by no key, or by the public one taken for a secret', async () => {
    await expect(proofOf(signed(CLAIMS, others.privateKey))).rejects.toThrow();
    await expect(proofOf(new UnsecuredJWT(CLAIMS).encode())).rejects.toThrow();
    const secret = new TextEncoder().encode(await exportSPKI(keys.publicKey));
    const confused = new SignJWT(CLAIMS).setProtectedHeader({ alg: 'HS256', kid: 'one' }).sign(secret);
    await expect(proofOf(confused)).rejects.toThrow();
  });

  it('proves nothing when a character of it is another', async () => {
    const [head, payload, signature = ''] = (await signed(CLAIMS)).split('.');
    const changed = `${signature[0] === 'A' ? 'B' : 'A'}${signature.slice(1)}`;
    await expect(proofOf(`${head}.${payload}.${changed}`)).rejects.toThrow();
  });

  it('is told from a token of phid', async () => {
    expect(isJwt(await signed(CLAIMS))).toBe(true);
    expect([isJwt(newToken()), isJwt(''), isJwt('a.b'), isJwt('a.b.c.d')]).toEqual([
      false,
      false,
      false,
      false,
    ]);
  });
});

describe('a set of keys', () => {
  it.each([
    ['{', /^auth.jwt_keys: keys.json is no set of public keys: /],
    ['{}', /keys/],
    ['{"keys":[]}', /keys/],
    ['{"keys":[{"kty":"oct","k":"c2VjcmV0"}]}', /kty/],
  ])('that is wrong, or symmetric, is refused: %s', (text, problem) => {
    expect(() => jwtVerifier(SETTINGS, Buffer.from(text))).toThrow(problem);
  });
});
