import { connect } from './rpc.js';
import type { Scene } from './scene.js';
import { TcpProxy } from './tcp-proxy.js';

const STREAMS_A_CONNECTION = 50;
const POLL_MS = 250;
const GAUGE = 'phid_watch_streams';

/** Watch streams through two proxies, of which one resets its connections, and the other one lets nothing through. */
export function abandonment({
  streams,
  streamUsers,
}: {
  readonly streams: number;
  readonly streamUsers: number;
}) {
  let proxies: TcpProxy[] = [];
  let clients: ReturnType<typeof connect>[] = [];
  let before = 0;
  return {
    async open({ node, fleet, figures, start }: Scene) {
      before = await node(0).metric(GAUGE);
      const port = Number(node(0).address.split(':')[1]);
      proxies = [await start(TcpProxy.start(port)), await start(TcpProxy.start(port))];
      const connections = streams / STREAMS_A_CONNECTION;
      clients = Array.from({ length: connections }, (_, i) => connect((proxies[i % 2] as TcpProxy).address));
      const userIds = fleet.users.slice(0, streamUsers).map(({ id }) => id);
      let synced = 0;
      for (const client of clients) {
        for (let i = 0; i < STREAMS_A_CONNECTION; i++) {
          const stream = client.watch({ userIds });
          stream.on('error', () => {});
          stream.on('data', ({ synced: isSynced }) => {
            if (isSynced) synced += 1;
          });
        }
      }
      while (synced < streams) await sleep(POLL_MS);
      figures.streamsOpened = (await node(0).metric(GAUGE)) - before;
    },
    abandon() {
      proxies[0]?.set({ name: 'reset' });
      proxies[1]?.set({ name: 'drop' });
      for (const client of clients) client.close();
    },
    async untilGone({ node, figures }: Scene, msMax: number) {
      const startedMs = Date.now();
      const left = async () => (await node(0).metric(GAUGE)) - before;
      while ((await left()) > 0 && Date.now() - startedMs < msMax) await sleep(POLL_MS);
      figures.streamsLeft = await left();
      figures.streamsGoneMs = Date.now() - startedMs;
    },
  };
}

const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
