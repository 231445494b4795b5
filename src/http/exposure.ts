import type { Access } from '../access/access.js';
import type { Security, SecuritySettings } from '../security.js';
import type { Certificates } from '../tls/certificates.js';

/** How HTTP is served to others than phid itself. */
export interface Exposure {
  /** Undefined: plaintext. */
  readonly certificates: Certificates | undefined;
  /** Whom /metrics is served to; undefined: everybody. */
  readonly access: Access | undefined;
  /** Names that this is known by (isKnownHost); undefined: it is not asked, since the certificate says it. */
  readonly hosts: readonly string[] | undefined;
  readonly connectionsMax: number;
  readonly headerBytesMax: number;
}

interface ExposureSettings extends SecuritySettings {
  readonly http: Pick<Exposure, 'connectionsMax' | 'headerBytesMax'> & { readonly hosts: readonly string[] };
}

export function exposureOf(
  { tls, access: callers, http: { hosts, connectionsMax, headerBytesMax } }: ExposureSettings,
  { certificates, access }: Security,
): Exposure {
  return {
    certificates,
    access: callers?.isMetricsOpen ? undefined : access,
    hosts: tls ? undefined : hosts,
    connectionsMax,
    headerBytesMax,
  };
}
