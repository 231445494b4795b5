import { createPrivateKey, X509Certificate } from 'node:crypto';
import { createSecureContext, type SecureContextOptions } from 'node:tls';
import type { Clock } from '../clock.js';
import { FileBacked } from '../file-backed.js';
import type { Log } from '../log.js';

export interface TlsSettings {
  /** Paths of PEM files: the chain, the server's own first, and its private key. */
  readonly cert: string;
  readonly key: string;
  /** Of those who vouch for clients; where there is none, no client is asked for a certificate. */
  readonly clientCa: string | undefined;
  readonly clientCertificate: 'required' | 'optional';
}

/** What a server needs to speak TLS, and when its certificate ends. */
interface ServerCertificate {
  readonly context: SecureContextOptions;
  readonly expiresMs: number;
}

/** How a server treats connections, whatever its certificate is. */
interface ConnectionOptions {
  readonly requestCert: boolean;
  readonly rejectUnauthorized: boolean;
  readonly handshakeTimeout: number;
}

/** A client that has not finished its handshake is dropped, ms; Node would wait for two minutes. */
const HANDSHAKE_MS_MAX = 10_000;

/** The certificate of a node, for both of its servers. */
export class Certificates {
  readonly connection: ConnectionOptions;
  readonly files: FileBacked<ServerCertificate>;

  /** Throws when a file cannot be used, and names it. */
  constructor(settings: TlsSettings, { clock, log }: { readonly clock: Clock; readonly log: Log }) {
    const { cert, key, clientCa, clientCertificate } = settings;
    this.connection = {
      requestCert: clientCa !== undefined,
      rejectUnauthorized: clientCa !== undefined && clientCertificate === 'required',
      handshakeTimeout: HANDSHAKE_MS_MAX,
    };
    this.files = new FileBacked({
      what: 'the certificate',
      paths: clientCa === undefined ? [cert, key] : [cert, key, clientCa],
      parse: (contents) => certificateOf(settings, contents),
      clock,
      log,
    });
  }
}

function certificateOf(
  settings: TlsSettings,
  [cert, key, ca]: readonly (Buffer | undefined)[],
): ServerCertificate {
  const own = parsed(
    'tls.cert',
    settings.cert,
    'no certificate in PEM',
    () => new X509Certificate(cert as Buffer),
  );
  const privateKey = parsed('tls.key', settings.key, 'no private key in PEM', () =>
    createPrivateKey(key as Buffer),
  );
  if (!own.checkPrivateKey(privateKey)) {
    throw new Error(
      `tls.key: ${settings.key} is not the key of the certificate in ${settings.cert} (tls.cert)`,
    );
  }
  if (ca) {
    const path = settings.clientCa as string;
    parsed('tls.client_ca', path, 'no certificate in PEM', () => new X509Certificate(ca));
  }
  const context: SecureContextOptions = { cert, key, ...(ca && { ca }), minVersion: 'TLSv1.2' };
  parsed('tls.cert', settings.cert, 'of no use to OpenSSL', () => createSecureContext(context));
  return { context, expiresMs: Date.parse(own.validTo) };
}

function parsed<Value>(setting: string, path: string, problem: string, parse: () => Value): Value {
  try {
    return parse();
  } catch (error) {
    throw new Error(`${setting}: ${path} is ${problem}: ${(error as Error).message}`);
  }
}
