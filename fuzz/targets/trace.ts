import { ok } from 'node:assert';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { readTrace, TraceError } from '../../src/quality/trace.js';
import { mutatedBytes, mutatedText } from '../support/mutated.js';
import type { Target } from '../support/target.js';

const HEADER = 'user,session,sequence,sent_ms,received_ms';
const CSV = `${HEADER}\nalice,a1,1,0,0\nalice,a1,2,1000,1003.5\nbob,b1,,,0\nalice,a2,1,0,0\nbob,b1,,,900\n`;
const TIMES = '0\n1000.5\n2001\n\n3000\n';

const text = mutatedText(fc.constantFrom(CSV, TIMES), [
  HEADER,
  'alice,a1,3,',
  ',',
  '\n',
  '1e3',
  '-5',
  'alice',
]);
const bytes = fc.oneof(
  { arbitrary: text.map((each) => Buffer.from(each)), weight: 8 },
  { arbitrary: text.map((each) => gzipSync(each)), weight: 1 },
  { arbitrary: mutatedBytes(text.map((each) => gzipSync(each))), weight: 3 },
);

async function checkRead(file: string, user?: string): Promise<void> {
  const lasts = new Map<string, number>();
  try {
    for await (const { user: each, session, sequence, sentMs, receivedMs } of readTrace(file, user)) {
      ok(user === undefined || each === user, 'an arrival of somebody else');
      ok(Number.isFinite(receivedMs) && receivedMs >= 0, `received at ${receivedMs}`);
      ok(sentMs === undefined || Number.isFinite(sentMs), `sent at ${sentMs}`);
      ok(sequence === undefined || Number.isSafeInteger(sequence), `number ${sequence}`);
      const name = JSON.stringify([each, session]);
      ok(receivedMs >= (lasts.get(name) ?? 0), 'time falls within a session');
      lasts.set(name, receivedMs);
    }
  } catch (error) {
    ok(error instanceof TraceError && error.message.startsWith(file), error as Error);
  }
}

export const trace: Target = {
  name: 'trace',
  what: 'recorded traces, plain and gzip: arrivals in order, or file, line and value of what is wrong',
  cases: 30_000,
  quickCases: 60,
  open() {
    const folder = mkdtempSync(join(tmpdir(), 'phid-fuzz-'));
    const file = join(folder, 'trace.csv');
    const property = fc.asyncProperty(bytes, async (content) => {
      writeFileSync(file, content);
      await checkRead(file);
      await checkRead(file, 'alice');
    });
    return { property, close: async () => rmSync(folder, { recursive: true }) };
  },
};
