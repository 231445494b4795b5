import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Browser, chromium } from 'playwright-core';
import { obtainProgram, type Program } from './system-program.js';

/** Chromium without a screen, with the typefaces that the console asks for first where it has to be unpacked. */
export function obtainChromium(): Promise<Program> {
  return obtainProgram({
    names: ['chromium-headless-shell', 'chromium', 'chromium-browser', 'google-chrome'],
    debianPackages: ['chromium-headless-shell', 'fonts-inter', 'fonts-jetbrains-mono'],
    // What Debian has in usr/bin is a script that starts this one where it would be installed.
    pathInPackages: 'usr/lib/chromium/chromium-headless-shell',
    installCommands: [
      ['dnf', 'install', '-y', 'chromium-headless'],
      ['apk', 'add', 'chromium'],
      ['brew', 'install', '--cask', 'chromium'],
    ],
    advice: 'Install chromium (>= 125).',
  });
}

/** Starts one; it ends with this process. */
export async function launchChromium(args: readonly string[] = []): Promise<Browser> {
  const { path, env, unpackedDir } = await obtainChromium();
  return chromium.launch({
    executablePath: path,
    // Root may not use the sandbox, and in a container nobody can.
    chromiumSandbox: false,
    args: [...args],
    env: { ...process.env, ...env, ...(unpackedDir !== undefined && (await unpackedFonts(unpackedDir))) },
  });
}

/** Chromium does not start where no typeface is, and pages look the same where all machines have the same ones. */
async function unpackedFonts(unpackedDir: string): Promise<Record<string, string>> {
  const file = join(unpackedDir, 'fonts.conf');
  await writeFile(
    file,
    `<?xml version="1.0"?>
<fontconfig>
  <dir>${join(unpackedDir, 'usr/share/fonts')}</dir>
  <cachedir>${join(unpackedDir, 'font-cache')}</cachedir>
</fontconfig>
`,
  );
  return { FONTCONFIG_FILE: file };
}
