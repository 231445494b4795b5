import type { RequestListener } from 'node:http';
import { sendText } from './send.js';

interface Site {
  /** What is below /api. */
  readonly api: RequestListener;
}

/** What is served beside the pages for machines. */
export function siteListener({ api }: Site): RequestListener {
  return (request, response) => {
    if (/^\/api(\/|\?|$)/.test(request.url ?? '')) api(request, response);
    else sendText(response, 404, 'not found; served here: /api/v1 /metrics /healthz /readyz');
  };
}
