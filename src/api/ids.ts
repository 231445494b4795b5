import { InvalidRequestError } from '../presence/errors.js';

const ID_BYTES_MAX = 256;
const ORIGIN_BYTES_MAX = 64;
const AUTHOR_BYTES_MAX = 128;
const TOKEN_BYTES_MAX = 1_024;

/** Checks an id of 1 .. 256 bytes. */
export function validId(field: string, id: string): string {
  return valid(field, id, idProblem(id));
}

/** Checks a session id, or empty where all sessions are meant. */
export function validSessionOrAll(sessionId: string): string {
  return valid('session_id', sessionId, textProblem(sessionId, ID_BYTES_MAX));
}

export function validOrigin(origin: string): string {
  return valid('origin', origin, textProblem(origin, ORIGIN_BYTES_MAX));
}

/** Checks the name of whoever changes something. */
export function validAuthor(author: string): string {
  const problem =
    author === ''
      ? `"" is empty; who changes it? 1 to ${AUTHOR_BYTES_MAX} bytes`
      : textProblem(author, AUTHOR_BYTES_MAX);
  return valid('author', author, problem);
}

/** Checks where a stream of changes is to go on; empty: from now on. */
export function validResumeToken(token: string): string {
  const bytes = Buffer.byteLength(token);
  if (bytes <= TOKEN_BYTES_MAX) return token;
  throw new InvalidRequestError('resume_token', `is ${bytes} bytes long; ${TOKEN_BYTES_MAX} is the limit`);
}

/** Checks ids of users or groups. */
export function validIds(field: string, ids: readonly string[]): readonly string[] {
  for (const [i, id] of ids.entries()) {
    const problem = idProblem(id);
    if (problem) throw new InvalidRequestError(`${field}[${i}]`, problem);
  }
  return ids;
}

function valid(field: string, text: string, problem: string | undefined): string {
  if (problem) throw new InvalidRequestError(field, problem);
  return text;
}

/** What is wrong with an id; undefined when nothing is. */
export function idProblem(id: string): string | undefined {
  return id === '' ? '"" is empty; 1 to 256 bytes of UTF-8 are needed' : textProblem(id, ID_BYTES_MAX);
}

function textProblem(text: string, bytesMax: number): string | undefined {
  // A UTF-16 unit is at most three bytes of UTF-8: most ids need no counting.
  if (text.length * 3 > bytesMax) {
    const bytes = Buffer.byteLength(text);
    if (bytes > bytesMax) return `${quote(text)} has ${bytes} bytes; at most ${bytesMax} are allowed`;
  }
  // The decoder puts U+FFFD for what is not UTF-8. Two such ids would look the same, and so are refused.
  return text.includes('\uFFFD') ? `${quote(text)} is not valid UTF-8 (or holds U+FFFD)` : undefined;
}

function quote(text: string): string {
  return JSON.stringify(text.length > 64 ? `${text.slice(0, 64)}...` : text);
}
