import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';

/** Starts a module of the bench as a process of its own, under tsx as this one is. It ends with this one. */
export function startChild(
  module: URL,
  args: readonly string[] = [],
  execArgv: readonly string[] = [],
): ChildProcess {
  return fork(module, args, { execArgv: [...process.execArgv, ...execArgv] });
}

/** The first message of a child. Rejects when it ends before. */
export async function firstMessage<Message>(child: ChildProcess): Promise<Message> {
  const ended = new AbortController();
  try {
    return await Promise.race([
      once(child, 'message', { signal: ended.signal }).then(([message]) => message as Message),
      once(child, 'exit', { signal: ended.signal }).then(([code]) => {
        throw new Error(`${child.spawnargs.join(' ')} ended with ${code}`);
      }),
    ]);
  } finally {
    ended.abort();
  }
}

export async function stopChild(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'exit');
  child.kill('SIGKILL');
  await ended;
}
