import { EventEmitter } from 'node:events';
import { expect, test } from 'vitest';
import { TraceLane } from '../../src/cli/trace-lane.js';
import { TraceSending } from '../../src/cli/trace-sender.js';
import type { TraceArrival } from '../../src/quality/trace.js';
import { ManualClock, settle } from '../support/manual-clock.js';

type Stream = ConstructorParameters<typeof TraceSending>[0];
type Request = Parameters<Stream['write']>[0] & { heartbeats: { sessionId: string; sequence: number }[] };

/** A server's end of the stream: remembers what was sent and when, accepts it, and can refuse to take more. */
class FakeStream extends EventEmitter {
  readonly sent: string[] = [];
  hasRoom = true;
  readonly #clock: ManualClock;

  constructor(clock: ManualClock) {
    super();
    this.#clock = clock;
  }

  write({ heartbeats }: Request): boolean {
    const startMs = 1_000;
    for (const { sessionId, sequence } of heartbeats) {
      this.sent.push(`${this.#clock.nowMs() - startMs} ${sessionId}#${sequence}`);
    }
    setImmediate(() => this.emit('data', { accepted: heartbeats.length, rejections: [] }));
    return this.hasRoom;
  }

  end(): void {
    setImmediate(() => this.emit('end'));
  }

  cancel(): void {}
}

/** The arrivals of `user` in rows of user, session, sequence, received_ms. */
async function* arrivalsOf(user: string, rows: readonly string[]): AsyncGenerator<TraceArrival> {
  for (const row of rows) {
    const [of, session, sequence, receivedMs] = row.split(',') as [string, string, string, string];
    if (of !== user) continue;
    yield { user, session, sequence: Number(sequence), sentMs: undefined, receivedMs: Number(receivedMs) };
  }
}

async function startSending(
  rows: readonly string[],
  options: { speed?: number; sessions?: { first: number; last: number } } = {},
) {
  const clock = new ManualClock();
  const stream = new FakeStream(clock);
  const users = [...new Set(rows.map((row) => row.split(',', 1)[0] as string))];
  const { speed = 1, sessions } = options;
  const lanes = users.map(
    (user) => new TraceLane({ arrivals: arrivalsOf(user, rows), userId: user, sessions, speed }),
  );
  const stopped = new AbortController();
  const trace = new TraceSending(stream as unknown as Stream, lanes, {
    ...{ namespace: '', origin: '', signal: stopped.signal, clock },
  });
  const run = trace.run(lanes);
  let isDone = false;
  const finish = () => {
    isDone = true;
  };
  run.then(finish, finish);
  // Connected, and the first heartbeats are at hand: now the sender's clock starts.
  await settle();
  await settle();
  /** Lets time pass until everything is sent. */
  const toEnd = async () => {
    while (!isDone) await clock.advance(10);
    await run;
  };
  return { clock, stream, trace, stopped, run, toEnd };
}

test('every heartbeat leaves at its recorded time', async () => {
  const { stream, trace, toEnd } = await startSending(['a,0,1,0', 'a,0,2,1000', 'a,0,4,3100.5']);
  await toEnd();
  expect(stream.sent).toEqual(['0 0#1', '1000 0#2', '3100.5 0#4']);
  expect(trace.counts).toEqual({ sent: 3, acknowledged: 3, rejected: 0, latenessMsMax: 0, reasons: [] });
});

test('ten times as fast', async () => {
  const { stream, toEnd } = await startSending(['a,0,1,0', 'a,0,2,1000'], { speed: 10 });
  await toEnd();
  expect(stream.sent).toEqual(['0 0#1', '100 0#2']);
});

test('a session begins when the one before it of the same user ended; users run side by side', async () => {
  const { stream, toEnd } = await startSending([
    'a,0,1,0',
    'a,0,2,1000',
    'a,1,1,500',
    'b,x,1,700',
    'b,y,1,0',
  ]);
  await toEnd();
  expect(stream.sent).toEqual(['0 0#1', '700 x#1', '700 y#1', '1000 0#2', '1500 1#1']);
});

test('a session that counts from 0 is sent from 1; one whose first was lost keeps its numbers', async () => {
  const { stream, toEnd } = await startSending(['a,0,0,0', 'a,0,1,10', 'a,0,3,30', 'a,1,2,10', 'a,1,3,20']);
  await toEnd();
  expect(stream.sent).toEqual(['0 0#1', '10 0#2', '30 0#4', '40 1#2', '50 1#3']);
});

test('chosen sessions begin with the sending', async () => {
  const { stream, toEnd } = await startSending(['a,0,1,0', 'a,0,2,9000', 'a,1,1,50', 'a,1,2,60', 'a,2,1,0'], {
    sessions: { first: 2, last: 2 },
  });
  await toEnd();
  expect(stream.sent).toEqual(['50 1#1', '60 1#2']);
});

test('what the sender itself is late by is measured', async () => {
  const { clock, trace, toEnd } = await startSending(['a,0,1,0', 'a,0,2,1000']);
  await clock.advance(0);
  clock.stall(1_400);
  await toEnd();
  expect(trace.counts.latenessMsMax).toBe(400);
});

test('a server that takes no more holds the sender back', async () => {
  const { clock, stream, toEnd } = await startSending(['a,0,1,0', 'a,0,2,10', 'a,0,3,20']);
  stream.hasRoom = false;
  await clock.advance(0);
  await clock.advance(500);
  expect(stream.sent).toHaveLength(1);
  stream.hasRoom = true;
  stream.emit('drain');
  await toEnd();
  expect(stream.sent).toHaveLength(3);
});

test('ended early, what was sent is still waited for', async () => {
  const { clock, trace, stopped, toEnd } = await startSending(['a,0,1,0', 'a,0,2,1000']);
  await clock.advance(0);
  stopped.abort();
  await toEnd();
  expect(trace.counts).toMatchObject({ sent: 1, acknowledged: 1 });
});

test('a stream that breaks ends the sending with its error', async () => {
  const { clock, stream, run } = await startSending(['a,0,1,0', 'a,0,2,1000']);
  run.catch(() => {});
  await clock.advance(0);
  stream.emit('error', new Error('broken'));
  await expect(run).rejects.toThrow('broken');
  await settle();
});
