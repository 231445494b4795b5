import { computed, signal } from '@preact/signals';
import { asker, seesFleet } from './api/asker.js';
import type { ListNamespacesResponse, NamespaceTuning } from './api/messages.js';
import { get } from './api/request.js';
import { route } from './router.js';

/** Thresholds that are for something else than a φ move with what is learned, and others may set them. */
const REFRESH_MS = 5_000;

/** What the service is configured for; undefined until it has said so. */
export const namespaces = signal<readonly NamespaceTuning[] | undefined>(undefined);

/** What may be chosen: all there are, or where that may not be asked those of the caller. */
export const choices = computed((): readonly string[] => {
  const known = asker.value;
  if (seesFleet.value) return namespaces.value?.map(({ namespace }) => namespace) ?? [];
  if (typeof known !== 'object') return [];
  return known.namespaces === '*' ? ['default'] : known.namespaces;
});

/** Of the page: the one in its address, else the first there is; empty while none is known. */
export const chosenNamespace = computed(() => route.value.namespace || (choices.value[0] ?? ''));

/** Asks for them now. Rejects with ApiError. */
export async function loadNamespaces(): Promise<void> {
  namespaces.value = (await get<ListNamespacesResponse>('/namespaces')).namespaces;
}

/** Asks for them again and again, as long as the page is there. */
export async function followNamespaces(): Promise<void> {
  // That nothing answers, the banner says: the stream of the fleet has failed, too.
  if (seesFleet.peek() && (!document.hidden || !namespaces.value)) await loadNamespaces().catch(() => {});
  setTimeout(() => void followNamespaces(), namespaces.value ? REFRESH_MS : REFRESH_MS / 5);
}
