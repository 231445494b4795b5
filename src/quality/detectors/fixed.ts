import type { DetectorFamily } from './family.js';

/**
 * A fixed timeout, the same after every heartbeat: what most systems do, and the measure of every adaptive detector.
 * Parameter: the timeout, in mean intervals of the user.
 */
export const fixed: DetectorFamily = {
  name: 'fixed',
  source: 'a fixed timeout',
  parameter: {
    name: 'timeout',
    meaning: 'timeout, in mean intervals',
    min: 1e-2,
    max: 1e3,
    isPhi: false,
  },
  sharesState: false,
  configs: [
    {
      name: 'timeout',
      namespace: (parameters) => ({
        user: ({ intervalMs }) => ({
          begin() {},
          arrive() {},
          deadlinesMs(out) {
            for (let i = 0; i < parameters.length; i++) out[i] = (parameters[i] as number) * intervalMs;
          },
        }),
      }),
    },
  ],
};
