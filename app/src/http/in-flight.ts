/** Counts the requests under way and the body bytes they hold; the ground for shedding load. */
export class InFlight {
  readonly #maxBodyBytes: number;
  #requests = 0;
  #peakRequests = 0;
  #bodyBytes = 0;

  /** @param maxBodyBytes body bytes held at once beyond which `holdBody` says no. */
  constructor(maxBodyBytes: number) {
    this.#maxBodyBytes = maxBodyBytes;
  }

  get requests(): number {
    return this.#requests;
  }

  get bodyBytes(): number {
    return this.#bodyBytes;
  }

  enter(): void {
    this.#requests += 1;
    if (this.#requests > this.#peakRequests) this.#peakRequests = this.#requests;
  }

  leave(): void {
    this.#requests -= 1;
  }

  /** Counts the bytes in any case; false when that is more than may be held. */
  holdBody(bytes: number): boolean {
    this.#bodyBytes += bytes;
    return this.#bodyBytes <= this.#maxBodyBytes;
  }

  releaseBody(bytes: number): void {
    this.#bodyBytes -= bytes;
  }

  /** Most requests at once since the last call. */
  takePeak(): number {
    const peak = this.#peakRequests;
    this.#peakRequests = this.#requests;
    return peak;
  }
}
