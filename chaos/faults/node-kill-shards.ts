import { miscounted } from '../support/census.js';
import { atLeast, atMost, fault } from '../support/fault.js';
import { canFollowLogs } from '../support/log-reader.js';
import { everythingRight } from '../support/outage.js';
import type { Scene } from '../support/scene.js';

const logs = canFollowLogs();

/** What nodes that are left count wrongly, the worst of them. */
const count = (figure: string, untoldMs: number) => async (scene: Scene) => {
  const counted = await Promise.all([1, 2].map((i) => miscounted(scene, scene.node(i).address, untoldMs)));
  scene.figures[figure] = Math.max(...counted);
};

export const nodeKillShards = fault({
  name: 'node-kill-shards',
  what: 'One of three nodes of 50,000 users is killed (SIGKILL): the others take its shards, count its users and go on in its logs.',
  settings: {
    ...{ users: 50_000, unaryUsers: 20, intervalMs: 10_000, maxSilenceMs: 40_000, warmUpMs: 60_000 },
    ...{ settleMsMin: 45_000, settleMsMax: 90_000, tellingMsMax: 5_000 },
    ...{ soonMs: 5_000, laterMs: 10_000, holdMs: 30_000 },
  },
  quick: { users: 300, warmUpMs: 4_000, soonMs: 5_000, laterMs: 3_000, holdMs: 10_000, settleMsMax: 40_000 },
  stage: ({ users, holdMs }) => ({
    nodes: 3,
    oneDiesIn: users / 100,
    watchedThrough: [2],
    namespace: {
      // As for node-stop-watched: no change is one of those which a threshold allows for.
      thresholds: { suspect: { phi: 7 }, offline: { phi: 9 } },
      // What the node that was killed has heard and not recorded is waited for so long.
      mass_silence: { hold: `${holdMs}ms` },
    },
    limits: { stream_users_max: 100_000 },
  }),
  steps: ({ soonMs, laterMs, maxSilenceMs, holdMs, tellingMsMax }) => [
    { say: 'the logs are followed', do: logs.begin, waitMs: 1_000 },
    { say: 'the node is killed', do: ({ node }) => node(0).kill(), waitMs: soonMs },
    {
      say: 'users are counted',
      do: count('miscountedSoon', maxSilenceMs + holdMs + tellingMsMax),
      waitMs: laterMs,
    },
    { say: 'users are counted again', do: count('miscountedLater', maxSilenceMs + holdMs + tellingMsMax) },
  ],
  after: logs.report,
  expects: (settings) => ({
    ...everythingRight(settings),
    deathToldMs: atMost(settings.maxSilenceMs + settings.holdMs + settings.tellingMsMax),
    miscountedSoon: atMost(settings.users / 100),
    miscountedLater: atMost(0),
    logMissed: atMost(0),
    logRepeated: atMost(0),
    logWrong: atMost(0),
    logMoves: atLeast(1),
    noHeartbeatsMs: atMost(settings.intervalMs + settings.tellingMsMax),
    noQueriesMs: atMost(settings.tellingMsMax),
  }),
});
