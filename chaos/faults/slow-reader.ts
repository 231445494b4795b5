import { atLeast, atMost, fault } from '../support/fault.js';
import { everythingRight } from '../support/outage.js';
import { slowReading } from '../support/slow-reading.js';

export const slowReader = fault({
  name: 'slow-reader',
  what: 'A Watch stream is not read for 20 s while sixty users leave and return every second.',
  settings: { moodyUsers: 60, moodMs: 500, unreadMs: 20_000, readMs: 5_000 },
  quick: { moodyUsers: 8, unreadMs: 3_000, readMs: 1_000 },
  stage: { nodes: 1 },
  steps: ({ moodyUsers, moodMs, unreadMs, readMs }) => {
    const reading = slowReading({ moodyUsers, moodMs });
    return [
      { say: 'a stream begins to watch', do: reading.open },
      { say: 'it is not read', do: reading.stick, waitMs: unreadMs },
      { say: 'it is read again', do: reading.goOn, waitMs: readMs },
      { say: 'what it was told', do: reading.report },
    ];
  },
  expects: (settings) => ({
    ...everythingRight(settings),
    laggedNotices: atLeast(1),
    slowReaderWrong: atMost(0),
    memoryGrowthMiB: atMost(50),
  }),
});
