/** Ends the command: the message goes to stderr behind `phid: `, each of its lines; the code becomes the exit code. */
export class CliError extends Error {
  override readonly name = 'CliError';
  readonly exitCode: number;

  constructor(message: string, exitCode: number = EXIT_FAILURE) {
    super(message);
    this.exitCode = exitCode;
  }
}

/** The command was right, and did not succeed. */
export const EXIT_FAILURE = 1;
/** The command line or the configuration is wrong: trying again does not help. */
export const EXIT_USAGE = 2;
/** Ended by Ctrl-C before it was done: 128 + SIGINT, as shells count. */
export const EXIT_INTERRUPTED = 130;
