import { ok } from 'node:assert';
import fc from 'fast-check';
import { parseCallers } from '../../src/access/callers.js';
import { jwtVerifier } from '../../src/access/jwt.js';
import { mutatedText } from '../support/mutated.js';
import type { Target } from '../support/target.js';

const HASH = `sha256:${'ab'.repeat(32)}`;
const CALLERS = `callers:
  gateway-eu:
    tokens: ["${HASH}"]
    certificates: ["URI:spiffe://example/gateway-eu", "DNS:gateway.eu.internal", "CN:gateway-eu"]
    subjects: ["gateway-eu@example"]
    roles: [ingest]
    namespaces: [web, mobile]
  console: { tokens: [], roles: [query, watch], namespaces: "*" }
`;
/** RFC 7515, appendix A.3; RFC 8037, appendix A.2. */
const KEYS = JSON.stringify({
  keys: [
    {
      ...{ kty: 'EC', crv: 'P-256', kid: 'ec', alg: 'ES256' },
      x: 'f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU',
      y: 'x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0',
    },
    { kty: 'OKP', crv: 'Ed25519', kid: 'ed', x: '11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo' },
  ],
});
const encoded = (json: object) => Buffer.from(JSON.stringify(json)).toString('base64url');
const TOKEN = [
  encoded({ alg: 'ES256', kid: 'ec' }),
  encoded({ iss: 'issuer', aud: 'phid', sub: 'gateway', exp: 4e9 }),
  'x'.repeat(86),
].join('.');

const callersText = mutatedText(fc.constant(CALLERS), ['roles:', 'admin', '"*"', HASH, 'CN:', 'callers:']);
const keysText = mutatedText(fc.constant(KEYS), ['"kty":"oct"', '"k":"AAAA"', '"RSA"', '"keys":', '"d":""']);
const tokenText = mutatedText(fc.constant(TOKEN), ['.', encoded({ alg: 'none' }), encoded({ alg: 'HS256' })]);

/** What it makes; undefined where it says what is wrong, in the one way in which it may. */
function made<T>(make: () => T, problem: RegExp): T | undefined {
  try {
    return make();
  } catch (error) {
    ok(error instanceof Error && problem.test(error.message), error as Error);
    return undefined;
  }
}

export const credentials: Target = {
  name: 'credentials',
  what: 'files of callers and keys, and tokens: nobody comes in whom nobody vouched for',
  cases: 20_000,
  quickCases: 50,
  open: () => ({
    property: fc.asyncProperty(callersText, keysText, tokenText, async (text, keySet, token) => {
      const callers = made(
        () => parseCallers('callers.yml', Buffer.from(text)),
        /^auth\.callers: callers\.yml: ./,
      );
      const stranger = { kind: 'token', hash: `sha256:${'0'.repeat(64)}` } as const;
      ok(!callers?.find(stranger), 'a token that nobody listed is known');
      const settings = { keys: 'keys.json', issuer: 'issuer', audience: 'phid' };
      const verify = made(
        () => jwtVerifier(settings, Buffer.from(keySet)),
        /^auth\.jwt_keys: keys\.json is no set of public keys: ./,
      );
      // Nobody signed it.
      const proof = await verify?.(token, 1.8e12).catch(() => undefined);
      ok(proof === undefined, 'a token that nobody signed proves something');
    }),
  }),
};
