import { once } from "node:events";
import { request } from "node:http";
import { connect } from "node:net";
import type { HealthCheckSpec } from "../spec-types.ts";
import { LOOPBACK } from "../task-address.ts";

/**
 * States of a target as the load balancer names them:
 * https://docs.aws.amazon.com/elasticloadbalancing/latest/application/target-group-health-checks.html
 */
export type TargetState = "initial" | "healthy" | "unhealthy" | "draining" | "unused";

export interface Health {
  state: TargetState;
  /** Consecutive checks with the same result. */
  passes: number;
  failures: number;
}

export const INITIAL: Health = { state: "initial", passes: 0, failures: 0 };

type Thresholds = Pick<HealthCheckSpec, "healthyThreshold" | "unhealthyThreshold">;

/**
 * Health after one more check. A registered target is healthy after its first passing check (page
 * above: "it must pass one health check to be considered healthy"); later changes of state take
 * the thresholds. Draining and unused targets are not checked and stay as they are.
 */
export function afterCheck(health: Health, passed: boolean, thresholds: Thresholds): Health {
  if (health.state === "draining" || health.state === "unused") return health;
  const passes = passed ? health.passes + 1 : 0;
  const failures = passed ? 0 : health.failures + 1;
  if (passed && (health.state === "initial" || passes >= thresholds.healthyThreshold)) {
    return { state: "healthy", passes, failures };
  }
  if (!passed && failures >= thresholds.unhealthyThreshold) {
    return { state: "unhealthy", passes, failures };
  }
  return { state: health.state, passes, failures };
}

/** True when `status` is among the codes of a target group's matcher (`200`, `200-299`, `200,202`). */
export function matches(matcher: string, status: number): boolean {
  return matcher.split(",").some((part) => {
    const [low, high] = part.trim().split("-").map(Number);
    return low !== undefined && status >= low && status <= (high ?? low);
  });
}

export interface CheckResult {
  passed: boolean;
  /** Why it failed, or the passing code. */
  reason: string;
  /** Nothing listened: the process is starting or gone. */
  refused?: true;
}

export interface Address {
  host: string;
  port: number;
}

/** One health check on a connection of its own, as the load balancer makes it. */
export function check(
  address: Address,
  settings: Pick<HealthCheckSpec, "path" | "matcher">,
  timeoutMs: number,
  signal?: AbortSignal,
): Promise<CheckResult> {
  const { promise, resolve } = Promise.withResolvers<CheckResult>();
  const probe = request({
    ...address,
    path: settings.path,
    agent: false,
    headers: { "user-agent": "ELB-HealthChecker/2.0", connection: "close" },
    ...(signal === undefined ? {} : { signal }),
  });
  const limit = setTimeout(() => {
    resolve({ passed: false, reason: `no answer in ${String(timeoutMs / 1000)} s` });
    probe.destroy();
  }, timeoutMs);
  probe.on("response", (response) => {
    const status = response.statusCode ?? 0;
    response.resume();
    resolve({ passed: matches(settings.matcher, status), reason: `answered ${String(status)}` });
  });
  probe.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code === "ECONNREFUSED") resolve(refusedBy(address));
    else resolve({ passed: false, reason: error.message });
  });
  probe.end();
  return promise.finally(() => {
    clearTimeout(limit);
  });
}

/** Nobody listens there; or somebody who would never hear a load balancer. */
async function refusedBy({ host, port }: Address): Promise<CheckResult> {
  for (const own of host === LOOPBACK ? [] : [LOOPBACK, "::1"])
    if (await listens({ host: own, port }))
      return {
        passed: false,
        reason: `reached nobody: the app listens on ${own} alone, which only its own task reaches; let it listen on 0.0.0.0`,
      };
  return { passed: false, reason: `nothing listens on port ${port}`, refused: true };
}

async function listens(address: Address): Promise<boolean> {
  const socket = connect(address);
  try {
    await once(socket, "connect");
    return true;
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}
