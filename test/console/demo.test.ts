import { expect } from 'vitest';
import { PROCESS_TEST, test } from '../cli/phid.js';
import { freePort } from '../support/redis-server.js';
import { ConsoleBrowser, untilText } from './browser.js';

const browser = new ConsoleBrowser();

test('the demo fleet is seen on every page', PROCESS_TEST, async ({ start }) => {
  const httpPort = await freePort();
  const demo = start(['demo', '--grpc-addr', '127.0.0.1:0', '--http-addr', `127.0.0.1:${httpPort}`]);
  await demo.until(() => expect(demo.out.join('\n')).toContain('Ctrl-C ends it'));
  const node = { httpUrl: (path: string) => `http://127.0.0.1:${httpPort}${path}` };

  const fleet = await browser.open(node, 'fleet');
  await untilText(fleet, '[data-measure="online"]', /^([5-9]|1\d) users$/);
  await untilText(fleet, '[data-measure="heartbeatsPerSecond"]', /^[1-9].* \/s$/);
  const changes = await browser.open(node, 'changes/demo');
  await changes.locator('.virtual-row').filter({ hasText: 'OFFLINE' }).first().waitFor();
  const user = await browser.open(node, 'user/demo/steady-1');
  await untilText(user, '[data-testid="why"]', /^ONLINE/);
  await user.getByRole('img', { name: /heartbeats in/ }).waitFor();
  const tuning = await browser.open(node, 'tuning/demo');
  await untilText(tuning, '.summary', 'SUSPECT within 3.0 s, OFFLINE within 8.0 s');
});
