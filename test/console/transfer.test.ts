import { readdir, readFile } from 'node:fs/promises';
import { gzipSync } from 'node:zlib';
import { expect, it } from 'vitest';

const BUILT = 'dist/console';
const TRANSFER_BYTES_MAX = 150 * 1_024;

async function files(): Promise<{ path: string; body: Buffer }[]> {
  const entries = await readdir(BUILT, { recursive: true, withFileTypes: true });
  const paths = entries.filter((entry) => entry.isFile()).map((entry) => `${entry.parentPath}/${entry.name}`);
  return Promise.all(paths.map(async (path) => ({ path, body: await readFile(path) })));
}

it('the whole console is at most 150 KiB on the wire', async () => {
  const all = await files();
  expect(all.map(({ path }) => path)).toContain(`${BUILT}/index.html`);
  const bytes = all.reduce((sum, { body }) => sum + gzipSync(body).length, 0);
  expect(bytes).toBeLessThanOrEqual(TRANSFER_BYTES_MAX);
});

it('the page has no script, style or handler of its own: the policy forbids them', async () => {
  const html = await readFile(`${BUILT}/index.html`, 'utf8');
  expect(html).not.toMatch(/<script(?![^>]*\ssrc=)|<style|\sstyle=|\son\w+=/);
  expect(html).not.toMatch(/(src|href)="(https?:)?\/\//);
});
