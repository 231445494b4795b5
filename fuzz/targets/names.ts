import { deepStrictEqual, ok } from 'node:assert';
import fc from 'fast-check';
import {
  validAuthor,
  validId,
  validIds,
  validOrigin,
  validResumeToken,
  validSessionOrAll,
} from '../../src/api/ids.js';
import { pageToken, validPageToken } from '../../src/grpc/page-token.js';
import { InvalidRequestError } from '../../src/presence/errors.js';
import {
  groupKey,
  parseMember,
  parseUserKey,
  SHARDS,
  shardOf,
  shardOfKey,
  userKey,
} from '../../src/store/redis/keys.js';
import { mutatedText } from '../support/mutated.js';
import type { Target } from '../support/target.js';

const text = fc.oneof(
  mutatedText(
    fc.constantFrom('alice', 'room:42', 'ä'.repeat(128), 'x'.repeat(256), 'YWxpY2U', 'a'.repeat(1_024)),
  ),
  fc.string({ unit: 'grapheme', minLength: 60, maxLength: 300 }),
);

/** What is valid, by field: bytes at most, and whether nothing may be said. */
const rules = [
  { field: 'user_id', check: (id: string) => validId('user_id', id), bytesMax: 256, mayBeEmpty: false },
  {
    field: 'group_ids[0]',
    check: (id: string) => validIds('group_ids', [id])[0],
    bytesMax: 256,
    mayBeEmpty: false,
  },
  { field: 'session_id', check: validSessionOrAll, bytesMax: 256, mayBeEmpty: true },
  { field: 'origin', check: validOrigin, bytesMax: 64, mayBeEmpty: true },
  { field: 'author', check: validAuthor, bytesMax: 128, mayBeEmpty: false },
  { field: 'resume_token', check: validResumeToken, bytesMax: 1_024, mayBeEmpty: true },
];

/** Whether it was accepted; what is refused is refused by the name of the field. */
function isAccepted(field: string, check: () => unknown): boolean {
  try {
    check();
    return true;
  } catch (error) {
    ok(error instanceof InvalidRequestError && error.message.startsWith(`${field}: `), error as Error);
    ok(error.message.length < 1_500, 'an error that is too long');
    return false;
  }
}

export const names: Target = {
  name: 'names',
  what: 'ids of users, sessions and groups, origins, authors, tokens: taken, or refused by the name of the field',
  cases: 217_000,
  quickCases: 400,
  open: () => ({
    property: fc.property(text, text, (name, namespace) => {
      for (const { field, check, bytesMax, mayBeEmpty } of rules) {
        if (!isAccepted(field, () => check(name))) continue;
        ok(Buffer.byteLength(name) <= bytesMax && (mayBeEmpty || name !== ''), `${field} takes it`);
      }
      if (isAccepted('user_id', () => validId('user_id', name)))
        checkKeys(namespace.replaceAll(':', ''), name);
      deepStrictEqual(validPageToken(pageToken(name)), Buffer.from(name).toString());
      isAccepted('page_token', () => validPageToken(name));
    }),
  }),
};

/** Whoever is found by a key is who it was made for, in whatever shard. */
function checkKeys(namespace: string, id: string): void {
  const shard = shardOf(id);
  ok(shard >= 0 && shard < SHARDS, `shard ${shard}`);
  const key = userKey(shard, namespace, id);
  deepStrictEqual(parseUserKey(key), { namespace, userId: id });
  deepStrictEqual([shardOfKey(key), shardOfKey(groupKey(shard, namespace, id))], [shard, shard]);
  deepStrictEqual(parseMember(`${namespace}:${id}`), { namespace, id });
}
