/** What the service refused, by the name of the gRPC code; UNREACHABLE where it did not answer at all. */
export class ApiError extends Error {
  constructor(
    readonly code: string,
    message: string,
  ) {
    super(message);
  }
}

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

async function request<T>(path: string, init: RequestInit): Promise<T> {
  let response: Response;
  try {
    response = await fetch(apiUrl(path), init);
  } catch (error) {
    if (init.signal?.aborted) throw error;
    throw new ApiError('UNREACHABLE', 'phid does not answer.');
  }
  const body = (await response.json().catch(() => undefined)) as
    | (T & { error?: { code: string; message: string } })
    | undefined;
  if (response.ok && body !== undefined) return body;
  const { code, message } = body?.error ?? { code: `HTTP ${response.status}`, message: response.statusText };
  throw new ApiError(code, message);
}

export const apiUrl = (path: string): string => `/api/v1${path}`;

/** A path of names that may hold anything: `/namespaces/web/users/a%2Fb`. */
export const pathOf = (...names: readonly string[]): string => `/${names.map(encodeURIComponent).join('/')}`;
