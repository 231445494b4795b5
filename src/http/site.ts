import type { RequestListener } from 'node:http';

interface Site {
  /** What is below /api. */
  readonly api: RequestListener;
  readonly console: RequestListener;
}

/** What is served beside the pages for machines. */
export function siteListener({ api, console }: Site): RequestListener {
  return (request, response) => {
    const isApi = /^\/api(\/|\?|$)/.test(request.url ?? '');
    return isApi ? api(request, response) : console(request, response);
  };
}
