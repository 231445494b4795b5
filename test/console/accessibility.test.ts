import axe from 'axe-core';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ManualNode, startManualNode } from '../support/manual-node.js';
import { ConsoleBrowser } from './browser.js';

const browser = new ConsoleBrowser();
let node: ManualNode;
beforeAll(async () => {
  node = await startManualNode();
  for (const userId of ['alice', 'bob']) await node.seed({ userId, intervalMs: 1_000, n: 40, agoMs: 0 });
  await node.clock.advance(6_000);
});
afterAll(() => node.stop());

/** Each page, and what is there when it is complete. */
const PAGES = [
  { route: 'fleet/default', ready: '[aria-label="Table of mistakes"]' },
  { route: 'user/default', ready: 'search' },
  { route: 'user/default/alice', ready: '[data-figure="phi"]' },
  { route: 'tuning/default', ready: 'input[type="range"]' },
  { route: 'changes/default', ready: '[data-testid="feed-state"]' },
] as const;

/** Serious and critical violations, with where they are. */
async function violations(page: Page): Promise<string[]> {
  await page.evaluate(axe.source); // as a script element, the policy would refuse it
  const { violations: found } = await page.evaluate<axe.AxeResults>('axe.run()');
  return found
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .flatMap(({ id, nodes }) =>
      nodes.map(({ target, failureSummary }) => `${id} ${target.join()}: ${failureSummary}`),
    );
}

describe.each(PAGES)('$route', ({ route, ready }) => {
  it.each(['light', 'dark'] as const)('has no serious violation in the %s theme', async (theme) => {
    const page = await browser.open(node, route, { theme });
    await page.locator(ready).first().waitFor();
    expect(await violations(page)).toEqual([]);
  });

  it('does not scroll sideways where the window is 360 px wide', async () => {
    const page = await browser.open(node, route, { widthPx: 360 });
    await page.locator(ready).first().waitFor();
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(360);
  });
});

it('the dialog has no serious violation', async () => {
  const page = await browser.open(node, 'tuning/default', { theme: 'dark' });
  await page.getByRole('button', { name: 'Try …' }).click();
  await page.getByRole('dialog').waitFor();
  expect(await violations(page)).toEqual([]);
});

/** What has the focus, by name; with a word of complaint where nobody can see that. */
const FOCUSED = `(() => {
  const focused = document.activeElement;
  if (focused === document.body) return 'BODY';
  const { outlineStyle, outlineWidth } = getComputedStyle(focused.closest('.switch label') ?? focused);
  const isVisible = outlineStyle !== 'none' && parseFloat(outlineWidth) >= 2;
  const name = focused.type === 'range' ? 'RANGE' : focused.getAttribute('aria-label') ?? focused.value;
  return (name || focused.textContent.trim()) + (isVisible ? '' : ' is not marked');
})()`;

describe('the keyboard', () => {
  it('reaches everything in order, and where it is can be seen', async () => {
    const page = await browser.open(node, 'tuning/default');
    await page.locator('input[type="range"]').first().waitFor();
    const stops: string[] = [];
    for (;;) {
      await page.keyboard.press('Tab');
      const stop = await page.evaluate<string>(FOCUSED);
      if (stop === 'BODY') break;
      stops.push(stop);
      expect(stops.length).toBeLessThan(50);
    }
    expect(stops).toEqual([
      ...[
        'Skip to the page',
        'phid, to the fleet',
        'Fleet',
        'User',
        'Tuning',
        'Changes',
        'default',
        'system',
      ],
      ...['RANGE', 'RANGE', '86400000', 'Try …'],
    ]);
  });

  it('goes past the header, and from page to page', async () => {
    const page = await browser.open(node, 'fleet/default');
    await page.getByRole('link', { name: 'Changes' }).waitFor();
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    expect(await page.evaluate('document.activeElement.tagName')).toBe('MAIN');
    await page.getByRole('link', { name: 'Changes' }).press('Enter');
    await page.getByTestId('feed-state').waitFor();
    expect(await page.title()).toBe('changes · phid');
  });
});

describe('the theme', () => {
  const ground = 'getComputedStyle(document.documentElement).backgroundColor';

  it('is that of the system until one is chosen, which is remembered', async () => {
    const page = await browser.open(node, 'fleet/default', { theme: 'dark' });
    await page.getByRole('radio', { name: 'Light' }).waitFor();
    const dark = await page.evaluate(ground);
    await page.getByRole('radio', { name: 'Light' }).check();
    const light = await page.evaluate(ground);
    expect(light).not.toBe(dark);
    await page.reload();
    await page.getByRole('radio', { name: 'Light' }).waitFor();
    expect(await page.getByRole('radio', { name: 'Light' }).isChecked()).toBe(true);
    expect(await page.evaluate(ground)).toBe(light);
  });
});
