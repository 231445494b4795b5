import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import type { IncomingMessage } from 'node:http';
import { request } from 'node:https';
import { credentials, Metadata, type ServiceError, status } from '@grpc/grpc-js';
import { stringify } from 'yaml';
import { newToken, tokenHash } from '../../src/access/token.js';
import { PresenceService, TuningService } from '../../src/grpc/definition.js';
import type { ServiceSettings } from '../../src/service.js';
import { temporaryFile } from '../config/config-fixture.js';
import { Authority, type Pair } from './certificates.js';
import { type Node, startNode } from './node.js';
import { callerLimits } from './settings.js';

/** What somebody brings to a call. */
interface Proofs {
  readonly token?: string;
  readonly pair?: Pair;
}

/** A caller as the file has it. */
export interface CallerFileEntry {
  readonly roles: readonly string[];
  readonly namespaces?: '*' | readonly string[];
  readonly tokens?: readonly string[];
  readonly certificates?: readonly string[];
  readonly subjects?: readonly string[];
  readonly limits?: Readonly<Record<string, number>>;
  readonly last_seen?: string;
}

/** A file of callers, as YAML. */
function callersFile(callers: Readonly<Record<string, CallerFileEntry>>): string {
  const entries = Object.entries(callers).map(([name, entry]) => [name, { namespaces: '*', ...entry }]);
  return stringify({ callers: Object.fromEntries(entries) }, { aliasDuplicateObjects: false });
}

/** Where the files of a node are; each may be replaced while it runs. */
export class NodeFiles {
  readonly authority: Authority;
  readonly cert: string;
  readonly key: string;
  readonly clientCa: string;
  readonly callers: string;

  private constructor(authority: Authority, { cert, key }: Pair) {
    this.authority = authority;
    this.cert = temporaryFile('cert.pem', cert);
    this.key = temporaryFile('key.pem', key);
    this.clientCa = temporaryFile('ca.pem', authority.pem);
    this.callers = temporaryFile('callers.yml', callersFile({}));
  }

  static async create(): Promise<NodeFiles> {
    const authority = await Authority.create();
    return new NodeFiles(authority, await authority.server());
  }

  writePair({ cert, key }: Pair): void {
    writeFileSync(this.cert, cert);
    writeFileSync(this.key, key);
  }

  writeCallers(callers: Readonly<Record<string, CallerFileEntry>>): void {
    writeFileSync(this.callers, callersFile(callers));
  }

  tls(clientCertificate: 'required' | 'optional' | undefined = undefined): ServiceSettings['tls'] {
    const { cert, key } = this;
    const clientCa = clientCertificate && this.clientCa;
    return { cert, key, clientCa, clientCertificate: clientCertificate ?? 'required' };
  }

  get access(): NonNullable<ServiceSettings['access']> {
    return {
      callers: this.callers,
      jwt: undefined,
      isMetricsOpen: false,
      hasReflection: false,
      limits: callerLimits,
    };
  }
}

/** A token and the hash by which a node knows it. */
export function tokenPair(): { readonly token: string; readonly hash: string } {
  const token = newToken();
  return { token, hash: tokenHash(token) };
}

export async function startSecureNode(
  files: NodeFiles,
  overrides: Partial<ServiceSettings> = {},
): Promise<SecureNode> {
  const node = await startNode({ tls: files.tls(), access: files.access, ...overrides });
  return new SecureNode(node, files.authority);
}

interface HttpInit {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** A node that speaks TLS, called as somebody or nobody. */
export class SecureNode {
  readonly node: Node;
  readonly #authority: Authority;

  constructor(node: Node, authority: Authority) {
    this.node = node;
    this.#authority = authority;
  }

  /** A client on a connection of its own. */
  client(pair?: Pair): SecureClient {
    const { pem } = this.#authority;
    const [key, cert] = pair ? [Buffer.from(pair.key), Buffer.from(pair.cert)] : [null, null];
    return new SecureClient(
      `localhost:${this.node.service.grpcPort}`,
      credentials.createSsl(Buffer.from(pem), key, cert),
    );
  }

  /** How a call ends on a connection of its own: `OK`, or the name of its status. */
  async outcome(rpc: string, request: object, { token, pair }: Proofs = {}): Promise<string> {
    const client = this.client(pair);
    try {
      return await client.outcome(rpc, request, token);
    } finally {
      client.close();
    }
  }

  /** An answer by HTTPS; of a stream of events, its head. */
  async http(
    path: string,
    { token, pair }: Proofs = {},
    { method = 'GET', headers = {}, body }: HttpInit = {},
  ): Promise<{ status: number; headers: IncomingMessage['headers']; text: string }> {
    const sent = request(`https://localhost:${this.node.service.httpPort}${path}`, {
      method,
      ca: this.#authority.pem,
      ...(pair && { cert: pair.cert, key: pair.key }),
      headers: {
        ...(token !== undefined && { authorization: `Bearer ${token}` }),
        ...(body !== undefined && { 'content-type': 'application/json' }),
        ...headers,
      },
      agent: false,
    });
    sent.end(body);
    const [response] = (await once(sent, 'response')) as [IncomingMessage];
    const isStream = response.headers['content-type']?.startsWith('text/event-stream');
    const text = isStream ? '' : Buffer.concat((await response.toArray()) as Buffer[]).toString();
    response.destroy();
    return { status: response.statusCode as number, headers: response.headers, text };
  }

  stop(): Promise<void> {
    return this.node.stop();
  }
}

type Callback = (error: ServiceError | null) => void;
interface Stream {
  on(event: 'data', listener: () => void): void;
  on(event: 'error', listener: (error: ServiceError) => void): void;
  write?(message: object): void;
  cancel(): void;
}

/** A client whose rpcs are called by name. */
class SecureClient {
  readonly #presence: InstanceType<typeof PresenceService>;
  readonly #tuning: InstanceType<typeof TuningService>;

  constructor(address: string, channel: ReturnType<typeof credentials.createSsl>) {
    const options = { 'grpc.use_local_subchannel_pool': 1 };
    this.#presence = new PresenceService(address, channel, options);
    this.#tuning = new TuningService(address, channel, options);
  }

  /** How a call ends: `OK` when it is answered, by a stream with its first message; otherwise the name of its status. */
  outcome(rpc: string, request: object, token?: string): Promise<string> {
    const metadata = new Metadata();
    if (token !== undefined) metadata.set('authorization', `Bearer ${token}`);
    const stub = rpc in PresenceService.service ? this.#presence : this.#tuning;
    const definition = { ...PresenceService.service, ...TuningService.service }[rpc as 'Heartbeat'];
    const method = (stub as unknown as Record<string, (...args: unknown[]) => Stream>)[rpc]?.bind(stub);
    if (!method) throw new Error(`${rpc} is no rpc`);
    return new Promise((resolve) => {
      const fail = (error: ServiceError) => resolve(status[error.code] as string);
      const { requestStream, responseStream } = definition as {
        requestStream: boolean;
        responseStream: boolean;
      };
      if (!responseStream) {
        const done: Callback = (error) => (error ? fail(error) : resolve('OK'));
        method(request, metadata, done);
        return;
      }
      const stream = requestStream ? method(metadata) : method(request, metadata);
      stream.on('error', fail);
      stream.on('data', () => {
        resolve('OK');
        stream.cancel();
      });
      stream.write?.(request);
    });
  }

  close(): void {
    this.#presence.close();
    this.#tuning.close();
  }
}
