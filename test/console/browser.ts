import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect } from 'vitest';
import { launchChromium } from '../support/chromium.js';
import type { Node } from '../support/node.js';

interface View {
  readonly widthPx: number;
  readonly theme: 'light' | 'dark';
}

/** Longer than anything takes on a busy machine, ms. */
const WAIT_MS_MAX = 10_000;

/** What a browser says where nobody listens any more: the page has a banner for that. */
const UNREACHABLE =
  /net::ERR_(CONNECTION_REFUSED|INCOMPLETE_CHUNKED_ENCODING|CONNECTION_RESET|EMPTY_RESPONSE)/;
/** What it says of an answer such as 400. */
const REFUSED = /the server responded with a status of 4\d\d/;

/**
 * A browser for the tests of a file. What it finds wrong with a page, a script error or a violation of the policy
 * included, fails the test that opened it. To be made after the hook that stops the service: hooks run the last first, and
 * a page must not outlive what it asks.
 */
export class ConsoleBrowser {
  #browser: Browser | undefined;
  #contexts: BrowserContext[] = [];
  #problems: string[] = [];
  #expected: RegExp[] = [];

  constructor() {
    beforeAll(async () => {
      this.#browser = await launchChromium();
    });
    afterAll(() => this.#browser?.close());
    afterEach(async () => {
      for (const context of this.#contexts.splice(0)) await context.close();
      this.#expected = [];
      expect(this.#problems.splice(0)).toEqual([]);
    });
  }

  /** From now on, of this test: the browser may say that the service is not there. */
  expectOutage(): void {
    this.#expected.push(UNREACHABLE);
  }

  /** The same for a request that is refused. */
  expectRefusal(): void {
    this.#expected.push(REFUSED);
  }

  /** Opens the console of a node at a route, such as `user/default/alice`. */
  async open(
    node: Pick<Node, 'httpUrl'>,
    route: string,
    { widthPx = 1_280, theme = 'light' }: Partial<View> = {},
  ): Promise<Page> {
    const context = await (this.#browser as Browser).newContext({
      viewport: { width: widthPx, height: 800 },
      colorScheme: theme,
      timezoneId: 'UTC',
    });
    this.#contexts.push(context);
    context.setDefaultTimeout(WAIT_MS_MAX);
    const page = await context.newPage();
    page.on('pageerror', (error) => this.#problems.push(String(error)));
    page.on('console', (message) => {
      const isExpected = this.#expected.some((expected) => expected.test(message.text()));
      if (['error', 'warning'].includes(message.type()) && !isExpected) this.#problems.push(message.text());
    });
    await page.goto(node.httpUrl(`/#/${route}`));
    return page;
  }
}

/** Waits until an element reads so. */
export async function untilText(page: Page, selector: string, text: string | RegExp): Promise<void> {
  await page.locator(selector).filter({ hasText: text }).first().waitFor();
}
