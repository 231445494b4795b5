/**
 * Seed of the random tests: a failure prints the one it had, and `SEED=<that> npx vitest run <file>` runs it again.
 */
export function seeded(): { readonly seed: number } {
  return { seed: process.env.SEED ? Number(process.env.SEED) : Math.floor(Math.random() * 2 ** 31) };
}

/** Numbers from 0 to 1, the same for the same seed (Park and Miller's minimal standard generator). */
export function randomNumbers(seed: number): () => number {
  let state = (seed % 2_147_483_646) + 1;
  return () => {
    state = (state * 48_271) % 2_147_483_647;
    return state / 2_147_483_647;
  };
}
