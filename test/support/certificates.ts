import { type CertificateExtension, generate } from 'selfsigned';

/** A certificate and its key, PEM. */
export interface Pair {
  readonly cert: string;
  readonly key: string;
}

const HOUR_MS = 3_600_000;

/** Somebody who vouches for servers and clients of a test. */
export class Authority {
  readonly #pair: Pair;

  private constructor(pair: Pair) {
    this.#pair = pair;
  }

  static async create(name = 'test CA'): Promise<Authority> {
    return new Authority(
      await issue(name, [
        { name: 'basicConstraints', cA: true, critical: true },
        { name: 'keyUsage', keyCertSign: true, critical: true },
      ]),
    );
  }

  /** Its own certificate, PEM. */
  get pem(): string {
    return this.#pair.cert;
  }

  /** For a server on loopback. */
  server(): Promise<Pair> {
    const altNames = [
      { type: 2, value: 'localhost' },
      { type: 7, ip: '127.0.0.1' },
    ] as const;
    const use = { name: 'extKeyUsage', serverAuth: true } as const;
    return issue('phid', [use, { name: 'subjectAltName', altNames: [...altNames] }], this.#pair);
  }

  /** For a client; `uri` as SPIFFE has it. */
  client(name: string, uri?: string): Promise<Pair> {
    const use = { name: 'extKeyUsage', clientAuth: true } as const;
    const names = uri ? [{ name: 'subjectAltName', altNames: [{ type: 6, value: uri }] } as const] : [];
    return issue(
      name,
      [use, ...names.map((extension) => ({ ...extension, altNames: [...extension.altNames] }))],
      this.#pair,
    );
  }
}

async function issue(name: string, extensions: CertificateExtension[], ca?: Pair): Promise<Pair> {
  const nowMs = Date.now();
  const made = await generate([{ name: 'commonName', value: name }], {
    keyType: 'ec',
    algorithm: 'sha256',
    notBeforeDate: new Date(nowMs - HOUR_MS),
    notAfterDate: new Date(nowMs + HOUR_MS),
    extensions,
    ...(ca && { ca: { cert: ca.cert, key: ca.key } }),
  });
  return { cert: made.cert, key: made.private };
}
