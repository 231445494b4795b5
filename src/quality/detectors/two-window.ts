import { alpha, chenConfig } from './chen.js';
import type { DetectorFamily } from './family.js';

/**
 * 2W-FD: the later of two freshness points of Chen's, one over a short window (the last heartbeat: reacts at once) and
 * one over a long one (remembers). Tomsic, Sens, Garcia, Arantes, Sopena, "2W-FD: A Failure Detector Algorithm with QoS",
 * IPDPS 2015. Both use the sending interval of the long window. Parameter: the margin α.
 */
export const twoWindow: DetectorFamily = {
  name: '2w',
  source: '2W-FD, Tomsic et al. 2015',
  parameter: alpha,
  sharesState: false,
  configs: [chenConfig('n=1,1000', [1, 1000])],
};
