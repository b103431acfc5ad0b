import type { ServerResponse } from "node:http";

/** The responses under way: the ground for shedding load, and what a drain waits for. */
export class InFlight extends Set<ServerResponse> {
  #peak = 0;

  override add(response: ServerResponse): this {
    super.add(response);
    if (this.size > this.#peak) this.#peak = this.size;
    return this;
  }

  /** Most at once since the last call. */
  takePeak(): number {
    const peak = this.#peak;
    this.#peak = this.size;
    return peak;
  }
}
