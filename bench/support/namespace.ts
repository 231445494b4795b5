import type { DetectorSettings, ModelName } from '../../src/detector/detector.js';
import type { StoreNamespace } from '../../src/store/store.js';
import { built } from './built.js';

const { Detector } = await built<typeof import('../../src/detector/detector.js')>('detector/detector.js');

const DAY_MS = 86_400_000;
/** φ at which a user of the default namespace is SUSPECT. */
const SUSPECT_PHI = 3;
export const WINDOW = 100;

/** A namespace as the store sees it, with phid's defaults but for what is said otherwise. */
export function namespaceOf(
  model: ModelName,
  { name = 'default', ...overrides }: Partial<DetectorSettings> & { readonly name?: string } = {},
): StoreNamespace {
  const settings: DetectorSettings = {
    model,
    logistic: false,
    window: WINDOW,
    minSamples: 10,
    expectedIntervalMs: 10_000,
    acceptablePauseMs: 3_000,
    minStdDevMs: 100,
    maxSilenceMs: 90_000,
    ...overrides,
  };
  const detector = new Detector(settings, SUSPECT_PHI);
  return { name, retentionMs: DAY_MS, halfLifeMs: DAY_MS, detector };
}
