import { MemoryLog } from '../../test/support/log.js';
import { built } from '../support/built.js';
import { rssBytes } from '../support/os.js';

/** What the process holds, bytes. */
export interface Held {
  readonly heap: number;
  /** Outside of the heap: typed arrays. */
  readonly external: number;
  readonly rss: number;
}

/** Tells its parent what a node holds that counts the users of a Redis. Arguments: port of Redis, users, interval, ms. */
const [port = 0, users = 0, intervalMs = 0] = process.argv.slice(2).map(Number);
const { loadConfig } = await built<typeof import('../../src/config/load.js')>('config/load.js');
const { startService } = await built<typeof import('../../src/service.js')>('service.js');

const LOOK_MS = 200;

const flags = new Map([
  ['--redis', `redis://127.0.0.1:${port}`],
  ['--grpc-addr', '127.0.0.1:0'],
  ['--http-addr', '127.0.0.1:0'],
]);
const { settings } = loadConfig({ flags, env: {} });
const namespace = settings.namespaces.default as (typeof settings.namespaces)[string];
// Nobody is due while it is measured.
const detector = { ...namespace.detector, expectedIntervalMs: intervalMs, maxSilenceMs: 2 * intervalMs };
const service = await startService(
  {
    ...settings,
    shards: { usersMax: 2 * users },
    namespaces: { default: { ...namespace, detector } },
  },
  new MemoryLog(),
);

async function figure(name: string): Promise<number> {
  const page = await service.registry.metrics();
  return Number(new RegExp(`^${name} (.*)$`, 'm').exec(page)?.[1]);
}

const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

const isCounted = async () =>
  (await figure('phid_census_users')) >= users &&
  (await figure('phid_shards_complete')) === (await figure('phid_shards_owned'));
while (!(await isCounted())) await sleep(LOOK_MS);
// Once more for what the first one only marked.
for (let i = 0; i < 2; i++) globalThis.gc?.();
const { heapUsed: heap, external } = process.memoryUsage();
process.send?.({ heap, external, rss: rssBytes(process.pid) } satisfies Held);
await service.stop();
