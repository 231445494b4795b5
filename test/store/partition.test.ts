import { beforeEach, describe, expect, it } from 'vitest';
import type { UserRecord } from '../../src/detector/user.js';
import { decodeUser, encodeUser } from '../../src/store/record/codec.js';
import { Partition } from '../../src/store/redis/partition.js';
import { RecordCache } from '../../src/store/redis/record-cache.js';
import { Recording } from '../../src/store/redis/recording.js';
import type { Call } from '../../src/store/redis/scripts.js';
import { Writes } from '../../src/store/redis/writes.js';
import { StoreUnavailableError } from '../../src/store/store.js';
import { received } from '../support/heartbeat.js';
import { ManualClock } from '../support/manual-clock.js';
import { storeNamespace } from '../support/settings.js';

let clock: ManualClock;
/** Of each server by how much its clock is ahead, µs; the name of its data; and whether they can be written to. */
let servers: { aheadUs: number; name: string | null; isReadOnly: boolean }[];
let first: Partition;
let second: Partition;
beforeEach(async () => {
  clock = new ManualClock();
  servers = [0, 0].map(() => ({ aheadUs: 0, name: null, isReadOnly: false }));
  const partition = (i: number, before?: Partition) =>
    new Partition({ shards: [i], first: before, clock, call: callOf(i) });
  first = partition(0);
  second = partition(1, first);
});

/** What a server answers, whose clock is the test's. */
function callOf(i: number): Call {
  return async ({ name: script }, _, [argument]) => {
    const server = servers[i] as (typeof servers)[number];
    if (script === 'name') {
      if (server.isReadOnly) throw new StoreUnavailableError('READONLY');
      server.name ??= String(argument);
      return Buffer.from(server.name);
    }
    const now = Buffer.alloc(8);
    now.writeDoubleLE(serverUs(i));
    if (script === 'record') return Buffer.concat([now, Buffer.from('1')]);
    return [now, server.name === null ? null : Buffer.from(server.name), []];
  };
}

const serverUs = (i: number) => clock.epochUs() + (servers[i]?.aheadUs ?? 0);
const shiftUs = async (partition: Partition) => (await partition.read([])).clocks.shiftUs;

describe('the clocks of two servers', () => {
  it('that differ by less than 50 ms count as one', async () => {
    (servers[1] as { aheadUs: number }).aheadUs = 49_000;
    await first.greet();
    expect(await shiftUs(second)).toBe(0);
    expect((await second.read([])).clocks.nowUs).toBe(serverUs(1));
  });

  it.each([
    ['ahead', 7_000_000],
    ['behind', -3_600_000_000],
  ])('that differ by more are told apart: the times of one that is %s are shifted', async (_, aheadUs) => {
    (servers[1] as { aheadUs: number }).aheadUs = aheadUs;
    await first.greet();
    expect(await shiftUs(first)).toBe(0);
    expect(await shiftUs(second)).toBe(-aheadUs);
    expect((await second.clocks()).nowUs).toBe(clock.epochUs());
  });

  it('keep the difference that they had while it is nearly right, and take another one when it is not', async () => {
    const server = servers[1] as { aheadUs: number };
    server.aheadUs = 1_000_000;
    await first.greet();
    expect(await shiftUs(second)).toBe(-1_000_000);
    server.aheadUs = 1_030_000;
    await second.greet();
    expect(await shiftUs(second)).toBe(-1_000_000);
    // Another server took over, whose clock is right.
    server.aheadUs = 2_000;
    await second.greet();
    expect(Math.abs(await shiftUs(second))).toBe(0);
  });

  it('do not show in a record: it is what it would be on one clock, and holds times of its own server', async () => {
    const server = servers[1] as { aheadUs: number };
    const namespace = storeNamespace();
    const recordOn = async (aheadUs: number): Promise<UserRecord> => {
      server.aheadUs = aheadUs;
      await first.greet();
      await second.greet();
      const cache = new RecordCache(0, clock);
      let stored: Buffer | undefined;
      for (const agoMs of [9_000, 6_000, 5_000, 0]) {
        const heartbeat = received({ receivedMs: clock.nowMs() - agoMs });
        const recording = new Recording(namespace, [heartbeat], cache, () => {});
        recording.unknownKeys();
        const writes = new Writes();
        const clocks = await second.clocks();
        recording.change([stored ?? null], clocks, writes);
        expect(recording.arrivals[0]?.atUs).toBe(clock.epochUs() - agoMs * 1000);
        stored = Buffer.from(writes.recordOf(0));
      }
      const record = decodeUser(stored as Buffer);
      expect(record.sessions[0]?.lastUs).toBe(clock.epochUs() + aheadUs);
      return decodeUser(stored as Buffer, -aheadUs);
    };
    const plain = (record: UserRecord) => encodeUser(record, 0).toString('hex');
    const ofOneClock = plain(await recordOn(0));
    expect(plain(await recordOn(90_000_000_000))).toBe(ofOneClock);
    expect(plain(await recordOn(-250_000))).toBe(ofOneClock);
  });
});

describe('the name of the data', () => {
  it('is given to those that have none, and no loss', async () => {
    await first.greet();
    expect(servers[0]?.name).toMatch(/^[0-9a-f-]{36}$/);
    expect(first.lostDataUs).toBe(Number.NEGATIVE_INFINITY);
  });

  it('that is another one, or gone, says with the very answer that data were lost, of this partition alone', async () => {
    await Promise.all([first.greet(), second.greet()]);
    await clock.advance(1_000);
    (servers[1] as { name: string | null }).name = 'another';
    await second.read(['phid1:{p01}:u:default:alice']);
    expect(second.lostDataUs).toBe(clock.epochUs());
    await clock.advance(1_000);
    (servers[1] as { name: string | null }).name = null;
    await second.read([]);
    expect(second.lostDataUs).toBe(clock.epochUs());
    expect(servers[1]?.name).not.toBeNull();
    expect(first.lostDataUs).toBe(Number.NEGATIVE_INFINITY);
  });

  it('is asked for again of a server that could not be written to: it can be read meanwhile', async () => {
    (servers[0] as { isReadOnly: boolean }).isReadOnly = true;
    await first.greet();
    expect(servers[0]?.name).toBeNull();
    (servers[0] as { isReadOnly: boolean }).isReadOnly = false;
    await first.read([]);
    expect(servers[0]?.name).not.toBeNull();
    expect(first.lostDataUs).toBe(Number.NEGATIVE_INFINITY);
  });
});
