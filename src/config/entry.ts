import type { Origin } from './problem.js';
import { type Setting, shown } from './setting.js';

/** A setting in effect. */
export interface Entry {
  /** `namespaces.web.window` */
  readonly path: string;
  readonly setting: Setting;
  readonly value: unknown;
  /** False: what was set is wrong and was reported, and `value` is the default. */
  readonly isValid: boolean;
  readonly origin: Origin;
}

export function describeValue({ setting, value }: Entry): string {
  return shown(setting, value);
}
