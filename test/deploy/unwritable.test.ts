import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { expect, it } from 'vitest';

/** Nobody's, on every Unix: the tests may run as root, who may write anywhere. */
const NOBODY = process.getuid?.() === 0 ? { uid: 65_534, gid: 65_534 } : {};
const NOWHERE = '/nonexistent';

it('phid serves where there is no file that it may write, no home and no folder for temporary files', async () => {
  // The folder that it runs in is /, which is nobody's to write.
  expect(() => writeFileSync(`${NOWHERE}/file`, '')).toThrow();
  const args = ['serve', '--grpc-addr', '127.0.0.1:0', '--http-addr', '127.0.0.1:0'];
  const child = spawn(process.execPath, [resolve('dist/cli/main.js'), ...args], {
    ...NOBODY,
    cwd: '/',
    env: { HOME: NOWHERE, TMPDIR: NOWHERE },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const stderr: Buffer[] = [];
  child.stderr.on('data', (bytes: Buffer) => stderr.push(bytes));
  try {
    for await (const line of createInterface({ input: child.stdout })) {
      const { http } = JSON.parse(line) as { http?: string };
      if (http === undefined) continue;
      for (const path of ['/readyz', '/', '/metrics', '/api/v1/fleet'])
        expect([path, (await fetch(`http://${http}${path}`)).status]).toEqual([path, 200]);
      break;
    }
  } finally {
    child.kill('SIGTERM');
    await once(child, 'exit');
  }
  expect(Buffer.concat(stderr).toString()).toBe('');
  expect(child.exitCode).toBe(0);
});
