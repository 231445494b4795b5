import { computed, signal } from '@preact/signals';

export const PAGES = ['fleet', 'user', 'tuning', 'changes'] as const;
export type Page = (typeof PAGES)[number];

interface Route {
  readonly page: Page;
  /** Empty: the first namespace there is. */
  readonly namespace: string;
  /** Only of page `user`; empty: nobody is chosen. */
  readonly userId: string;
}

/** `#/user/web/alice%2F1`: whatever is chosen on a page is in its address, so that it can be sent to somebody. */
export function href({
  page,
  namespace = '',
  userId = '',
}: Partial<Route> & { readonly page: Page }): string {
  const names = [namespace, userId].filter((name) => name !== '').map(encodeURIComponent);
  return `#/${[page, ...names].join('/')}`;
}

/** The route of a hash; that of the fleet where it is none. */
function routeOf(hash: string): Route {
  const [page = '', ...names] = hash.replace(/^#\/?/, '').split('/');
  const [namespace = '', userId = ''] = names.map(decoded);
  const known = PAGES.find((name) => name === page);
  return known ? { page: known, namespace, userId } : { page: 'fleet', namespace: '', userId: '' };
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text; // typed by hand, with a % that means itself
  }
}

const hash = signal(location.hash);
addEventListener('hashchange', () => {
  hash.value = location.hash;
});

export const route = computed(() => routeOf(hash.value));

export function navigate(to: Partial<Route> & { readonly page: Page }): void {
  location.hash = href(to);
}
