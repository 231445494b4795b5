/** A request that names something phid cannot accept. The message names the field, the value and what is allowed. */
export class InvalidRequestError extends Error {
  override readonly name = 'InvalidRequestError';

  constructor(field: string, problem: string) {
    super(`${field}: ${problem}`);
  }
}

/** A limit that protects the node was reached; trying again later, or asking for less, may succeed. */
export class LimitReachedError extends Error {
  override readonly name = 'LimitReachedError';

  constructor(what: string, limit: number) {
    super(`${what}: the limit of ${limit} is reached`);
  }
}

/** A limit of how often; the same may be asked again after so long, ms. */
export class RateReachedError extends LimitReachedError {
  readonly retryAfterMs: number;

  constructor(what: string, limit: number, retryAfterMs: number) {
    super(what, limit);
    this.retryAfterMs = retryAfterMs;
  }
}
