import { readFileSync } from 'node:fs';
import { LineCounter, parseDocument } from 'yaml';
import { ConfigError, type Origin } from './problem.js';

/** A YAML file, read: its content as plain values, and the line of each. */
export interface ConfigFile {
  readonly file: string;
  readonly content: unknown;
  /** Where the value at a path of keys is; where it comes from an alias or a merge, the nearest parent. */
  originOf(keys: readonly string[]): Origin;
}

/** Reads a YAML file; anchors and merges (`<<`) work. Throws ConfigError when it cannot be read or is no YAML. */
export function readConfigFile(file: string, namedBy: Origin): ConfigFile {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    const reason = REASONS[code ?? ''] ?? message;
    throw new ConfigError([{ path: 'config', text: `cannot read ${file}: ${reason}`, origin: namedBy }]);
  }
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, merge: true, stringKeys: true });
  if (document.errors.length > 0) {
    throw new ConfigError(
      document.errors.map(({ message, pos }) => ({
        path: 'config',
        // The rest of the message draws the place, over several lines.
        text: `not valid YAML: ${(message.split('\n', 1)[0] as string).replace(/ at line .*$|; please use .*$/, '')}`,
        origin: { source: 'file', file, line: lines.linePos(pos[0]).line },
      })),
    );
  }
  let content: unknown;
  try {
    content = document.toJS();
  } catch (error) {
    // Aliases and merges are only looked up here.
    const text = `not valid YAML: ${(error as Error).message}`;
    throw new ConfigError([{ path: 'config', text, origin: { source: 'file', file, line: undefined } }]);
  }
  return {
    file,
    content,
    originOf(keys) {
      for (let depth = keys.length; depth > 0; depth--) {
        const node = document.getIn(keys.slice(0, depth), true) as
          | { range?: [number, ...number[]] }
          | undefined;
        if (node?.range) return { source: 'file', file, line: lines.linePos(node.range[0]).line };
      }
      return { source: 'file', file, line: undefined };
    },
  };
}

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: 'no such file',
  EACCES: 'permission denied',
  EISDIR: 'it is a directory',
};
