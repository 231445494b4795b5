import { InvalidRequestError } from '../../presence/errors.js';
import { type Route, routes } from './routes.js';

/** A route that fits a path, and what the path says. */
export interface Match {
  readonly route: Route;
  /** By the names in its pattern, decoded. */
  readonly path: Readonly<Record<string, string>>;
}

/** The routes that fit a path, of whatever method. Throws InvalidRequestError when the path is not valid percent-encoding. */
export function matching(pathname: string): Match[] {
  const segments = pathname.split('/');
  return routes.flatMap((route) => {
    const path = pathOf(route.pattern.split('/'), segments);
    return path ? [{ route, path }] : [];
  });
}

/** What they may be asked by. */
export function methodsOf(matches: readonly Match[]): string[] {
  const methods = matches.flatMap(({ route }) => (route.method === 'GET' ? ['GET', 'HEAD'] : [route.method]));
  return [...methods, 'OPTIONS'];
}

function pathOf(pattern: readonly string[], segments: readonly string[]): Record<string, string> | undefined {
  if (pattern.length !== segments.length) return undefined;
  const path: Record<string, string> = {};
  for (const [i, part] of pattern.entries()) {
    const segment = segments[i] as string;
    if (part.startsWith('{')) path[part.slice(1, -1)] = segment;
    else if (part !== segment) return undefined;
  }
  for (const name of Object.keys(path)) path[name] = decoded(name, path[name] as string);
  return path;
}

function decoded(name: string, segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    throw new InvalidRequestError(name, `${JSON.stringify(segment)} is not percent-encoded UTF-8`);
  }
}
