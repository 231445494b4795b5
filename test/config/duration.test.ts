import { expect, test } from 'vitest';
import { formatDuration, parseDuration } from '../../src/config/duration.js';
import { nearest } from '../../src/config/nearest.js';

test.each([
  ['10s', 10_000],
  ['2m', 120_000],
  ['24h', 86_400_000],
  ['100ms', 100],
  ['1.5s', 1_500],
  ['2 hours', 7_200_000],
  ['250', 250],
  [250, 250],
  [' 5s ', 5_000],
])('%j is %d ms', (text, durationMs) => {
  expect(parseDuration(text)).toBe(durationMs);
});

test.each(['', ' ', 's', '10 parsecs', '1m30s', '1e3', 'Infinity', '10s10'])('%j is no duration', (text) => {
  expect(parseDuration(text)).toBeNaN();
});

test.each([
  [0, '0ms'],
  [999, '999ms'],
  [1_500, '1500ms'],
  [90_000, '90s'],
  [120_000, '2m'],
  [86_400_000, '24h'],
  [604_800_000, '7d'],
])('%d ms is written %s, and read back', (durationMs, text) => {
  expect(formatDuration(durationMs)).toBe(text);
  expect(parseDuration(text)).toBe(durationMs);
});

test.each([
  ['windw', 'window'],
  ['widnow', 'window'],
  ['minSamples', 'min_samples'],
  ['min-samples', 'min_samples'],
  ['model', 'model'],
  ['colour', undefined],
  ['x', undefined],
])('%j was meant to be %j', (wrong, meant) => {
  expect(nearest(wrong, ['window', 'min_samples', 'max_silence', 'model'])).toBe(meant);
});
