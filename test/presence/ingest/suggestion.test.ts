import { describe, expect, it } from 'vitest';
import { suggestedIntervalMs } from '../../../src/presence/ingest/suggestion.js';
import { namespaceSettings } from '../../support/settings.js';

const { detector } = namespaceSettings({ expectedIntervalMs: 10_000, maxSilenceMs: 90_000 });

describe('the interval that clients are asked to keep', () => {
  it('is the expected one, give or take a twentieth', () => {
    expect(suggestedIntervalMs(detector, 0, 0.5)).toBe(10_000);
    expect(suggestedIntervalMs(detector, 0.5, 0)).toBe(9_500);
    expect(suggestedIntervalMs(detector, 0.5, 1)).toBe(10_500);
  });

  it('grows while more waits to be recorded than is half of the room', () => {
    expect(suggestedIntervalMs(detector, 0.6, 0.5)).toBe(16_000);
    expect(suggestedIntervalMs(detector, 0.75, 0.5)).toBe(25_000);
    expect(suggestedIntervalMs(detector, 2, 0.5)).toBe(30_000);
  });

  it('is never more than a third of max_silence, nor less than is expected', () => {
    expect(suggestedIntervalMs({ ...detector, maxSilenceMs: 45_000 }, 1, 0.5)).toBe(15_000);
    expect(suggestedIntervalMs({ ...detector, maxSilenceMs: 12_000 }, 1, 0.5)).toBe(10_000);
    expect(suggestedIntervalMs({ ...detector, expectedIntervalMs: 1 }, 0, 0)).toBe(1);
  });
});
