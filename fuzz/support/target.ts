import type fc from 'fast-check';

/** What input is thrown at, and what must hold whatever it is. */
export interface Target {
  readonly name: string;
  /** For --help, in one line. */
  readonly what: string;
  /** Of the million of a full run. */
  readonly cases: number;
  /** Of the short run in `npm test`. */
  readonly quickCases: number;
  /** Starts what it needs. */
  open(): Promise<OpenTarget> | OpenTarget;
}

export interface OpenTarget {
  /** Throws, or rejects, where something does not hold: with a message, which `assert.ok` would else look for in the source. */
  readonly property: Property;
  close?(): Promise<void>;
}

// biome-ignore lint/suspicious/noExplicitAny: of whatever input a target takes.
export type Property = fc.IProperty<any> | fc.IAsyncProperty<any>;
