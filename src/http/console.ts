import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import type { IncomingMessage, RequestListener } from 'node:http';
import { extname, join, relative, sep } from 'node:path';
import { promisify } from 'node:util';
import { brotliCompress, gzip, constants as zlib } from 'node:zlib';
import { accepts } from './accepts.js';
import { begin, send, sendText } from './send.js';

const TYPES: Readonly<Record<string, string>> = {
  '.css': 'text/css; charset=utf-8',
  '.html': 'text/html; charset=utf-8',
  '.ico': 'image/x-icon',
  '.js': 'text/javascript; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.png': 'image/png',
  '.svg': 'image/svg+xml',
  '.txt': 'text/plain; charset=utf-8',
  '.woff2': 'font/woff2',
};

/** These are compressed already. */
const DENSE_TYPES = /^(image\/png|font\/)/;

/** The names below it hold the hash of what they name. */
const HASHED = '/assets/';
const YEAR_SECONDS = 31_536_000;

/** Nearly as small as by 11, which takes many times as long: every start of a node waits for it. */
const BROTLI_QUALITY = 9;

/** What a client may be sent, the best first; the last one always. */
const ENCODINGS = ['br', 'gzip', 'identity'] as const;
type Encoding = (typeof ENCODINGS)[number];

/** A file as it is sent. */
interface Asset {
  readonly type: string;
  readonly tag: string;
  readonly bodies: Readonly<Partial<Record<Encoding, Buffer>>>;
}

/** The files of the console by their path; none where it was not built. */
type Console = ReadonlyMap<string, Asset>;

/** Reads what is below `directory`, once: what is served later neither reads files nor compresses. */
export async function readConsole(directory: string): Promise<Console> {
  const entries = await readdir(directory, { recursive: true, withFileTypes: true }).catch(nothing);
  const paths = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  const named = paths.map(async (path): Promise<[string, Asset]> => {
    const name = `/${relative(directory, path).split(sep).join('/')}`;
    return [name === '/index.html' ? '/' : name, await readAsset(path)];
  });
  return new Map(await Promise.all(named));
}

function nothing(error: NodeJS.ErrnoException): [] {
  if (error.code === 'ENOENT') return [];
  throw error;
}

async function readAsset(path: string): Promise<Asset> {
  const identity = await readFile(path);
  const type = TYPES[extname(path)] ?? 'application/octet-stream';
  const tag = createHash('sha256').update(identity).digest('base64url').slice(0, 22);
  if (DENSE_TYPES.test(type)) return { type, tag, bodies: { identity } };
  const params = { [zlib.BROTLI_PARAM_QUALITY]: BROTLI_QUALITY };
  const [br, gzipped] = await Promise.all([
    promisify(brotliCompress)(identity, { params }),
    promisify(gzip)(identity, { level: zlib.Z_BEST_COMPRESSION }),
  ]);
  return { type, tag, bodies: { br, gzip: gzipped, identity } };
}

/** Serves the files of the console: `/` is the page, which routes by the hash of its address. */
export function consoleListener(assets: Console): RequestListener {
  return (request, response) => {
    const path = request.url?.split('?', 1)[0] ?? '/';
    const asset = assets.get(path);
    if (!asset) {
      const isMissing = path === '/' ? 'the console was not built: npm run build' : 'not found';
      return sendText(response, 404, `${isMissing}; served here: /api/v1 /metrics /healthz /readyz`);
    }
    if (request.method !== 'GET' && request.method !== 'HEAD') {
      return sendText(response, 405, 'only GET is served here', { allow: 'GET, HEAD' });
    }
    const encoding = encodingFor(request, asset);
    const etag = `"${asset.tag}-${encoding}"`;
    const headers = {
      etag,
      vary: 'accept-encoding',
      'cache-control': path.startsWith(HASHED) ? `public, max-age=${YEAR_SECONDS}, immutable` : 'no-cache',
      ...(encoding !== 'identity' && { 'content-encoding': encoding }),
    };
    if (request.headers['if-none-match'] === etag) {
      begin(response, 304, headers);
      response.end();
    } else {
      const body = asset.bodies[encoding] as Buffer;
      send(response, { status: 200, type: asset.type, body, headers });
    }
  };
}

/** The best encoding that the client takes. */
function encodingFor(request: IncomingMessage, { bodies }: Asset): Encoding {
  return ENCODINGS.find((encoding) => bodies[encoding] && accepts(request, encoding)) ?? 'identity';
}
