import type { Store } from './store.js';

/** Users of one partition out of a list. */
export interface PartOfUsers {
  readonly partition: number;
  readonly userIds: readonly string[];
  /** The place in the whole list of the i-th of them. */
  at(i: number): number;
}

/** Users by their partitions, each in the order of the list. */
export function byPartition(
  store: Pick<Store, 'partitions' | 'partitionOf'>,
  userIds: readonly string[],
): PartOfUsers[] {
  if (userIds.length === 0) return [];
  if (store.partitions === 1) return [{ partition: 0, userIds, at: (i) => i }];
  const parts = new Map<number, { userIds: string[]; places: number[] }>();
  userIds.forEach((userId, place) => {
    const partition = store.partitionOf(userId);
    const part = parts.get(partition);
    if (part) {
      part.userIds.push(userId);
      part.places.push(place);
    } else parts.set(partition, { userIds: [userId], places: [place] });
  });
  return [...parts].map(([partition, { userIds, places }]) => ({
    partition,
    userIds,
    at: (i) => places[i] as number,
  }));
}
