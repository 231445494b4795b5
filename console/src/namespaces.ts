import { computed, signal } from '@preact/signals';
import type { ListNamespacesResponse, NamespaceTuning } from './api/messages.js';
import { get } from './api/request.js';
import { route } from './router.js';

const RETRY_MS = 2_000;

/** What the service is configured for; undefined until it has said so. */
export const namespaces = signal<readonly NamespaceTuning[] | undefined>(undefined);

/** Of the page: the one in its address, else the first there is; empty while none is known. */
export const chosenNamespace = computed(
  () => route.value.namespace || (namespaces.value?.[0]?.namespace ?? ''),
);

/** Asks until it is answered. */
export async function loadNamespaces(): Promise<void> {
  try {
    namespaces.value = (await get<ListNamespacesResponse>('/namespaces')).namespaces;
  } catch {
    // What is wrong, the banner says: the stream of the fleet has failed, too.
    setTimeout(() => void loadNamespaces(), RETRY_MS);
  }
}
