import type { Page } from 'playwright-core';
import { afterEach, describe, expect, it } from 'vitest';
import { count, duration, ratio, significant, threshold } from '../../console/src/format.js';
import type { Cost__Output } from '../../src/gen/phid/v1/Cost.js';
import { type ManualNode, startManualNode } from '../support/manual-node.js';
import { TuningClient } from '../support/tuning-client.js';
import { ConsoleBrowser, untilText } from './browser.js';

let node: ManualNode;
let client: TuningClient;
afterEach(async () => {
  client.close();
  await node.stop();
});
const browser = new ConsoleBrowser();

/** A node whose clock stands still, so that figures stay what they are, and which has counted some silences. */
async function start(): Promise<Page> {
  node = await startManualNode();
  client = new TuningClient(node);
  for (const userId of ['alice', 'bob']) await node.seed({ userId, intervalMs: 1_000, n: 100, agoMs: 0 });
  await node.clock.advance(6_000); // what was counted is exchanged
  return browser.open(node, 'tuning/default');
}

const panel = (page: Page, status: string) =>
  page.locator('section').filter({ has: page.getByRole('heading', { name: status, exact: true }) });

/** What the page says that a threshold costs. */
async function costs(page: Page, status: string): Promise<string[]> {
  const figures = panel(page, status).locator('dd');
  return (await figures.allTextContents()).map((text) => text.replace(/\s+/g, ' '));
}

/** What it has to say. */
function said(cost: Cost__Output, current: Cost__Output): string[] {
  const { falseAlarmsPerUserDay: alarms, detectionMeanMs, flapsPerHour } = cost;
  const against = (field: 'falseAlarmsPerUserDay' | 'detectionMeanMs' | 'flapsPerHour') =>
    ratio(cost[field], current[field]);
  const often = alarms > 0 ? `once in ${duration(86_400_000 / alarms)} of a session` : 'none';
  return [
    `${significant(alarms)} /user-day${against('falseAlarmsPerUserDay')}${often}${cost.extrapolated ? ', extrapolated' : ''}`,
    `${duration(detectionMeanMs)}${against('detectionMeanMs')}99 of 100 within ${duration(cost.detectionP99Ms)}`,
    `${significant(flapsPerHour)} /h${against('flapsPerHour')}of the whole fleet; ${count(cost.alarms)} silences reached it`,
  ];
}

describe('tuning', () => {
  it('says of every candidate what GetQuality does, and how much that is against the threshold in force', async () => {
    const page = await start();
    const { quality } = await client.quality();
    const suspect = quality?.suspect as Cost__Output;
    const slider = panel(page, 'SUSPECT').getByRole('slider');
    await slider.waitFor();
    expect(await costs(page, 'SUSPECT')).toEqual(said(suspect, suspect));
    await slider.focus();
    await page.keyboard.press('Home');
    const choices = [...(quality?.whatIf ?? []).filter(({ phi }) => phi !== suspect.phi), suspect];
    choices.sort((a, b) => a.phi - b.phi);
    expect(choices.length).toBeGreaterThan(10);
    for (const cost of choices) {
      await expect.poll(() => costs(page, 'SUSPECT')).toEqual(said(cost, suspect));
      await page.keyboard.press('ArrowRight');
    }
  });

  it('takes OFFLINE along where SUSPECT would be beyond it', async () => {
    const page = await start();
    await panel(page, 'SUSPECT').getByRole('slider').press('End');
    const chosen = await page.locator('.chosen-phi').allTextContents();
    expect(chosen[0]).toBe(chosen[1]);
  });

  it('sets thresholds when it is confirmed, in the name of who did', async () => {
    const page = await start();
    await panel(page, 'OFFLINE').getByRole('slider').press('ArrowRight');
    const wanted = Number(await panel(page, 'OFFLINE').locator('.chosen-phi').textContent());
    expect(wanted).toBeGreaterThan(5);
    await page.getByRole('button', { name: 'Apply …' }).click();
    const dialog = page.getByRole('dialog', { name: 'Set the thresholds of default?' });
    await dialog.getByLabel('Your name').fill('carol');
    await dialog.getByRole('button', { name: 'Set' }).click();
    await dialog.waitFor({ state: 'hidden' });
    await untilText(page, 'table', /carol.*SUSPECT φ 3.00, OFFLINE φ/);
    const [tuning] = (await client.list()).namespaces;
    expect(tuning).toMatchObject({ source: 'THRESHOLD_SOURCE_RUNTIME', offlinePhi: wanted });
    expect(tuning?.changes[0]).toMatchObject({ author: 'carol', dryRun: false });

    await page.getByRole('button', { name: 'Back to the configuration …' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Clear' }).click();
    await untilText(page, '.summary', 'by the configuration');
    expect((await client.list()).namespaces[0]).toMatchObject({ offlinePhi: 5 });
  });

  it('sets nothing when it is cancelled, and nothing without a name', async () => {
    const page = await start();
    await panel(page, 'OFFLINE').getByRole('slider').press('ArrowRight');
    await page.getByRole('button', { name: 'Apply …' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Set' }).click();
    expect(await page.locator('dialog input:invalid').count()).toBe(1);
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'hidden' });
    expect((await client.list()).namespaces[0]?.changes).toEqual([]);
  });

  it('begins a dry run, shows its counts beside those in force, and ends it', async () => {
    const page = await start();
    await panel(page, 'SUSPECT').getByRole('slider').press('ArrowLeft');
    await page.getByLabel('Dry run for').selectOption({ label: '6 h' });
    await page.getByRole('button', { name: 'Try …' }).click();
    const dialog = page.getByRole('dialog', { name: 'Try for 6 h?' });
    await dialog.getByLabel('Your name').fill('carol');
    await dialog.getByRole('button', { name: 'Start' }).click();
    await untilText(page, 'section', /Dry run.*running/);
    const { dryRun } = await client.quality();
    expect(dryRun).toMatchObject({ author: 'carol', ended: false });
    const rows = await page.getByLabel('Table of mistakes').locator('tbody tr').allTextContents();
    expect(rows).toEqual([
      `SUSPECT${threshold(dryRun?.suspectPhi ?? 0)}00same`,
      `OFFLINE${threshold(dryRun?.offlinePhi ?? 0)}00same`,
    ]);
    await page.getByRole('button', { name: 'Stop the dry run …' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Stop' }).click();
    await untilText(page, 'section', 'has ended');
    expect((await client.quality()).dryRun).toMatchObject({ ended: true });
  });

  it('says what the service has against a change, and leaves the dialog open', async () => {
    const page = await start();
    browser.expectRefusal();
    await page.getByRole('button', { name: 'Try …' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Your name').fill('é'.repeat(100)); // 200 bytes
    await dialog.getByRole('button', { name: 'Start' }).click();
    await untilText(page, 'dialog [role="alert"]', /INVALID_ARGUMENT.*author/);
  });
});
