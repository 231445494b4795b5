import type { GatewayPlan } from './fault.js';

/** Settings that the faults have in common in which a gateway is cut. Durations in ms. */
export const CUT_SETTINGS = {
  users: 1_000,
  unaryUsers: 0,
  warmUpMs: 45_000,
  deaths: 10,
  beforeDeathMs: 10_000,
  backMs: 5_000,
  detectionGrowthMsMax: 500,
};

/** Those of the quick run. */
export const CUT_SETTINGS_QUICK = {
  users: 150,
  unaryUsers: 0,
  // phid looks every 100 ms who is missing: a silence of users who beat more often than that may escape it.
  intervalMs: 500,
  warmUpMs: 4_000,
  deaths: 0,
  beforeDeathMs: 1_000,
  backMs: 3_000,
};

export const CUT_SHARE = 0.3;

/** `gw-cut`, and two that share the other users; two nodes. */
export const CUT_GATEWAYS: readonly GatewayPlan[] = [
  { name: 'gw-cut', share: CUT_SHARE, nodes: [0, 1] },
  ...['gw-0', 'gw-1'].map((name, i) => ({ name, share: (1 - CUT_SHARE) / 2, nodes: [i, 1 - i] })),
];
