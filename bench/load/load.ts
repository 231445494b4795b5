import { changeUsers, openAudience } from './audience.js';
import { restart } from './fleet.js';
import { flood } from './flood.js';
import { sendHeartbeats } from './heartbeats.js';
import type { Answer, Order } from './load-process.js';
import { query } from './queries.js';
import { startBeating, stopBeating, watchSilences, watchUsers } from './watching.js';

/** What the load generator can do. */
const commands = {
  changeUsers,
  flood,
  openAudience,
  query,
  restart,
  sendHeartbeats,
  startBeating,
  stopBeating,
  watchSilences,
  watchUsers,
};
export type Commands = typeof commands;

process.on('message', async ({ id, command, job }: Order) => {
  let answer: Answer;
  try {
    answer = { id, result: await commands[command](job as never) };
  } catch (error) {
    answer = { id, error: (error as Error).stack ?? String(error) };
  }
  process.send?.(answer);
});
process.on('disconnect', () => process.exit());
