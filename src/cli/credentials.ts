import { readFileSync } from 'node:fs';
import type { SecureContextOptions } from 'node:tls';
import { isLoopback } from '../config/loopback.js';
import { CliError, EXIT_USAGE } from './cli-error.js';

/** How a server is called, and what proves who calls. */
export interface CredentialOptions {
  readonly tls?: boolean;
  /** Paths of PEM files. */
  readonly ca?: string;
  readonly cert?: string;
  readonly key?: string;
  readonly tokenFile?: string;
}

const TOKEN_ENV = 'PHID_TOKEN';

/** Certificates to call with; undefined: in plaintext. Throws CliError when a file cannot be read, or one is missing. */
export function tlsOf({ tls, ca, cert, key }: CredentialOptions): SecureContextOptions | undefined {
  if (!tls && !ca && !cert && !key) return undefined;
  if (!cert !== !key)
    throw new CliError('--cert and --key go together: the certificate and its key', EXIT_USAGE);
  return {
    ...(ca && { ca: read('--ca', ca) }),
    ...(cert && { cert: read('--cert', cert) }),
    ...(key && { key: read('--key', key) }),
  };
}

/**
 * The headers that say who calls `addr`; none without a token. The file is read each time: it may change while a command runs.
 * Throws CliError where the token could be read on its way.
 */
export function authorizationOf(
  options: CredentialOptions,
  addr: string,
): { readonly authorization?: string } {
  const { tokenFile } = options;
  const token = (
    tokenFile ? read('--token-file', tokenFile).toString('utf8') : process.env[TOKEN_ENV]
  )?.trim();
  if (!token) return {};
  if (tlsOf(options) || isLoopback(addr)) return { authorization: `Bearer ${token}` };
  throw new CliError(
    `a token is not sent to ${addr} in plaintext; --tls, or --ca with the file of its CA`,
    EXIT_USAGE,
  );
}

function read(flag: string, path: string): Buffer {
  try {
    return readFileSync(path);
  } catch (error) {
    throw new CliError(`${flag}: ${path} cannot be read: ${(error as Error).message}`, EXIT_USAGE);
  }
}
