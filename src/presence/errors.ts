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

/** A heartbeat that was not recorded, and will not be if it is sent again. */
export class UnreadableRecordError extends Error {
  override readonly name = 'UnreadableRecordError';

  constructor() {
    super(
      'the record of this user has a format that this phid does not know; a newer one may have written it',
    );
  }
}
