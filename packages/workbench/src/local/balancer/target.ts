import { Agent } from "node:http";
import type { Duplex } from "node:stream";
import { INITIAL, type Address, type Health, type TargetState } from "./health.ts";

/** One registered task: where it answers, its health and the requests that it is serving. */
export class Target {
  readonly address: Address;
  /** What messages call it, such as `task 1`. */
  readonly label: string;
  /** Keep-alive connections to this target alone, so that deregistering can close them. */
  readonly agent: Agent;
  health: Health = INITIAL;
  /** Result of the last check in words. */
  lastCheck = "not checked yet";
  /** Client connections that were upgraded (WebSocket) and now belong to this target. */
  readonly upgraded = new Set<Duplex>();
  /** Ends the health checks. */
  readonly ended = new AbortController();
  /** Real time (`performance.now()`) until which requests go elsewhere after a connection error. */
  asideUntil = 0;
  #inFlight = 0;
  readonly #onIdle: (() => void)[] = [];

  constructor(address: Address, label: string) {
    this.address = address;
    this.label = label;
    this.agent = new Agent({ keepAlive: true });
  }

  get state(): TargetState {
    return this.health.state;
  }

  get inFlight(): number {
    return this.#inFlight;
  }

  begin(): void {
    this.#inFlight += 1;
  }

  end(): void {
    this.#inFlight -= 1;
    if (this.#inFlight > 0) return;
    for (const resolve of this.#onIdle.splice(0)) resolve();
  }

  /** Resolves as soon as no request is in flight. */
  whenIdle(): Promise<void> {
    if (this.#inFlight === 0) return Promise.resolve();
    return new Promise((resolve) => {
      this.#onIdle.push(resolve);
    });
  }

  /** Closes what is left of its connections; requests in flight are answered 502. */
  disconnect(): void {
    this.agent.destroy();
    for (const socket of this.upgraded) socket.destroy();
  }
}
