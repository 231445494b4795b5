import type { IncomingMessage } from 'node:http';
import { InvalidRequestError } from '../../presence/errors.js';
import { HttpError } from './http-error.js';

/** The body of a request, which must be JSON. Throws HttpError when it is too long, or something else. */
export async function readBody(request: IncomingMessage, bytesMax: number): Promise<string> {
  const type = (request.headers['content-type'] ?? '').split(';', 1)[0]?.trim().toLowerCase();
  if (type !== 'application/json') {
    const message = `content-type: ${JSON.stringify(type)} is not application/json`;
    throw new HttpError({ code: 'INVALID_ARGUMENT', message }, { status: 415 });
  }
  const chunks: Buffer[] = [];
  let bytes = 0;
  // What is left of a body that is too long is dropped as it comes: its sender reads no answer before it has sent it.
  for await (const chunk of request.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > bytesMax) {
      request.resume();
      const message = `body: more than ${bytesMax} bytes (http.body_bytes_max)`;
      throw new HttpError({ code: 'RESOURCE_EXHAUSTED', message }, { status: 413 });
    }
    chunks.push(chunk);
  }
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(Buffer.concat(chunks));
  } catch {
    throw new InvalidRequestError('body', 'is not valid UTF-8');
  }
}
