import { type ChildProcess, spawn } from 'node:child_process';

/**
 * A watchdog kills a server and deletes its folder when this process is gone: the kernel then closes the pipe on which the
 * watchdog waits. Handlers of 'exit' would miss a SIGKILL, which is how a test runner ends a worker that hangs.
 */
export function endWithThisProcess(child: ChildProcess, dir: string): void {
  const script = 'read -r _; kill -9 "$0"; rm -rf "$1"';
  const watchdog = spawn('sh', ['-c', script, String(pidOf(child)), dir], {
    detached: true, // a Ctrl-C must reach us, not the watchdog
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  watchdog.unref();
  child.once('exit', () => watchdog.kill('SIGKILL'));
}

export function pidOf(child: ChildProcess): number {
  if (child.pid === undefined) throw new Error('the server was never started');
  return child.pid;
}
