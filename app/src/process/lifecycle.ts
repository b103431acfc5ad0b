/** Where the process stands; /readyz and the drain sequence share it. */
export class Lifecycle {
  readonly startedAt = Date.now();
  #drainingSince: number | undefined;

  /** True from the first signal to stop: still serving, but no longer asking for traffic. */
  get draining(): boolean {
    return this.#drainingSince !== undefined;
  }

  /** @returns false when the drain has begun before. */
  beginDrain(): boolean {
    if (this.#drainingSince !== undefined) return false;
    this.#drainingSince = Date.now();
    return true;
  }
}
