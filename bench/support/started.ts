interface Stoppable {
  stop(): Promise<unknown>;
}

/** Waits for something to have started and sees to it that it is stopped. */
export type Start = <S extends Stoppable>(starting: Promise<S>) => Promise<S>;

/** Runs `work`; then, however it ended, stops what it started, the last first. */
export async function stoppingAll<Result>(work: (start: Start) => Promise<Result>): Promise<Result> {
  const started: Stoppable[] = [];
  try {
    return await work(async (starting) => {
      const one = await starting;
      started.push(one);
      return one;
    });
  } finally {
    for (const one of started.reverse()) await one.stop();
  }
}
