import { Access, type AccessSettings } from './access/access.js';
import type { Clock } from './clock.js';
import type { Log } from './log.js';
import { Certificates, type TlsSettings } from './tls/certificates.js';

export interface SecuritySettings {
  /** Undefined: plaintext. */
  readonly tls: TlsSettings | undefined;
  /** Undefined: everybody may do everything. */
  readonly access: AccessSettings | undefined;
  /** By name. */
  readonly namespaces: Readonly<Record<string, unknown>>;
}

/** What keeps others out of a process. */
export interface Security {
  readonly access: Access;
  readonly certificates: Certificates | undefined;
  close(): void;
}

/** Reads the files that it is made of, and follows them. Throws when one cannot be used, and names it. */
export function openSecurity(
  { tls, access: settings, namespaces }: SecuritySettings,
  parts: { readonly clock: Clock; readonly log: Log },
): Security {
  const certificates = tls && new Certificates(tls, parts);
  const access = new Access(settings, { ...parts, namespaces });
  const close = () => {
    access.close();
    certificates?.files.close();
  };
  return { access, certificates, close };
}
