import { describe, expect, it, vi } from 'vitest';
import { parseCallers } from '../../src/access/callers.js';
import { certificateNames } from '../../src/access/certificate-names.js';
import { newToken, TOKEN_HASH, tokenHash } from '../../src/access/token.js';

const HASH = `sha256:${'a'.repeat(64)}`;
const parse = (yaml: string) => parseCallers('callers.yml', Buffer.from(yaml));

describe('a file of callers', () => {
  it('is found by what proves who they are, and by nothing else', () => {
    const callers = parse(`
callers:
  gateway:
    tokens: [${HASH}]
    certificates: [CN:gateway, URI:spiffe://phid/gateway]
    subjects: [gateway@id]
    roles: [ingest]
    namespaces: [web]
  console: { certificates: [DNS:console.internal], roles: [query, watch], namespaces: "*" }
`);
    const find = (...names: string[]) => callers.find({ kind: 'certificate', names })?.name;
    expect(callers.find({ kind: 'token', hash: HASH })).toMatchObject({
      name: 'gateway',
      namespaces: ['web'],
    });
    expect(callers.find({ kind: 'token', hash: 'CN:gateway' })).toBeUndefined();
    expect(callers.find({ kind: 'jwt', subject: 'gateway@id', expiresMs: 0 })?.name).toBe('gateway');
    expect(callers.find({ kind: 'jwt', subject: 'CN:gateway', expiresMs: 0 })).toBeUndefined();
    expect(find('URI:spiffe://phid/gateway')).toBe('gateway');
    expect(find('URI:x', 'DNS:console.internal', 'CN:gateway')).toBe('console');
    expect([find('DNS:gateway'), find('CN:Gateway'), find()]).toEqual([undefined, undefined, undefined]);
  });

  it('has limits of a caller’s own, those that it states', () => {
    const callers = parse(`
callers:
  gateway: { tokens: [${HASH}], roles: [ingest], namespaces: "*", limits: { heartbeats_per_second: 50000, streams_max: 7 } }
  console: { roles: [query], namespaces: "*" }
`);
    expect(callers.all.get('gateway')?.limits).toEqual({ heartbeatsPerSecond: 50_000, streamsMax: 7 });
    expect(callers.all.get('console')?.limits).toEqual({});
  });

  it('may be empty: then nobody is let in', () => {
    expect(parse('callers: {}').find({ kind: 'token', hash: HASH })).toBeUndefined();
  });

  it('is not quoted by warnings of the parser, which go past the log', () => {
    const warn = vi.spyOn(process, 'emitWarning').mockImplementation(() => {});
    parse('callers: !secret {}');
    expect(warn).not.toHaveBeenCalled();
    warn.mockRestore();
  });

  const one = (text: string) => `callers: { a: { roles: [query], namespaces: "*", ${text} } }`;
  it.each([
    ['', /^auth.callers: callers.yml: callers: /],
    ['callers: [', /^auth.callers: callers.yml: /],
    ['callers: { a: { namespaces: "*" } }', /callers\.a\.roles: /],
    ['callers: { a: { roles: [query] } }', /callers\.a\.namespaces: /],
    ['callers: { a: { roles: [root], namespaces: "*" } }', /callers\.a\.roles\.0: .*"ingest"\|"query"/],
    ['callers: { a: { roles: [], namespaces: "*" } }', /callers\.a\.roles: /],
    ['callers: { "a b": { roles: [query], namespaces: "*" } }', /callers\.a b: /],
    [one('token: [x]'), /callers\.a: .*"token"/],
    [one(`tokens: [${newToken()}]`), /callers\.a\.tokens\.0: is not sha256: and 64 digits/],
    [one('limits: { calls_per_second: 0 }'), /callers\.a\.limits\.calls_per_second: .*>=1/],
    [one('limits: { streams_max: 1.5 }'), /callers\.a\.limits\.streams_max: /],
    [one('limits: { calls: 5 }'), /callers\.a\.limits: .*"calls"/],
    [one('certificates: [gateway]'), /callers\.a\.certificates\.0: does not begin with CN:, DNS: or URI:/],
    [
      `callers: { a: { roles: [query], namespaces: "*", tokens: [${HASH}] }, b: { roles: [query], namespaces: "*", tokens: [${HASH}] } }`,
      /callers\.b: sha256:a+ is of a already$/,
    ],
  ])('that is wrong is refused by the name of what is wrong: %s', (yaml, problem) => {
    expect(() => parse(yaml)).toThrow(problem);
  });

  it('that holds a token in place of its hash is refused without repeating it', () => {
    const token = newToken();
    expect(() => parse(one(`tokens: [${token}]`))).toThrow(/^(?!.*phid_)/s);
  });
});

describe('a token', () => {
  it('is another one each time, of 256 bits, and known by its hash', () => {
    const tokens = new Set(Array.from({ length: 100 }, newToken));
    expect(tokens.size).toBe(100);
    for (const token of tokens) {
      expect(token).toMatch(/^phid_[\w-]{43}$/);
      expect(tokenHash(token)).toMatch(TOKEN_HASH);
    }
    // FIPS 180-2, example B.1.
    expect(tokenHash('abc')).toBe('sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad');
  });
});

describe('the names in a certificate', () => {
  const names = (subjectaltname: string | undefined, CN?: string | string[]) =>
    certificateNames({ subject: { CN }, ...(subjectaltname !== undefined && { subjectaltname }) } as never);

  it('are alternative names that are URIs or of DNS, then the common name', () => {
    expect(names('DNS:a.example, IP Address:127.0.0.1, URI:spiffe://phid/a, email:a@b', 'a')).toEqual([
      'DNS:a.example',
      'URI:spiffe://phid/a',
      'CN:a',
    ]);
    expect(names(undefined, 'a')).toEqual(['CN:a']);
  });

  it('are not what one of them only contains (CVE-2021-44532)', () => {
    expect(names('URI:"http://a/, DNS:admin", DNS:b')).toEqual(['DNS:b']);
    expect(names('DNS:"a\\", DNS:admin, DNS:\\"b", DNS:c')).toEqual(['DNS:c']);
    expect(names('URI:"x, DNS:admin, y"')).toEqual([]);
  });

  it('are none where there are two common names', () => {
    expect(names(undefined, ['admin', 'a'])).toEqual([]);
  });
});
