import { once } from 'node:events';
import { connect } from 'node:tls';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { NodeFiles, type SecureNode, startSecureNode, tokenPair } from '../support/secure-node.js';

const WAIT = { timeout: 20_000, interval: 20 };
const BEAT = { heartbeat: { userId: 'alice', sessionId: 'phone' } };

const nodes: SecureNode[] = [];
afterEach(async () => {
  await Promise.all(nodes.splice(0).map((node) => node.stop()));
});

async function start(files: NodeFiles): Promise<SecureNode> {
  const node = await startSecureNode(files);
  nodes.push(node);
  return node;
}

/** The serial number of the certificate that a new connection is shown. */
async function serialOn(port: number, authority: NodeFiles['authority']): Promise<string> {
  const socket = connect({ port, host: 'localhost', ca: authority.pem, ALPNProtocols: ['h2', 'http/1.1'] });
  await once(socket, 'secureConnect');
  const { serialNumber } = socket.getPeerCertificate();
  socket.destroy();
  return serialNumber;
}

/** Calls in a closed loop, on connections that stay and on new ones, by gRPC and HTTP, until it is stopped. */
class Load {
  readonly outcomes = new Map<string, number>();
  #isOver = false;
  readonly #loops: Promise<void>[];

  constructor(node: SecureNode, tokenOf: () => string) {
    const lasting = node.client();
    const ways: (() => Promise<string>)[] = [
      () => lasting.outcome('Heartbeat', BEAT, tokenOf()),
      () => node.outcome('Heartbeat', BEAT, { token: tokenOf() }),
      () => node.outcome('Watch', { userIds: ['alice'] }, { token: tokenOf() }),
      async () => `HTTP ${(await node.http('/api/v1/namespaces', { token: tokenOf() })).status}`,
    ];
    this.#loops = ways.map(async (call) => {
      while (!this.#isOver) {
        const outcome = await call().catch((error: Error) => error.message);
        this.outcomes.set(outcome, (this.outcomes.get(outcome) ?? 0) + 1);
      }
    });
    this.#loops.push(vi.waitUntil(() => this.#isOver, { timeout: 60_000 }).then(() => lasting.close()));
  }

  get calls(): number {
    return Array.from(this.outcomes.values()).reduce((sum, calls) => sum + calls, 0);
  }

  /** Until so many more calls were made. */
  async more(calls: number): Promise<void> {
    const until = this.calls + calls;
    await vi.waitFor(() => expect(this.calls).toBeGreaterThan(until), WAIT);
  }

  async stop(): Promise<void> {
    this.#isOver = true;
    await Promise.all(this.#loops);
  }
}

async function filesWith(hashes: readonly string[]): Promise<NodeFiles> {
  const files = await NodeFiles.create();
  files.writeCallers({ gateway: { roles: ['ingest', 'query', 'watch'], tokens: hashes } });
  return files;
}

describe('under load', () => {
  it('a certificate is replaced three times, and no call fails', async () => {
    const { token, hash } = tokenPair();
    const files = await filesWith([hash]);
    const node = await start(files);
    const ports = [node.node.service.grpcPort, node.node.service.httpPort];
    const load = new Load(node, () => token);
    await load.more(20);
    const serials = new Set<string>();
    for (let i = 0; i < 3; i++) {
      const before = await serialOn(ports[0] as number, files.authority);
      serials.add(before);
      files.writePair(await files.authority.server());
      for (const port of ports) {
        await vi.waitFor(async () => expect(await serialOn(port, files.authority)).not.toBe(before), WAIT);
      }
      await load.more(20);
    }
    await load.stop();
    expect(serials.size).toBe(3);
    expect([...load.outcomes.keys()].sort()).toEqual(['HTTP 200', 'OK']);
  }, 90_000);

  it('a token is replaced while both are valid, and no call fails', async () => {
    const [old, young] = [tokenPair(), tokenPair()];
    const files = await filesWith([old.hash]);
    const node = await start(files);
    let { token } = old;
    const load = new Load(node, () => token);
    await load.more(20);
    const valid = (given: string) => node.outcome('IsOnline', { userId: 'alice' }, { token: given });
    const writeTokens = (tokens: readonly string[]) =>
      files.writeCallers({ gateway: { roles: ['ingest', 'query', 'watch'], tokens } });
    writeTokens([old.hash, young.hash]);
    await vi.waitFor(async () => expect(await valid(young.token)).toBe('OK'), WAIT);
    token = young.token;
    await load.more(20);
    writeTokens([young.hash]);
    await vi.waitFor(async () => expect(await valid(old.token)).toBe('UNAUTHENTICATED'), WAIT);
    await load.more(20);
    await load.stop();
    expect([...load.outcomes.keys()].sort()).toEqual(['HTTP 200', 'OK']);
  }, 90_000);
});
