import type { ComponentChildren } from 'preact';
import { ApiError } from '../api/request.js';

/** Instead of content: nothing there yet, and what to do about it. */
export function Empty({
  title,
  children,
}: {
  readonly title: string;
  readonly children?: ComponentChildren;
}) {
  return (
    <div class="state">
      <strong>{title}</strong>
      {children !== undefined && <p>{children}</p>}
    </div>
  );
}

export function Loading({ what }: { readonly what: string }) {
  return (
    <div class="state" role="status">
      Loading {what} …
    </div>
  );
}

const TITLES: Readonly<Record<string, string>> = {
  // The message names the role that is missing.
  PERMISSION_DENIED: 'Not for you',
};

/** What was refused, in the service's own words. */
export function Failure({ error }: { readonly error: unknown }) {
  const { code, message } = error instanceof ApiError ? error : { code: 'Error', message: String(error) };
  return (
    <div class="banner danger" role="alert">
      <strong>{TITLES[code] ?? code}</strong>
      <span>{message}</span>
    </div>
  );
}
