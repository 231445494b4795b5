import type { FleetPlan } from './fleet.js';
import { type ClientOptions, type Kind, kinds } from './kinds.js';

/** A fleet that is none; the message names the value and what is allowed. */
export class FleetError extends Error {
  override readonly name = 'FleetError';
}

/** `fleet`, `fleet:lossy,wifi` or `fleet:lossy@users=20,loss=0.01`: whether a text means a fleet, right or wrong. */
export function isFleet(text: string): boolean {
  return /^fleet(?![^:@])/.test(text);
}

const DAY_MS = 86_400_000;
const UNITS_MS = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: DAY_MS } as const;

interface Option {
  readonly name: string;
  readonly default?: string;
  readonly allowed: string;
  /** NaN where the text is no such thing. */
  readonly parse: (text: string) => number;
}

const wholeNumber = (name: string, min: number, max: number, byDefault: string): Option => ({
  name,
  default: byDefault,
  allowed: `a whole number from ${min} to ${max}`,
  parse: (text) => within(/^\d+$/.test(text) ? Number(text) : Number.NaN, min, max),
});

const duration = (name: string, range: { min: string; max: string }, byDefault?: string): Option => ({
  name,
  ...(byDefault && { default: byDefault }),
  allowed: `a duration from ${range.min} to ${range.max}, such as 500ms, 10s, 5m, 12h or 2d`,
  parse: (text) => within(durationMs(text), durationMs(range.min), durationMs(range.max)),
});

const options = {
  users: wholeNumber('users', 1, 100_000, '10'),
  seed: wholeNumber('seed', 0, 1_000_000_000, '1'),
  duration: duration('duration', { min: '1s', max: '365d' }, '1d'),
  interval: duration('interval', { min: '10ms', max: '1h' }),
  episode: duration('episode', { min: '100ms', max: '30d' }),
  stall: duration('stall', { min: '1ms', max: '1h' }),
  loss: {
    name: 'loss',
    allowed: 'a number from 0 to 1',
    parse: (text: string) =>
      within(/^(\d+\.?\d*|\.\d+)(e-?\d+)?$/i.test(text) ? Number(text) : Number.NaN, 0, 1),
  },
} as const satisfies Record<string, Option>;

/** Those that go to every client. */
const CLIENT_OPTIONS = {
  interval: 'intervalMs',
  episode: 'episodeMs',
  stall: 'stallMs',
  loss: 'loss',
} as const satisfies Partial<Record<keyof typeof options, keyof ClientOptions>>;

const FORM = 'fleet[:kind,kind...][@name=value,name=value...]';

/**
 * Reads `fleet[:kinds][@options]`. Kinds left out are all of them; `users` are of each kind; what is left out of
 * `interval`, `episode`, `stall` and `loss` is up to the kind. Throws FleetError.
 */
export function parseFleet(text: string): FleetPlan {
  const parts = /^fleet(?::([^@]*))?(?:@([^@]*))?$/.exec(text);
  if (!parts) throw new FleetError(`${JSON.stringify(text)} is not ${FORM}`);
  const [, kindsText, optionsText] = parts;
  const values = parseOptions(optionsText);
  const given = (name: string) => values.get(name) as number;
  const client: Partial<ClientOptions> = Object.fromEntries(
    Object.entries(CLIENT_OPTIONS)
      .filter(([name]) => values.has(name))
      .map(([name, option]) => [option, given(name)]),
  );
  const members = parseKinds(kindsText).map((kind) => ({ kind, users: given('users'), options: client }));
  return { members, seed: given('seed'), durationMs: given('duration') };
}

function parseKinds(text: string | undefined): readonly Kind[] {
  if (text === undefined) return kinds;
  const names = text.split(',');
  return names.map((name, i) => {
    const kind = kinds.find((candidate) => candidate.name === name);
    if (!kind) {
      throw new FleetError(
        `fleet: there is no kind ${JSON.stringify(name)}, only ${kinds.map((known) => known.name).join(', ')}`,
      );
    }
    if (names.indexOf(name) !== i) throw new FleetError(`fleet: the kind ${name} is named twice`);
    return kind;
  });
}

/** Values of what was given and of what has a default. */
function parseOptions(text: string | undefined): Map<string, number> {
  const texts = new Map<string, string>();
  for (const item of text === undefined ? [] : text.split(',')) {
    const [, name = '', value = ''] = /^([^=]*)=?(.*)$/s.exec(item) ?? [];
    if (!Object.hasOwn(options, name)) {
      throw new FleetError(
        `fleet: there is no option ${JSON.stringify(name)}, only ${Object.keys(options).join(', ')}`,
      );
    }
    if (texts.has(name)) throw new FleetError(`fleet: the option ${name} is given twice`);
    texts.set(name, value);
  }
  const values = new Map<string, number>();
  for (const option of Object.values<Option>(options)) {
    const value = texts.get(option.name) ?? option.default;
    if (value === undefined) continue;
    const parsed = option.parse(value);
    if (Number.isNaN(parsed)) {
      throw new FleetError(`fleet: ${option.name}: ${JSON.stringify(value)} is not ${option.allowed}`);
    }
    values.set(option.name, parsed);
  }
  return values;
}

function durationMs(text: string): number {
  const [, value, unit] = /^(\d+(?:\.\d+)?)(ms|s|m|h|d)$/.exec(text) ?? [];
  return value === undefined ? Number.NaN : Number(value) * UNITS_MS[unit as keyof typeof UNITS_MS];
}

function within(value: number, min: number, max: number): number {
  return value >= min && value <= max ? value : Number.NaN;
}
