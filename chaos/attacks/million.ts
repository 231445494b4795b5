import { connect } from '../support/rpc.js';
import type { Attack, Counts } from './attack.js';

const AGAIN_MS = 1_000;

/** Watches `users` users, so many a stream; a stream that ends is begun again after a second. */
export const watchMany: Attack = ({ url }, { users = 1, streamUsers = 1 }) => {
  const counts: Counts = { streams: 0, synced: 0, refused: 0 };
  for (let first = 0; first < users; first += streamUsers) {
    const userIds = Array.from({ length: streamUsers }, (_, i) => `many-${first + i}`);
    const client = connect(url);
    const begin = () => {
      counts.streams = (counts.streams ?? 0) + 1;
      const stream = client.watch({ userIds });
      stream.on('data', ({ synced }) => {
        if (synced) counts.synced = (counts.synced ?? 0) + 1;
      });
      stream.on('error', () => {
        counts.refused = (counts.refused ?? 0) + 1;
        setTimeout(begin, AGAIN_MS);
      });
    };
    begin();
  }
  return counts;
};
