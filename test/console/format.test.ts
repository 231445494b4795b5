import { describe, expect, it } from 'vitest';
import {
  count,
  duration,
  phi,
  rate,
  ratio,
  roughly,
  significant,
  threshold,
} from '../../console/src/format.js';

describe('figures are written', () => {
  it.each([
    [0, '0 ms'],
    [849.6, '850 ms'],
    [999.7, '1.0 s'],
    [4_200, '4.2 s'],
    [99_949, '99.9 s'],
    [99_950, '1 min 40 s'],
    [125_000, '2 min 5 s'],
    [3_599_700, '1 h'],
    [3_600_000, '1 h'],
    [11_520_000, '3 h 12 min'],
    [86_399_999, '1 d'],
    [187_200_000, '2 d 4 h'],
  ])('a duration of %d ms as %s', (ms, text) => {
    expect(duration(ms)).toBe(text);
  });

  it('a time that counts up in whole seconds, and never below none', () => {
    expect([-300, 999, 59_999, 60_000].map(roughly)).toEqual(['0 s', '0 s', '59 s', '1 min']);
  });

  it('numbers with no digit more than they are good for', () => {
    expect([0, 3.1e-7, 0.01234, 4.2, 1_234.5].map(significant)).toEqual([
      '0',
      '3.1e-7',
      '0.0123',
      '4.2',
      '1,230',
    ]);
    expect([999_999, 1_234_567].map(count)).toEqual(['999,999', '1.235M']);
    expect([0.25, 99.94, 1_234.5].map(rate)).toEqual(['0.25', '99.9', '1,235']);
  });

  it('φ with two decimals, a threshold as exactly as it can be chosen', () => {
    expect([0, 2.345, 1_000].map(phi)).toEqual(['0.00', '2.35', '1,000']);
    expect([3, 5.125].map(threshold)).toEqual(['3.00', '5.125']);
  });

  it('what changed as how many times as much', () => {
    expect([ratio(3, 3), ratio(3.001, 3), ratio(6, 3), ratio(0, 3), ratio(3, 0), ratio(0, 0)]).toEqual([
      ...['same', 'same', '×2', '×0', 'from 0', 'same'],
    ]);
  });
});
