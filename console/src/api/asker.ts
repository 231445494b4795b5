import { computed, signal } from '@preact/signals';

/** Who asks, as phid knows them. */
export interface Caller {
  readonly caller: string;
  readonly roles: readonly string[];
  /** `*`: all of them. */
  readonly namespaces: '*' | readonly string[];
}

/**
 * `unknown`: phid was not asked yet. `anybody`: nobody has to say who they are. `nobody`: whoever looks has to, and has not;
 * `ended`: no longer, though they had.
 */
type Asker = 'unknown' | 'anybody' | 'nobody' | 'ended' | Caller;

export const asker = signal<Asker>('unknown');

/** Whether it is of any use to ask for anything. */
export const isAdmitted = computed(() => asker.value === 'anybody' || typeof asker.value === 'object');

/** Whether whoever looks may ask for all namespaces: of the fleet, and which there are. */
export const seesFleet = computed(() => {
  const known = asker.value;
  if (typeof known !== 'object') return known === 'anybody';
  return known.namespaces === '*' && known.roles.some((role) => role === 'query' || role === 'admin');
});

/** Something was refused to whoever looks because phid does not know them. */
export function turnAway(): void {
  const known = asker.peek();
  if (known !== 'ended') asker.value = typeof known === 'object' ? 'ended' : 'nobody';
}
