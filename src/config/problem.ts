/** Where a value came from. */
export type Origin =
  | { readonly source: 'default' }
  | { readonly source: 'flag'; readonly name: string }
  | { readonly source: 'environment'; readonly name: string }
  | { readonly source: 'file'; readonly file: string; readonly line: number | undefined };

export function describeOrigin(origin: Origin): string {
  if (origin.source === 'default') return 'default';
  if (origin.source === 'file')
    return origin.line === undefined ? origin.file : `${origin.file}:${origin.line}`;
  return origin.name;
}

/** Something wrong with the configuration, as one line for people. */
export interface Problem {
  /** The setting, as the file names it: `namespaces.web.window`. */
  readonly path: string;
  /** What is wrong: value and allowed range. */
  readonly text: string;
  readonly origin: Origin;
}

export function describeProblem({ path, text, origin }: Problem): string {
  return `${path}: ${text} (${describeOrigin(origin)})`;
}

/** The configuration cannot be used. Holds every problem, not only the first. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
  readonly problems: readonly Problem[];

  constructor(problems: readonly Problem[]) {
    // Parsers quote what they cannot read, names of settings and of aliases too.
    const shown = problems.map((problem) => ({
      ...problem,
      path: withoutPasswords(problem.path),
      text: withoutPasswords(problem.text),
    }));
    super(shown.map(describeProblem).join('\n'));
    this.problems = shown;
  }
}

const QUOTED_LENGTH_MAX = 80;

/** A wrong value as a message repeats it: on one line, not too long, and without passwords. */
export function quote(value: unknown): string {
  const text = value === undefined ? 'nothing' : withoutPasswords(jsonOf(value));
  return text.length > QUOTED_LENGTH_MAX ? `${text.slice(0, QUOTED_LENGTH_MAX)}...` : text;
}

/** A text without what URLs in it may say of users: whoever misplaces one does not want to read it in a log. */
function withoutPasswords(text: string): string {
  return text.replace(/:\/\/\S*@/g, '://(not shown)@');
}

function jsonOf(value: unknown): string {
  try {
    return JSON.stringify(value) ?? String(value);
  } catch {
    // An alias of YAML within what it stands for.
    return 'a value that holds itself';
  }
}
