import { firstMessage, startChild, stopChild } from '../support/child.js';

/** Gigabytes are no leak: a million users are held in one process. */
const FLAGS = ['--expose-gc', '--max-old-space-size=12288'];

/** Runs a module as a process of its own, whose heap holds nothing else; resolves with its answer. */
export async function inProcessOfItsOwn<Answer>(module: URL, args: readonly number[]): Promise<Answer> {
  const child = startChild(module, args.map(String), FLAGS);
  try {
    return await firstMessage<Answer>(child);
  } finally {
    await stopChild(child);
  }
}
