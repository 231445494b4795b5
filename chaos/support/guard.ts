import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { newToken, tokenHash } from '../../src/access/token.js';
import { Authority } from '../../test/support/certificates.js';

/** What nodes that strangers can reach are guarded by: TLS and callers. */
export class Guard {
  /** Settings of a node. */
  readonly config: object;
  readonly #dir: string;
  readonly #token = newToken();
  /** Of one who may record, ask and watch, and no more. */
  readonly attackersToken = newToken();

  static async create(): Promise<Guard> {
    const dir = await mkdtemp(join(tmpdir(), 'phid-guard-'));
    const guard = new Guard(dir);
    const authority = await Authority.create();
    const { cert, key } = await authority.server();
    const everywhere = { namespaces: '*' };
    const callers = {
      honest: { ...everywhere, tokens: [tokenHash(guard.#token)], roles: ['admin'] },
      attacker: {
        ...{ ...everywhere, tokens: [tokenHash(guard.attackersToken)] },
        roles: ['ingest', 'query', 'watch'],
      },
    };
    const files = {
      'cert.pem': cert,
      'key.pem': key,
      'ca.pem': authority.pem,
      'callers.yml': stringify({ callers }),
    };
    for (const [name, content] of Object.entries(files)) await writeFile(join(dir, name), content);
    return guard;
  }

  private constructor(dir: string) {
    this.#dir = dir;
    this.config = {
      tls: { cert: join(dir, 'cert.pem'), key: join(dir, 'key.pem') },
      auth: { callers: join(dir, 'callers.yml'), open_metrics: true },
    };
  }

  ca(): Promise<string> {
    return readFile(join(this.#dir, 'ca.pem'), 'utf8');
  }

  /** A node at host:port, for `connect` (rpc.ts), as honest clients reach it. */
  urlOf(address: string, token = this.#token): string {
    return `grpcs://${token}@${address}?ca=${join(this.#dir, 'ca.pem')}`;
  }

  async stop(): Promise<void> {
    await rm(this.#dir, { recursive: true, force: true });
  }
}
