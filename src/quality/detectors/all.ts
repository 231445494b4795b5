import { akka } from './akka.js';
import { bertier } from './bertier.js';
import { cassandra } from './cassandra.js';
import { chen } from './chen.js';
import type { DetectorFamily } from './family.js';
import { fixed } from './fixed.js';
import { phiNormal } from './phi-normal.js';
import { phid } from './phid.js';
import { satzger } from './satzger.js';
import { twoWindow } from './two-window.js';

/** Every detector of the lab, in the order of reports. */
export const detectorFamilies: readonly DetectorFamily[] = [
  phid,
  fixed,
  chen,
  bertier,
  phiNormal,
  akka,
  cassandra,
  satzger,
  twoWindow,
];
