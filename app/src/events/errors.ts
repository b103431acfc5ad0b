/**
 * The store has more to do than it may hold, or did not come to this call in time: answer 503 with `Retry-After`. Nothing
 * of the call was stored.
 */
export class StoreBusyError extends Error {
  override readonly name = "StoreBusyError";
  /** Whole seconds, at least 1. */
  readonly retryAfterSeconds: number;

  constructor(message: string, retryAfterSeconds: number) {
    super(message);
    this.retryAfterSeconds = retryAfterSeconds;
  }
}

/**
 * The store did not answer in time, refused, or is known to be down: answer 503 with `Retry-After`. Events of the call
 * may have been stored; sending them again is safe, because an id counts once.
 */
export class StoreUnavailableError extends Error {
  override readonly name = "StoreUnavailableError";
  /** Whole seconds, at least 1. */
  readonly retryAfterSeconds: number;

  constructor(message: string, options: { retryAfterSeconds?: number; cause?: unknown } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.retryAfterSeconds = options.retryAfterSeconds ?? 1;
  }
}

/** A cursor that this store did not hand out: answer 400. */
export class InvalidCursorError extends Error {
  override readonly name = "InvalidCursorError";
}
