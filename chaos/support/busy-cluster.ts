import type { Stage } from './fault.js';

interface ClusterSettings {
  readonly users: number;
  /** So many of them are watched; and so many are counted by nodes, at most. Both cost more than the heartbeats do. */
  readonly watchedUsers: number;
  readonly countedUsersMax: number;
}

/** As many heartbeats a second as two cores have room for, with six servers, two nodes and who sends them. */
export const busyCluster = {
  users: 20_000,
  watchedUsers: 2_500,
  countedUsersMax: 0,
  warmUpMs: 30_000,
  settleMsMax: 60_000,
};

export const quietCluster = { users: 200, watchedUsers: 200, countedUsersMax: 1_000 };

export function clusterStage({ users, watchedUsers, countedUsersMax }: ClusterSettings): Stage {
  return {
    ...{ nodes: 2, isCluster: true, oneDiesIn: 10, oneWatchedIn: Math.ceil(users / watchedUsers) },
    limits: { census_users_max: countedUsersMax },
  };
}
