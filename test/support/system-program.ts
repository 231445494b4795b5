import { execFile } from 'node:child_process';
import { access, constants, mkdir, mkdtemp, readdir, rename, rm } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** Longest time for one command of a package manager, in ms: a slow mirror, not a dead one. */
const commandMsMax = 300_000;

/** `npm ci` empties it together with node_modules, so an unpacked program is never older than the checkout. */
const cacheDir = fileURLToPath(new URL('../../node_modules/.cache/phid/', import.meta.url));

/** A program that tests need, and how it can be had. */
interface SystemProgram {
  /** The names under which distributions ship it; any of them will do. */
  readonly names: readonly string[];
  /** Debian's packages that hold it, and whatever of theirs may be installed already. */
  readonly debianPackages: readonly string[];
  /** Where it is in them, if what is in usr/bin expects it to be installed; usr/bin/<name> by default. */
  readonly pathInPackages?: string;
  /** Ways to install it where packages cannot simply be unpacked, tried in turn. */
  readonly installCommands: readonly (readonly string[])[];
  /** What to install by hand. */
  readonly advice: string;
}

export interface Program {
  readonly path: string;
  /** What the environment needs beside the tests' own, so that an unpacked program finds its libraries. */
  readonly env: Readonly<Record<string, string>>;
  /** The root of the packages that it was unpacked with; absent for one on the PATH. */
  readonly unpackedDir?: string;
}

/**
 * A program that runs: the one on the PATH, else the one unpacked earlier, else one that this obtains from the system's
 * packages. On Debian and Ubuntu that needs no root and installs nothing. Throws one error that says what was tried.
 */
export async function obtainProgram(wanted: SystemProgram): Promise<Program> {
  const { names, debianPackages, installCommands, advice } = wanted;
  const unpackedDir = join(cacheDir, debianPackages[0] as string);
  const find = async () => (await onPath(names)) ?? (await unpacked(unpackedDir, wanted));
  const present = await find();
  if (present) return present;

  const tried: string[] = [];
  const attempt = async (what: string, action: () => Promise<void>): Promise<Program | undefined> => {
    process.stderr.write(`No ${names.join(' or ')} on the PATH: ${what} ...\n`);
    try {
      await action();
      const obtained = await find();
      if (obtained) return obtained;
      tried.push(`${what}: done, but it is not there`);
    } catch (error) {
      tried.push(`${what}: ${reason(error)}`);
    }
    return undefined;
  };

  if (await onPath(['apt-get'])) {
    const obtained = await attempt('unpacking the packages of apt-get into node_modules/.cache', () =>
      unpackDebian(wanted, unpackedDir),
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
      `No ${names.join(' or ')} on the PATH, and none could be obtained. ${advice}`,
      ...(tried.length > 0 ? tried : ['None of apt-get, dnf, apk and brew is there to obtain it with.']),
    ].join('\n- '),
  );
}

/** Homebrew refuses root; the others need it, and must not stop at a password prompt. */
function asRoot(command: readonly string[]): readonly string[] {
  return command[0] === 'brew' || process.getuid?.() === 0 ? command : ['sudo', '-n', ...command];
}

/** What a failed command said last, else the error itself. */
function reason(error: unknown): string {
  const { stderr, message } = error as { stderr?: string; message: string };
  return (stderr?.trim() || message).split('\n').slice(-3).join(' | ');
}

/** The first of these programs that is on the PATH. */
async function onPath(programs: readonly string[]): Promise<Program | undefined> {
  const folders = (process.env.PATH ?? '').split(delimiter);
  const paths = programs.flatMap((program) => folders.map((folder) => join(folder, program)));
  const path = await firstExecutable(paths);
  return path === undefined ? undefined : { path, env: {} };
}

async function firstExecutable(paths: readonly string[]): Promise<string | undefined> {
  for (const path of paths) if (await isExecutable(path)) return path;
  return undefined;
}

async function isExecutable(path: string): Promise<boolean> {
  return access(path, constants.X_OK).then(
    () => true,
    () => false,
  );
}

/** The program in a folder of unpacked Debian packages, with the path to their libraries. */
async function unpacked(
  root: string,
  { names, pathInPackages }: Pick<SystemProgram, 'names' | 'pathInPackages'>,
): Promise<Program | undefined> {
  const places = pathInPackages === undefined ? names.map((name) => join('usr/bin', name)) : [pathInPackages];
  const path = await firstExecutable(places.map((place) => join(root, place)));
  if (path === undefined) return undefined;
  // Libraries are in lib/<architecture> and usr/lib/<architecture>, which of the two depends on the release; those that
  // belong to one package alone are in a folder of its name in there.
  const shared = await foldersIn([join(root, 'lib'), join(root, 'usr/lib')]);
  const ofArchitecture = shared.filter((folder) => folder.includes('-linux-'));
  const folders = [...ofArchitecture, ...(await foldersIn(ofArchitecture))];
  return { path, env: { LD_LIBRARY_PATH: folders.join(':') }, unpackedDir: root };
}

async function foldersIn(parents: readonly string[]): Promise<string[]> {
  const entries = await Promise.all(
    parents.map((parent) => readdir(parent, { withFileTypes: true }).catch(() => [])),
  );
  return entries.flat().flatMap((entry) => (entry.isDirectory() ? [join(entry.parentPath, entry.name)] : []));
}

/**
 * Downloads the packages and those that they need and this machine lacks, and unpacks them. Package lists and archives go to
 * a folder of their own, so that apt works without root and the machine stays as it is.
 */
async function unpackDebian(wanted: SystemProgram, unpackedDir: string): Promise<void> {
  const { names, debianPackages } = wanted;
  await mkdir(cacheDir, { recursive: true });
  const workDir = await mkdtemp(join(cacheDir, 'apt-'));
  try {
    const archivesDir = join(workDir, 'cache/archives');
    await mkdir(join(workDir, 'state/lists/partial'), { recursive: true });
    await mkdir(join(archivesDir, 'partial'), { recursive: true });
    const apt = (...args: string[]) =>
      run('apt-get', ['-qq', ...aptOptions(workDir), ...args], { timeout: commandMsMax });
    await apt('update');
    // --reinstall: also what is installed already, since a program may be a link to one of another package.
    await apt(
      ...['install', '--yes', '--download-only', '--reinstall', '--no-install-recommends'],
      ...debianPackages,
    );
    const rootDir = join(workDir, 'root');
    for (const archive of await readdir(archivesDir)) {
      if (archive.endsWith('.deb')) await run('dpkg-deb', ['--extract', join(archivesDir, archive), rootDir]);
    }
    const program = await unpacked(rootDir, wanted);
    if (!program) throw new Error(`the packages hold no ${names[0]}`);
    await run(program.path, ['--version'], { env: { ...process.env, ...program.env } });
    // In one step, so that another process never sees half a program; if one was faster, what it has is as good.
    await rename(rootDir, unpackedDir).catch(async (error) => {
      if (!(await unpacked(unpackedDir, wanted))) throw error;
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
