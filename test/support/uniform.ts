import fc from 'fast-check';

/**
 * Numbers from `min` to `max`, evenly. (fc.double is even over bit patterns: of its numbers from 0 to 100 nearly all
 * are below 1e-9.)
 */
export function uniform(min: number, max: number): fc.Arbitrary<number> {
  return fc.integer({ min: 0, max: 2 ** 31 - 1 }).map((i) => min + ((max - min) * i) / (2 ** 31 - 1));
}
