import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { basename } from 'node:path';
import { pipeline, type Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';

/** One heartbeat of a recorded trace, as it arrived. */
export interface TraceArrival {
  readonly user: string;
  readonly session: string;
  /**
   * Number within the session; a missing one is a lost heartbeat. Some traces count from 0, some from 1; undefined where
   * heartbeats are not numbered.
   */
  readonly sequence: number | undefined;
  /** When it was sent, ms from the start of the session; undefined where nobody recorded it. */
  readonly sentMs: number | undefined;
  /** When it arrived, ms from the start of the session; never falling within one. */
  readonly receivedMs: number;
  /** Interval to the next heartbeat that this one declares, ms; undefined or 0 when it declares none. */
  readonly declaredMs?: number | undefined;
}

/** What a trace holds of one session. */
export interface TraceSession {
  readonly session: string;
  arrivals: number;
  /** Arrival of its last heartbeat, ms from its start. */
  durationMs: number;
}

/** A trace that cannot be read; the message names file, line, field and value. */
export class TraceError extends Error {
  override readonly name = 'TraceError';
}

const HEADER = 'user,session,sequence,sent_ms,received_ms';
const GZIP_MAGIC = [0x1f, 0x8b];
/** A file without line ends is no trace, and would be gathered whole. */
const LINE_LENGTH_MAX = 65_536;

/**
 * Reads a trace, plain or gzip (told apart by content, not by name), arrival by arrival and without loading it. It is a
 * CSV with a header, or one arrival time (ms) a line: one session of one user, named as the file.
 * With `user` only the arrivals of that user; lines of others are passed over unread. Sessions of one user follow one
 * another; users may be mixed. Throws TraceError.
 */
export async function* readTrace(path: string, user?: string): AsyncGenerator<TraceArrival> {
  const progress = new Map<string, UserProgress>();
  const prefix = user === undefined ? '' : `${user},`;
  let number = 0;
  const fail = (problem: string) => new TraceError(`${path}:${number}: ${problem}`);
  /** The user of a file that holds arrival times only. */
  let soleUser: string | undefined;
  for await (const text of linesOf(path)) {
    number += 1;
    const line = number === 1 ? text.replace(/^\uFEFF/, '') : text;
    if (number === 1) {
      if (line === HEADER) continue;
      if (!isNumber(line)) {
        throw new TraceError(
          `${path}:1: the header is ${quote(line)} and not ${HEADER}, and it is no arrival time either`,
        );
      }
      soleUser = basename(path);
      if (user !== undefined && user !== soleUser) return;
    }
    if (line === '' || (soleUser === undefined && !line.startsWith(prefix))) continue;
    const arrival = soleUser === undefined ? parseLine(line, fail) : parseTime(line, soleUser, fail);
    checkOrder(arrival, progress, fail);
    yield arrival;
  }
  if (number === 0) throw new TraceError(`${path}: is empty; it begins with the header ${HEADER}`);
}

/** Reads a whole trace once and says what is in it: the sessions of each user, in the order of the file. */
export async function surveyTrace(path: string): Promise<Map<string, TraceSession[]>> {
  const users = new Map<string, TraceSession[]>();
  for await (const { user, session, receivedMs } of readTrace(path)) {
    let sessions = users.get(user);
    if (!sessions) {
      sessions = [];
      users.set(user, sessions);
    }
    let last = sessions.at(-1);
    if (last?.session !== session) {
      last = { session, arrivals: 0, durationMs: 0 };
      sessions.push(last);
    }
    last.arrivals += 1;
    last.durationMs = receivedMs;
  }
  return users;
}

interface UserProgress {
  session: string;
  receivedMs: number;
  readonly ended: Set<string>;
}

type Fail = (problem: string) => TraceError;

function parseLine(line: string, fail: Fail): TraceArrival {
  const fields = line.split(',');
  if (fields.length !== 5) throw fail(`${fields.length} fields and not 5 (${HEADER}): ${quote(line)}`);
  const [user, session, sequence, sent, received] = fields as [string, string, string, string, string];
  if (user === '') throw fail('user: is empty');
  if (session === '') throw fail('session: is empty');
  if (!/^\d+$/.test(sequence) || !Number.isSafeInteger(Number(sequence))) {
    throw fail(`sequence: ${quote(sequence)} is not a whole number from 0, below 2^53`);
  }
  return {
    user,
    session,
    sequence: Number(sequence),
    sentMs: sent === '' ? undefined : parseMs('sent_ms', sent, fail),
    receivedMs: parseMs('received_ms', received, fail),
  };
}

function isNumber(text: string): boolean {
  return text.trim() !== '' && Number.isFinite(Number(text));
}

function parseTime(line: string, user: string, fail: Fail): TraceArrival {
  const receivedMs = parseMs('received_ms', line, fail);
  return { user, session: '0', sequence: undefined, sentMs: undefined, receivedMs };
}

function parseMs(field: string, text: string, fail: Fail): number {
  const value = text.trim() === '' ? Number.NaN : Number(text);
  // A clock that was set back may put the sending before the session's start, never the arrival.
  if (!Number.isFinite(value) || (field === 'received_ms' && value < 0)) {
    throw fail(
      `${field}: ${quote(text)} is not a number of milliseconds${field === 'received_ms' ? ' >= 0' : ''}`,
    );
  }
  return value;
}

function checkOrder(
  { user, session, receivedMs }: TraceArrival,
  progress: Map<string, UserProgress>,
  fail: Fail,
) {
  const last = progress.get(user);
  if (!last) {
    progress.set(user, { session, receivedMs, ended: new Set() });
    return;
  }
  if (last.session !== session) {
    if (last.ended.has(session)) {
      throw fail(
        `session: ${quote(session)} of user ${quote(user)} goes on after ${quote(last.session)} began`,
      );
    }
    last.ended.add(last.session);
    last.session = session;
  } else if (receivedMs < last.receivedMs) {
    throw fail(
      `received_ms: ${receivedMs} is before ${last.receivedMs}, the arrival before it in the session`,
    );
  }
  last.receivedMs = receivedMs;
}

async function* linesOf(path: string): AsyncGenerator<string> {
  let rest = '';
  try {
    for await (const chunk of (await textOf(path)) as AsyncIterable<string>) {
      const lines = (rest + chunk).split('\n');
      rest = lines.pop() as string;
      for (const line of lines) yield line.endsWith('\r') ? line.slice(0, -1) : line;
      if (rest.length > LINE_LENGTH_MAX)
        throw new Error(`a line is longer than ${LINE_LENGTH_MAX} characters`);
    }
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') throw new TraceError(`${path}: no such file`);
    if (code?.startsWith('Z_'))
      throw new TraceError(`${path}: the gzip data is damaged or cut off (${message})`);
    throw new TraceError(`${path}: ${message}`);
  }
  if (rest !== '') yield rest;
}

async function textOf(path: string): Promise<Readable> {
  const handle = await open(path);
  let isGzip: boolean;
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(2), 0, 2, 0);
    isGzip = bytesRead === 2 && GZIP_MAGIC.every((byte, i) => buffer[i] === byte);
  } finally {
    await handle.close();
  }
  const file = createReadStream(path);
  if (!isGzip) return file.setEncoding('utf8');
  const text = createGunzip().setEncoding('utf8');
  // The callback is what makes an error of the file end the reading, and an end of the reading close the file.
  pipeline(file, text, () => {});
  return text;
}

function quote(text: string): string {
  return JSON.stringify(text.length > 64 ? `${text.slice(0, 64)}...` : text);
}
