import fc from 'fast-check';

/** One change of bytes, or of a text: places are shares of its length, so that they fit whatever is left of it. */
interface Mutation<Piece> {
  readonly how: 'cut off' | 'cut out' | 'repeat' | 'put in' | 'put over' | 'splice';
  readonly at: number;
  readonly length: number;
  readonly piece: Piece;
}

interface Sequence<T> {
  readonly length: number;
  slice(start?: number, end?: number): T;
}

const share = fc.double({ min: 0, max: 1, noNaN: true });
const hows = ['cut off', 'cut out', 'repeat', 'put in', 'put over', 'splice'] as const;

function mutations<Piece>(piece: fc.Arbitrary<Piece>): fc.Arbitrary<Mutation<Piece>[]> {
  const mutation = fc.record({ how: fc.constantFrom(...hows), at: share, length: fc.nat(16), piece });
  return fc.array(mutation, { maxLength: 4 });
}

/** What is left of something valid after some changes; `other` is something else valid, to be spliced with. */
function mutate<T extends Sequence<T>>(
  valid: T,
  other: T,
  changes: readonly Mutation<T>[],
  join: (...parts: T[]) => T,
): T {
  let left = valid;
  for (const { how, at, length, piece } of changes) {
    const start = Math.floor(at * left.length);
    const [before, after] = [left.slice(0, start), left.slice(start)];
    if (how === 'cut off') left = before;
    else if (how === 'cut out') left = join(before, after.slice(length));
    else if (how === 'repeat') left = join(before, after.slice(0, length), after);
    else if (how === 'put in') left = join(before, piece, after);
    else if (how === 'put over') left = join(before, piece, after.slice(piece.length));
    else left = join(before, other.slice(Math.floor(at * other.length)));
  }
  return left;
}

/** Lengths, signs and exponents that decoders trip over. */
const NASTY_BYTES = [
  '00',
  'ff',
  '7f',
  '80',
  'ffffffff0f',
  'ffffffffffffffffff01',
  '000000000000f87f',
  'efbfbd',
];

/** Bytes near valid ones, and sometimes of nothing. */
export function mutatedBytes(valid: fc.Arbitrary<Uint8Array>): fc.Arbitrary<Buffer> {
  const piece = fc.oneof(
    fc.uint8Array({ minLength: 1, maxLength: 1 }).map((bytes) => Buffer.from(bytes)),
    fc.constantFrom(...NASTY_BYTES).map((hex) => Buffer.from(hex, 'hex')),
    fc.uint8Array({ maxLength: 12 }).map((bytes) => Buffer.from(bytes)),
  );
  const near = fc
    .tuple(valid, valid, mutations(piece))
    .map(([one, other, changes]) =>
      mutate(Buffer.from(one), Buffer.from(other), changes, (...parts) => Buffer.concat(parts)),
    );
  const noise = fc.uint8Array({ maxLength: 64 }).map((bytes) => Buffer.from(bytes));
  return fc.oneof({ arbitrary: near, weight: 9 }, { arbitrary: noise, weight: 1 });
}

/** What parsers of texts trip over, in any of them. */
const NASTY_TEXTS = [
  ...[
    '',
    ' ',
    '\n',
    '\t',
    '\0',
    '\r\n',
    '\uFEFF',
    '\uFFFD',
    '\u2028',
    '\uD800',
    '😀',
    'ß',
    '%',
    '%00',
    '%ff',
    '..',
  ],
  ...[
    '__proto__',
    'constructor',
    'toString',
    'null',
    'true',
    '~',
    '{}',
    '[]',
    '""',
    "'",
    '`',
    '\\',
    '/',
    '?',
    '#',
  ],
  ...[
    'NaN',
    'Infinity',
    '-0',
    '1e999',
    '-1',
    '9007199254740993',
    '18446744073709551616',
    '0x10',
    '1_000',
    '٣',
  ],
  ...['&a', '*a', '<<: *a', '- ', ': ', '!!js/function', '!!binary', '|', '>', '---', '...', '%YAML 9.9'],
];

/** Texts near valid ones, with `words` of their grammar in them, and sometimes nothing of it. */
export function mutatedText(
  valid: fc.Arbitrary<string>,
  words: readonly string[] = [],
): fc.Arbitrary<string> {
  const piece = fc.oneof(
    fc.constantFrom(...NASTY_TEXTS, ...words),
    fc.string({ maxLength: 4 }),
    fc.string({ unit: 'binary', maxLength: 4 }),
  );
  const near = fc
    .tuple(valid, valid, mutations(piece))
    .map(([one, other, changes]) => mutate(one, other, changes, (...parts) => parts.join('')));
  const noise = fc.oneof(piece, fc.string({ unit: 'binary', maxLength: 40 }));
  return fc.oneof({ arbitrary: near, weight: 9 }, { arbitrary: noise, weight: 1 });
}
