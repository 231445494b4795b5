import { turnAway } from './asker.js';

/** What the service refused, by the name of the gRPC code; UNREACHABLE where it did not answer at all. */
export class ApiError extends Error {
  constructor(
    readonly code: string,
    message: string,
  ) {
    super(message);
  }
}

/** Whether it is not for whoever looks: asking again is of no use. */
export const isForbidden = (error: unknown): boolean =>
  error instanceof ApiError && error.code === 'PERMISSION_DENIED';

/** GET /api/v1`path`. Throws ApiError. */
export function get<T>(path: string, signal?: AbortSignal): Promise<T> {
  return request(path, signal ? { signal } : {});
}

/** POST /api/v1`path` with a JSON body. Throws ApiError. */
export function post<T>(path: string, body: unknown): Promise<T> {
  return request(path, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
}

/** DELETE /api/v1`path`. Throws ApiError. */
export function remove(path: string): Promise<unknown> {
  return request(path, { method: 'DELETE' });
}

/** Why events are refused, which the browser does not say; undefined where they are not, any more. */
export async function refusalOf(path: string): Promise<ApiError | undefined> {
  const ended = new AbortController();
  try {
    const response = await fetch(apiUrl(path), { signal: ended.signal });
    return response.ok ? undefined : await failureOf(response);
  } catch {
    return undefined; // nobody answers: the stream says so
  } finally {
    ended.abort();
  }
}

async function request<T>(path: string, init: RequestInit): Promise<T> {
  let response: Response;
  try {
    response = await fetch(apiUrl(path), init);
  } catch (error) {
    if (init.signal?.aborted) throw error;
    throw new ApiError('UNREACHABLE', 'phid does not answer.');
  }
  if (!response.ok) throw await failureOf(response);
  return (await response.json()) as T;
}

/** What an answer says that it is not what was asked for. Whoever is not known any more is turned away. */
async function failureOf(response: Response): Promise<ApiError> {
  if (response.status === 401) turnAway();
  const body = (await response.json().catch(() => undefined)) as
    | { error?: { code: string; message: string } }
    | undefined;
  const { code, message } = body?.error ?? { code: `HTTP ${response.status}`, message: response.statusText };
  return new ApiError(code, message);
}

export const apiUrl = (path: string): string => `/api/v1${path}`;

/** A path of names that may hold anything: `/namespaces/web/users/a%2Fb`. */
export const pathOf = (...names: readonly string[]): string => `/${names.map(encodeURIComponent).join('/')}`;
