/**
 * A module of the build, which is what `phid serve` runs. The benches themselves run under tsx, whose compiler wraps
 * functions to keep their names; measured code must not pay for that. `npm run bench` builds first.
 */
export function built<Module>(path: string): Promise<Module> {
  return import(new URL(`../../dist/${path}`, import.meta.url).href);
}
