#!/usr/bin/env node
import { runCli } from './program.js';

// `phid watch alice --json | head -1`: the reader is done, and so are we.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(0);
  throw error;
});

const exitCode = await runCli(process.argv.slice(2));
// A command that went on after a failure has set its own.
if (exitCode !== 0) process.exitCode = exitCode;
