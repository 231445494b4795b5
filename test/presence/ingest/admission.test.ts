import { describe, expect, it } from 'vitest';
import { LimitReachedError } from '../../../src/presence/errors.js';
import { Admission } from '../../../src/presence/ingest/admission.js';

/** Streams that ask for room, and the order in which they got it; each takes what it asked for, as it must. */
function streamsOf(admission: Admission) {
  const admitted: string[] = [];
  return {
    admitted,
    ask: (name: string, size: number) =>
      admission.whenRoom(size, () => {
        admitted.push(name);
        admission.take(size);
      }),
  };
}

describe('Admission', () => {
  it('gives room up to the limit, all that is asked for or nothing', () => {
    const admission = new Admission(10);
    admission.take(8);
    expect(() => admission.take(3)).toThrow(LimitReachedError);
    admission.take(2);
    expect(() => admission.take(1)).toThrow('heartbeats waiting to be recorded: the limit of 10 is reached');
    expect(admission.pending).toBe(10);
    expect(admission.counts).toEqual({ refused: 4, replaced: 0, held: 0 });
  });

  it('keeps a tenth from streams, for those who cannot wait', () => {
    const admission = new Admission(100);
    admission.take(85);
    expect([admission.hasRoom(5), admission.hasRoom(6)]).toEqual([true, false]);
    admission.take(15);
    expect(admission.pending).toBe(100);
  });

  it('admits streams in the order in which they asked, and none past one that waits', () => {
    const admission = new Admission(100);
    const { ask, admitted } = streamsOf(admission);
    admission.take(100);
    ask('large', 60);
    ask('small', 5);
    ask('medium', 30);
    expect([admission.waiting, admission.counts.held]).toEqual([3, 3]);
    // There is room for the small one, and it is not its turn.
    admission.release(50);
    expect(admitted).toEqual([]);
    expect(admission.hasRoom(1)).toBe(false);
    admission.release(25);
    expect(admitted).toEqual(['large', 'small']);
    expect(admission.pending).toBe(90);
    admission.release(30);
    expect(admitted).toEqual(['large', 'small', 'medium']);
    expect([admission.waiting, admission.hasRoom(0)]).toEqual([0, true]);
  });

  it('forgets a stream that gave up, which no longer stands in the way of others', () => {
    const admission = new Admission(100);
    const { ask, admitted } = streamsOf(admission);
    admission.take(50);
    const giveUp = ask('large', 60);
    ask('small', 5);
    giveUp();
    expect(admitted).toEqual(['small']);
    giveUp();
    admission.release(55);
    expect(admitted).toEqual(['small']);
  });

  it('admits a message that is larger than the room of streams once nothing else is there', () => {
    const admission = new Admission(10);
    expect(admission.hasRoom(10)).toBe(true);
    const { ask, admitted } = streamsOf(admission);
    admission.take(1);
    expect(admission.hasRoom(10)).toBe(false);
    ask('whole', 10);
    admission.release(1);
    expect(admitted).toEqual(['whole']);
  });

  it('tells when everything was given back', async () => {
    const admission = new Admission(10);
    await admission.whenIdle();
    admission.take(2);
    let idle = false;
    const waiting = admission.whenIdle().then(() => {
      idle = true;
    });
    admission.release(1);
    await Promise.resolve();
    expect(idle).toBe(false);
    admission.release(1);
    await waiting;
    expect(idle).toBe(true);
  });
});
