import { signal } from '@preact/signals';
import type { GetQualityResponse, SetThresholdsRequest, SetThresholdsResponse } from './api/messages.js';
import { get, isForbidden, pathOf, post } from './api/request.js';
import { loadNamespaces } from './namespaces.js';

/** What nodes counted they exchange every few seconds; asking more often would tell nothing. */
const REFRESH_MS = 5_000;

/** What is known of the namespace that is followed; undefined until it is. */
export const known = signal<GetQualityResponse | undefined>(undefined);
/** Why it could not be asked last; undefined while it can. */
export const failure = signal<unknown>(undefined);

let refresh = async () => {};

/** Asks for a namespace again and again, until the function that is returned is called. */
export function followQuality(namespace: string): () => void {
  known.value = undefined;
  failure.value = undefined;
  if (namespace === '') return () => {};
  const ended = new AbortController();
  refresh = async () => {
    try {
      known.value = await get(pathOf('namespaces', namespace, 'quality'), ended.signal);
      failure.value = undefined;
    } catch (error) {
      if (ended.signal.aborted) return;
      failure.value = error;
      if (isForbidden(error)) clearInterval(timer);
    }
  };
  const timer = setInterval(() => {
    if (!document.hidden) void refresh();
  }, REFRESH_MS);
  void refresh();
  return () => {
    clearInterval(timer);
    ended.abort();
  };
}

/** Changes thresholds, or what is counted beside them, and asks what is so now. Throws ApiError. */
export async function setThresholds(namespace: string, request: SetThresholdsRequest): Promise<void> {
  await post<SetThresholdsResponse>(pathOf('namespaces', namespace, 'thresholds'), request);
  await Promise.all([refresh(), loadNamespaces()]);
}
