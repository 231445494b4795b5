import { execFile } from 'node:child_process';
import { access, constants, mkdir, mkdtemp, readdir, rename, rm } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** Longest time for one command of a package manager, in ms: a slow mirror, not a dead one. */
const commandMsMax = 300_000;

/** `npm ci` empties it together with node_modules, so an unpacked server is never older than the checkout. */
const cacheDir = fileURLToPath(new URL('../../node_modules/.cache/phid/', import.meta.url));

/** Where the packages of Debian and Ubuntu are unpacked. */
const unpackedDir = join(cacheDir, 'redis');

/** The names under which distributions ship it. Both speak the protocol and run the scripts. */
const names = ['redis-server', 'valkey-server'];

/** Ways to install it where packages cannot simply be unpacked, tried in turn. */
const installCommands = [
  ['dnf', 'install', '-y', 'redis'],
  ['dnf', 'install', '-y', 'valkey'],
  ['apk', 'add', 'redis'],
  ['brew', 'install', 'redis'],
];

interface RedisBinary {
  path: string;
  /** What the environment needs beside the tests' own, so that an unpacked server finds its libraries. */
  env: Record<string, string>;
}

/**
 * A redis-server or valkey-server that runs: the one on the PATH, else the one unpacked earlier, else one
 * that this obtains from the system's packages. On Debian and Ubuntu that needs no root and installs nothing.
 * Throws one error that says what was tried.
 */
export async function obtainRedisServer(): Promise<RedisBinary> {
  const present = (await onPath(names)) ?? (await unpacked(unpackedDir));
  if (present) return present;

  const tried: string[] = [];
  const attempt = async (what: string, action: () => Promise<void>): Promise<RedisBinary | undefined> => {
    process.stderr.write(`No redis-server or valkey-server on the PATH: ${what} ...\n`);
    try {
      await action();
      const obtained = (await onPath(names)) ?? (await unpacked(unpackedDir));
      if (obtained) return obtained;
      tried.push(`${what}: done, but no server is there`);
    } catch (error) {
      tried.push(`${what}: ${reason(error)}`);
    }
    return undefined;
  };

  if (await onPath(['apt-get'])) {
    const obtained = await attempt(
      'unpacking the packages of apt-get into node_modules/.cache',
      unpackDebian,
    );
    if (obtained) return obtained;
  }
  for (const command of installCommands) {
    if (!(await onPath(command.slice(0, 1)))) continue;
    const [program = '', ...args] = asRoot(command);
    const obtained = await attempt([program, ...args].join(' '), async () => {
      await run(program, args, { timeout: commandMsMax });
    });
    if (obtained) return obtained;
  }
  throw new Error(
    [
      'No redis-server (>= 6.2) or valkey-server on the PATH, and none could be obtained. Install one.',
      ...(tried.length > 0 ? tried : ['None of apt-get, dnf, apk and brew is there to obtain it with.']),
    ].join('\n- '),
  );
}

/** Homebrew refuses root; the others need it, and must not stop at a password prompt. */
function asRoot(command: string[]): string[] {
  return command[0] === 'brew' || process.getuid?.() === 0 ? command : ['sudo', '-n', ...command];
}

/** What a failed command said last, else the error itself. */
function reason(error: unknown): string {
  const { stderr, message } = error as { stderr?: string; message: string };
  return (stderr?.trim() || message).split('\n').slice(-3).join(' | ');
}

/** The first of these programs that is on the PATH. */
async function onPath(programs: string[]): Promise<RedisBinary | undefined> {
  for (const program of programs) {
    for (const folder of (process.env.PATH ?? '').split(delimiter)) {
      const path = join(folder, program);
      if (await isExecutable(path)) return { path, env: {} };
    }
  }
  return undefined;
}

async function isExecutable(path: string): Promise<boolean> {
  return access(path, constants.X_OK).then(
    () => true,
    () => false,
  );
}

/** The server in a folder of unpacked Debian packages, with the path to their libraries. */
async function unpacked(root: string): Promise<RedisBinary | undefined> {
  const path = join(root, 'usr/bin/redis-server');
  if (!(await isExecutable(path))) return undefined;
  // Libraries are in lib/<architecture> and usr/lib/<architecture>; which of the two depends on the release.
  const folders = await Promise.all(
    ['lib', 'usr/lib'].map(async (lib) => {
      const entries = await readdir(join(root, lib)).catch(() => []);
      return entries.filter((name) => name.includes('-linux-')).map((name) => join(root, lib, name));
    }),
  );
  return { path, env: { LD_LIBRARY_PATH: folders.flat().join(':') } };
}

/**
 * Downloads redis-server and the packages that it needs and this machine lacks, and unpacks them. Package
 * lists and archives go to a folder of their own, so that apt works without root and the machine stays as it
 * is.
 */
async function unpackDebian(): Promise<void> {
  await mkdir(cacheDir, { recursive: true });
  const workDir = await mkdtemp(join(cacheDir, 'apt-'));
  try {
    const archivesDir = join(workDir, 'cache/archives');
    await mkdir(join(workDir, 'state/lists/partial'), { recursive: true });
    await mkdir(join(archivesDir, 'partial'), { recursive: true });
    const apt = (...args: string[]) =>
      run('apt-get', ['-qq', ...aptOptions(workDir), ...args], { timeout: commandMsMax });
    await apt('update');
    // --reinstall: also what is installed already, since the server is a link to a program of redis-tools.
    await apt(
      ...['install', '--yes', '--download-only', '--reinstall', '--no-install-recommends'],
      ...['redis-server', 'redis-tools'],
    );
    const rootDir = join(workDir, 'root');
    for (const archive of await readdir(archivesDir)) {
      if (archive.endsWith('.deb')) await run('dpkg-deb', ['--extract', join(archivesDir, archive), rootDir]);
    }
    const server = await unpacked(rootDir);
    if (!server) throw new Error('the packages hold no usr/bin/redis-server');
    await run(server.path, ['--version'], { env: { ...process.env, ...server.env } });
    // In one step, so that another process never sees half a server; if one was faster, its server is as
    // good.
    await rename(rootDir, unpackedDir).catch(async (error) => {
      if (!(await unpacked(unpackedDir))) throw error;
    });
  } finally {
    await rm(workDir, { recursive: true, force: true });
  }
}

/**
 * Options that keep apt's state and archives inside a folder. What is installed it still reads from the
 * system.
 */
function aptOptions(workDir: string): string[] {
  const options = {
    'Dir::State': join(workDir, 'state'),
    'Dir::State::status': '/var/lib/dpkg/status',
    'Dir::Cache': join(workDir, 'cache'),
    // As root, apt would drop to the user _apt, who may not write into a checkout.
    'APT::Sandbox::User': 'root',
    // Nothing is installed, so the lock of the package database, which only root may take, is not needed.
    'Debug::NoLocking': 'true',
  };
  return Object.entries(options).flatMap(([name, value]) => ['-o', `${name}=${value}`]);
}
