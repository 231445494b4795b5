import { computed, signal } from '@preact/signals';
import type { ListNamespacesResponse, NamespaceTuning } from './api/messages.js';
import { get } from './api/request.js';
import { route } from './router.js';

/** Thresholds that are for something else than a φ move with what is learned, and others may set them. */
const REFRESH_MS = 5_000;

/** What the service is configured for; undefined until it has said so. */
export const namespaces = signal<readonly NamespaceTuning[] | undefined>(undefined);

/** Of the page: the one in its address, else the first there is; empty while none is known. */
export const chosenNamespace = computed(
  () => route.value.namespace || (namespaces.value?.[0]?.namespace ?? ''),
);

/** Asks for them now. Rejects with ApiError. */
export async function loadNamespaces(): Promise<void> {
  namespaces.value = (await get<ListNamespacesResponse>('/namespaces')).namespaces;
}

/** Asks for them again and again, as long as the page is there. */
export async function followNamespaces(): Promise<void> {
  // That nothing answers, the banner says: the stream of the fleet has failed, too.
  if (!document.hidden || !namespaces.value) await loadNamespaces().catch(() => {});
  setTimeout(() => void followNamespaces(), namespaces.value ? REFRESH_MS : REFRESH_MS / 5);
}
