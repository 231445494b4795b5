/** The URL of a Redis as it may be shown: its password hidden. Apart, so that showing one needs no client of Redis. */
export function redactUrl(url: string): string {
  const parsed = new URL(url);
  if (parsed.password) parsed.password = '***';
  return parsed.toString();
}
