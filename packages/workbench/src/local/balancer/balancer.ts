import { EventEmitter, once } from "node:events";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { Duplex } from "node:stream";
import { createClock, type Clock } from "../clock.ts";
import { LocalRunError } from "../../plan/plan-reader.ts";
import type { TargetGroupSpec } from "../spec-types.ts";
import { createForwarder, type Forwarder } from "./forward.ts";
import type { RequestRecord } from "./request-record.ts";
import { weightedRouter, type Router } from "./router.ts";
import { TargetGroup, type TargetGroupOptions } from "./target-group.ts";
import type { Target } from "./target.ts";

export interface BalancerOptions {
  /** Load balancer attribute `idle_timeout.timeout_seconds`. */
  idleTimeoutSeconds: number;
  /** Default: real time. */
  clock?: Clock;
  /** Default: everything to the first group added. */
  router?: Router;
}

interface BalancerEvents {
  /** Every request, when its answer is complete or cut. */
  request: [RequestRecord];
  /** A connection to a target broke or could not be made. */
  connectionError: [{ target: Target; error: Error }];
}

/** How long a target is avoided after a connection error, until the end of its process shows. */
const SET_ASIDE_MS = 250;

/**
 * A load balancer for this machine that treats targets as an Application Load Balancer does:
 * health checks, round robin over the healthy, draining, idle timeout, and no retry: a target that
 * closes the connection costs a 502.
 */
export class Balancer extends EventEmitter<BalancerEvents> {
  readonly clock: Clock;
  readonly groups = new Map<string, TargetGroup>();
  readonly #server: Server;
  readonly #forward: Forwarder;
  readonly #idleMs: number;
  #router: Router | undefined;

  constructor(options: BalancerOptions) {
    super();
    this.clock = options.clock ?? createClock();
    this.#router = options.router;
    this.#idleMs = this.clock.patience(options.idleTimeoutSeconds * 1000);
    this.#forward = createForwarder(this.#idleMs, (target, error) => {
      target.asideUntil = performance.now() + SET_ASIDE_MS;
      this.emit("connectionError", { target, error });
    });
    const behaviour = {
      keepAliveTimeout: this.#idleMs,
      // Any other protocol (h2c) is ignored and the request served as it is.
      shouldUpgradeCallback: (request: IncomingMessage) =>
        request.headers.upgrade?.toLowerCase() === "websocket",
    };
    this.#server = createServer(behaviour, (request, response) => {
      this.#serve(request, response);
    });
    this.#server.on("upgrade", (request: IncomingMessage, socket: Duplex, head: Buffer) => {
      this.#upgrade(request, socket, head);
    });
  }

  /** Adds a target group; the first one gets all requests unless a router was given. */
  addGroup(settings: TargetGroupSpec, options?: TargetGroupOptions): TargetGroup {
    const group = new TargetGroup(settings, this.clock, options);
    this.groups.set(group.name, group);
    this.#router ??= weightedRouter({ [group.name]: 1 });
    return group;
  }

  /**
   * Listens on 127.0.0.1 and resolves with the base URL; port 0 takes a free one.
   *
   * @throws LocalRunError when the port is taken or not allowed.
   */
  async listen(port: number): Promise<URL> {
    this.#server.listen(port, "127.0.0.1");
    try {
      await once(this.#server, "listening");
    } catch (error) {
      throw portError(port, error as NodeJS.ErrnoException);
    }
    return new URL(`http://127.0.0.1:${String((this.#server.address() as AddressInfo).port)}`);
  }

  /** Accepts nothing new, waits for the answers in progress, then closes every connection. */
  async close(): Promise<void> {
    if (!this.#server.listening) return;
    await new Promise<void>((closed) => {
      this.#server.close(() => {
        closed();
      });
    });
    this.#removeTargets();
  }

  /** Closes every connection at once. */
  destroy(): void {
    this.#server.close();
    this.#server.closeAllConnections();
    this.#removeTargets();
  }

  #removeTargets(): void {
    for (const group of this.groups.values()) {
      for (const target of [...group.targets]) group.remove(target);
    }
  }

  #route(request: IncomingMessage): { group: TargetGroup | undefined; target: Target | undefined } {
    const name = this.#router?.choose(request);
    const group = name === undefined ? undefined : this.groups.get(name);
    return { group, target: group?.next() };
  }

  #serve(request: IncomingMessage, response: ServerResponse): void {
    const { group, target } = this.#route(request);
    const startedAt = performance.now();
    const at = this.clock.now();
    target?.begin();
    let fromTarget = false;
    let unreached = false;
    response.on("close", () => {
      target?.end();
      // A client's connection that was busy when the listener closed is idle only now.
      if (!this.#server.listening)
        setImmediate(() => {
          this.#server.closeIdleConnections();
        });
      const record: RequestRecord = {
        at,
        group: group?.name ?? "none",
        ...(target === undefined ? {} : { target: target.label }),
        method: request.method ?? "",
        path: request.url ?? "",
        status: response.statusCode,
        from: fromTarget ? "target" : "load-balancer",
        ...(unreached ? { unreached } : {}),
        cut: !response.writableFinished,
        durationMs: performance.now() - startedAt,
      };
      this.emit("request", record);
    });
    if (target === undefined) {
      this.#forward.answer(response, 503);
      return;
    }
    this.#forward.web(request, response, target, {
      response: () => {
        fromTarget = true;
      },
      unreached: () => {
        unreached = true;
      },
    });
  }

  #upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    const { target } = this.#route(request);
    if (target === undefined) {
      socket.end("HTTP/1.1 503 Service Temporarily Unavailable\r\nconnection: close\r\n\r\n");
      return;
    }
    target.begin();
    socket.once("close", () => {
      target.end();
    });
    this.#forward.upgrade(request, socket, head, target);
  }
}

function portError(port: number, error: NodeJS.ErrnoException): Error {
  if (error.code === "EADDRINUSE") {
    return new LocalRunError(
      `Port ${String(port)} is taken by another process: stop it, or choose another port with --port ${String(port + 1)}.`,
    );
  }
  if (error.code === "EACCES") {
    return new LocalRunError(
      `Port ${String(port)} needs more rights than this user has: choose one above 1023 with --port 8080.`,
    );
  }
  return error;
}
