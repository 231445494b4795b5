import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Store } from '../../src/store/store.js';
import type { TuningDocument, TuningStore } from '../../src/store/tuning-store.js';

const setTo = (phi: number): TuningDocument => ({
  set: { suspect: { phi }, offline: { falseAlarmsPerUserDay: 0.1 } },
  changes: [{ atUs: 1_700_000_000_000_001, author: 'älice "the" :ops', peer: '[::1]:5' }],
});

/** What every store must do with what is set at run time. `create` gives two views of an empty one, as two nodes have. */
export function tuningContract(
  name: string,
  create: () => Promise<readonly [Store & TuningStore, Store & TuningStore]>,
): void {
  describe(`tuning contract: ${name}`, () => {
    let store: Store & TuningStore;
    let other: Store & TuningStore;
    beforeEach(async () => {
      [store, other] = await create();
    });
    afterEach(async () => {
      await store.close();
      await other.close();
    });

    it('holds nothing at first, in a version of its own', async () => {
      expect(await store.tunings('')).toEqual({ version: '', documents: undefined, isChanged: false });
    });

    it('gives every node what one has put there, and to nobody twice', async () => {
      const made = await store.tunings('', new Map([['web', setTo(2)]]));
      expect(made).toEqual({
        version: expect.stringMatching(/./),
        documents: new Map([['web', setTo(2)]]),
        isChanged: true,
      });
      const heard = await other.tunings('');
      expect(heard).toEqual({ ...made, isChanged: false });
      expect(await other.tunings(heard.version)).toEqual({ ...made, documents: undefined, isChanged: false });
    });

    it('changes nothing for who does not know what there is, and says what', async () => {
      const first = await store.tunings('', new Map([['web', setTo(2)]]));
      const late = await other.tunings('', new Map([['web', setTo(9)]]));
      expect(late).toEqual({ ...first, isChanged: false });
      const second = await other.tunings(late.version, new Map([['mobile', setTo(9)]]));
      expect(second.isChanged).toBe(true);
      expect(second.version).not.toBe(first.version);
      expect(second.documents).toEqual(
        new Map([
          ['web', setTo(2)],
          ['mobile', setTo(9)],
        ]),
      );
      // As a call that was repeated.
      const again = await other.tunings(late.version, new Map([['mobile', setTo(9)]]));
      expect(again).toEqual({ ...second, isChanged: false });
    });

    it('takes several at once, or none of them', async () => {
      const both = new Map([
        ['web', setTo(2)],
        ['mobile', setTo(3)],
      ]);
      const { version, documents } = await store.tunings('', both);
      expect(documents).toEqual(both);
      expect(await other.tunings('', new Map([['web', setTo(4)]]))).toMatchObject({ isChanged: false });
      expect((await other.tunings('')).documents).toEqual(both);
      expect((await other.tunings(version)).documents).toBeUndefined();
    });

    it('tells followers that there is something to be heard', async () => {
      let doubts = 0;
      let isFollowing = store.name === 'embedded';
      const unfollow = other.follow({
        changed: () => {},
        doubted: () => {
          doubts += 1;
        },
        lost: () => {},
        resync: () => {
          isFollowing = true;
        },
      });
      await vi.waitFor(() => expect(isFollowing).toBe(true));
      await store.tunings('', new Map([['web', setTo(2)]]));
      await vi.waitFor(() => expect(doubts).toBe(1));
      await store.tunings('', new Map([['web', setTo(3)]]));
      await store.tunings('');
      unfollow();
      expect(doubts).toBe(1);
    });
  });
}
