import { z } from 'zod';
import { formatDuration, parseDuration } from './duration.js';

/** A kind of value: how to read it from a flag, the environment or YAML, and how to say what is allowed. */
export interface Kind<T> {
  /** What is allowed, so that "<value> is not <allowed>" is a sentence. */
  readonly allowed: string;
  /** What stands for the value in --help: `<duration>`. */
  readonly placeholder: string;
  /** Takes text (flags, environment) as well as what YAML yields. */
  readonly schema: z.ZodType<T>;
  /** The value as it is shown and as YAML would hold it; hides what is secret. */
  show(value: T): string | number | boolean;
  /** What exactly is wrong with a value, where more can be said than that it is not allowed. */
  problem?(raw: unknown): string | undefined;
  /** A wrong value may hold a password: it must not be repeated. */
  readonly secret?: boolean;
  /** Its flag alone stands for true. */
  readonly isSwitch?: boolean;
}

const numberOrText = z.union([
  z.number(),
  z
    .string()
    .regex(/^\s*[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?\s*$/i)
    .transform(Number),
]);

export function integer(min: number, max: number): Kind<number> {
  return {
    allowed: `a whole number from ${min} to ${max}`,
    placeholder: 'number',
    schema: numberOrText.pipe(z.int().min(min).max(max)),
    show: (value) => value,
  };
}

export function decimal(min: number, max: number): Kind<number> {
  return {
    allowed: `a number from ${min} to ${max}`,
    placeholder: 'number',
    schema: numberOrText.pipe(z.number().min(min).max(max)),
    show: (value) => value,
  };
}

/** A duration in whole milliseconds: the store's scripts take no fractions. */
export function duration(minMs: number, maxMs: number): Kind<number> {
  return {
    allowed: `a duration from ${formatDuration(minMs)} to ${formatDuration(maxMs)}, such as 10s, 2m or 100ms`,
    placeholder: 'duration',
    schema: z.union([z.number(), z.string()]).transform(parseDuration).pipe(z.int().min(minMs).max(maxMs)),
    show: formatDuration,
  };
}

export function oneOf<const T extends string>(...names: readonly [T, ...T[]]): Kind<T> {
  return {
    allowed: `one of ${names.join(', ')}`,
    placeholder: 'name',
    schema: z.enum(names) as unknown as z.ZodType<T>,
    show: (value) => value,
  };
}

export const boolean: Kind<boolean> = {
  allowed: 'true or false',
  placeholder: 'true|false',
  schema: z.union([z.boolean(), z.enum(['true', 'false']).transform((text) => text === 'true')]),
  show: (value) => value,
  isSwitch: true,
};

const ADDRESS = /^(?:\[[0-9a-f:.]+\]|[^\s:[\]/]+):(\d{1,5})$/i;

/** An address to listen on or to call, `host:port`. `portMin` 0 where a free port may be asked for. */
export function address(portMin: 0 | 1): Kind<string> {
  return {
    allowed: `host:port with a port from ${portMin} to 65535, such as 127.0.0.1:50051 or [::1]:50051`,
    placeholder: 'host:port',
    schema: z.string().refine((text) => {
      const port = ADDRESS.exec(text)?.[1];
      return port !== undefined && Number(port) >= portMin && Number(port) <= 65_535;
    }),
    show: (value) => value,
  };
}

/** A path of a file, as the process sees it. */
export const file: Kind<string> = {
  allowed: 'a path of a file',
  placeholder: 'file',
  schema: z.string().min(1),
  show: (value) => value,
};

export const text: Kind<string> = {
  allowed: 'text of 1 to 1024 characters',
  placeholder: 'text',
  schema: z.string().min(1).max(1_024),
  show: (value) => value,
};

const HOST_NAME = z.string().regex(/^[a-z0-9_-]+(\.[a-z0-9_-]+)*$/i);

/** Names of hosts: a list, or text with commas between them; nothing is no names. */
export const hostNames: Kind<readonly string[]> = {
  allowed: 'names of hosts without ports, such as phid.internal,phid',
  placeholder: 'names',
  schema: z.union([z.array(z.string()), z.string().transform(splitNames)]).pipe(z.array(HOST_NAME).max(100)),
  show: (value) => value.join(','),
};

function splitNames(names: string): string[] {
  return names.trim() === '' ? [] : names.split(',').map((name) => name.trim());
}
