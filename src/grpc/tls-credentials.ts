import { ServerCredentials } from '@grpc/grpc-js';
import type { Certificates } from '../tls/certificates.js';

/** Credentials of a server whose certificate may change. The library's own take what cannot be used, and then serve nobody. */
class TlsCredentials extends ServerCredentials {
  constructor({ connection, files }: Certificates) {
    super(connection, files.value.context);
    files.follow(({ context }) => this.updateSecureContextOptions(context));
  }

  _equals(other: ServerCredentials): boolean {
    return this === other;
  }
}

/** What a server listens with: TLS where there is a certificate, plaintext where there is none. */
export function credentialsOf(certificates: Certificates | undefined): ServerCredentials {
  return certificates ? new TlsCredentials(certificates) : ServerCredentials.createInsecure();
}
