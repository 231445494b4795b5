import type { LastCrossing } from '../../detector/user.js';

/** A user whose last session has crossed a threshold. */
export interface Crossing extends LastCrossing {
  readonly userId: string;
  readonly nowUs: number;
}
