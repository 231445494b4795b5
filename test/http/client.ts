import { request } from 'node:http';
import { vi } from 'vitest';
import type { Node } from '../support/node.js';

/** An answer of the API. */
interface Answer {
  readonly status: number;
  readonly headers: Headers;
  // biome-ignore lint/suspicious/noExplicitAny: what a test expects of it says what it is.
  readonly json: any;
}

/** Asks a node's HTTP API; `path` is below /api/v1. */
export async function ask(node: Node, path: string, init: RequestInit = {}): Promise<Answer> {
  const response = await fetch(node.httpUrl(`/api/v1${path}`), init);
  const text = await response.text();
  return {
    status: response.status,
    headers: response.headers,
    json: text === '' ? undefined : JSON.parse(text),
  };
}

/** How a request fails: `400 INVALID_ARGUMENT: limit: ...`. */
export async function failure(node: Node, path: string, init: RequestInit = {}): Promise<string> {
  const { status, json } = await ask(node, path, init);
  return `${status} ${json.error.code}: ${json.error.message}`;
}

export function post(node: Node, path: string, body: unknown, headers: Record<string, string> = {}) {
  const init = {
    method: 'POST',
    body: typeof body === 'string' ? body : JSON.stringify(body),
    headers: { 'content-type': 'application/json', ...headers },
  };
  return { answer: () => ask(node, path, init), failure: () => failure(node, path, init) };
}

/** What /metrics says of a metric without labels. */
export async function metric(node: Node, name: string): Promise<number> {
  const page = await (await fetch(node.httpUrl('/metrics'))).text();
  return Number(new RegExp(`^${name} (.*)$`, 'm').exec(page)?.[1]);
}

interface HeardEvent {
  readonly name: string;
  readonly id: string | undefined;
  // biome-ignore lint/suspicious/noExplicitAny: as above.
  readonly data: any;
}

/** A stream of events as a client hears it. */
export class EventClient {
  readonly events: HeardEvent[] = [];
  /** Comments and fields of the stream itself. */
  readonly rest: string[] = [];
  status: number | undefined;
  headers: Record<string, unknown> = {};
  hasEnded = false;
  readonly #request;
  #text = '';
  #response: NodeJS.ReadableStream | undefined;

  constructor(node: Node, path: string, headers: Record<string, string> = {}) {
    this.#request = request(node.httpUrl(`/api/v1${path}`), { headers, agent: false }, (response) => {
      this.status = response.statusCode;
      this.headers = response.headers;
      this.#response = response;
      response.setEncoding('utf8');
      response.on('data', (text: string) => this.#take(text));
      response.on('close', () => {
        this.hasEnded = true;
      });
    });
    this.#request.on('error', () => {
      this.hasEnded = true;
    });
    this.#request.end();
  }

  /** Names of the events, in order. */
  get names(): string[] {
    return this.events.map(({ name }) => name);
  }

  of(name: string): HeardEvent['data'][] {
    return this.events.filter((event) => event.name === name).map(({ data }) => data);
  }

  /** Until so many events of a name were heard. */
  async until(name: string, count = 1): Promise<void> {
    await vi.waitFor(() => {
      if (this.of(name).length < count) throw new Error(`heard ${this.names.join()}, status ${this.status}`);
    }, 5_000);
  }

  pause(): void {
    this.#response?.pause();
  }

  resume(): void {
    this.#response?.resume();
  }

  close(): void {
    this.#request.destroy();
  }

  #take(text: string): void {
    this.#text += text;
    const blocks = this.#text.split('\n\n');
    this.#text = blocks.pop() as string;
    for (const block of blocks) {
      const fields = new Map(block.split('\n').map((line) => line.split(/: ?(.*)/s, 2) as [string, string]));
      const name = fields.get('event');
      if (name === undefined) this.rest.push(block);
      else this.events.push({ name, id: fields.get('id'), data: JSON.parse(fields.get('data') as string) });
    }
  }
}
