import { abandonment } from '../support/abandonment.js';
import { atLeast, atMost, fault } from '../support/fault.js';
import { everythingRight } from '../support/outage.js';

export const abandonedStreams = fault({
  name: 'abandoned-streams',
  what: '1,000 Watch streams are opened and abandoned: half of the connections are reset, half fall silent.',
  settings: { streams: 1_000, streamUsers: 50, openMs: 2_000, goneMsMax: 60_000 },
  stage: { nodes: 1 },
  steps: ({ streams, streamUsers, openMs, goneMsMax }) => {
    const streamsOf = abandonment({ streams, streamUsers });
    return [
      { say: 'streams are opened', do: streamsOf.open, waitMs: openMs },
      { say: 'they are abandoned', do: streamsOf.abandon },
      { say: 'until the node has noticed', do: (scene) => streamsOf.untilGone(scene, goneMsMax) },
    ];
  },
  expects: (settings) => ({
    ...everythingRight(settings),
    streamsOpened: atLeast(settings.streams),
    streamsLeft: atMost(0),
  }),
});
