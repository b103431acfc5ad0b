import type { LocalService } from "./adaptations.ts";
import type { DeploymentOutcome, TaskEvent } from "./service-types.ts";
import type { ServiceSpec } from "./spec-types.ts";
import { counted } from "../lib/words.ts";

const WIDTH = 110;

/** The first lines: what runs, and what this machine changes about it. */
export function intro(spec: ServiceSpec, local: LocalService): string {
  const { container } = spec;
  const size = `${spec.cpuUnits / 1024} vCPU, ${spec.memoryMiB} MB`;
  const command = container.command.join(" ") || "the image's own command";
  const what = `${command}, port ${container.port}, ${size}`;
  const first = `${spec.stack} on this machine: ${counted(local.desiredCount, "task")} from the plan's task definition (${what})`;
  return `${first}\n${wrap("changed here: ", local.changes)}`;
}

/** Joins with commas, and breaks lines between items. */
export function wrap(title: string, items: readonly string[]): string {
  const lines: string[] = [];
  let line = title;
  for (const [index, item] of items.entries()) {
    const piece = index === items.length - 1 ? item : `${item}, `;
    if (line.length + piece.trimEnd().length > WIDTH && line.trim() !== "") {
      lines.push(line.trimEnd());
      line = "  ";
    }
    line += piece;
  }
  return [...lines, line].join("\n");
}

/** Shown when the service answers: where, and what to try. */
export function ready(
  url: URL,
  spec: ServiceSpec,
  commands: readonly string[],
  keys: boolean,
): string {
  const { healthCheck } = spec.targetGroups[0];
  const checks = `GET ${healthCheck.path} every ${healthCheck.intervalSeconds} s, unhealthy after ${counted(healthCheck.unhealthyThreshold, "failure")}`;
  const end = keys
    ? "Ctrl-C drains and stops. r replaces all tasks one by one, as a deployment would."
    : "Ctrl-C drains and stops.";
  return [
    `load balancer  ${url.origin}   ${checks}`,
    "",
    ...commands.map((command) => `  ${command}`),
    "",
    end,
  ].join("\n");
}

/** One line about a task; undefined for what needs no line. */
export function taskLine(event: TaskEvent, spec: ServiceSpec): string | undefined {
  if (event.kind === "delayed") {
    return `  next start in ${event.seconds.toFixed(1)} s, after ${counted(event.failedStarts, "failed start")} in a row`;
  }
  const name = `  task ${event.task.id}`;
  const { path } = spec.targetGroups[0].healthCheck;
  switch (event.kind) {
    case "started":
    case "failed":
      return undefined;
    case "healthy": {
      const { host, port } = event.task.running;
      return `${name}  healthy after ${event.seconds.toFixed(1)} s   http://${host}:${port}`;
    }
    case "unhealthy":
      return `${name}  not healthy: GET ${path} ${event.reason}`;
    case "draining":
      return `${name}  draining`;
    case "stopped":
      return event.wanted ? `${name}  stopped (${event.reason})` : `${name}  died: ${event.reason}`;
  }
}

/** Why a deployment was given up. What its tasks wrote was shown as they wrote it. */
export function failure(outcome: DeploymentOutcome, spec: ServiceSpec, docker: boolean): string {
  const reason = outcome.reason ?? "it failed";
  const hint =
    !docker && reason.includes("nothing listens on port")
      ? ` The app has to listen on the port in PORT (${spec.container.port} on Fargate).`
      : "";
  const consequence =
    outcome.status === "rolled-back"
      ? `${outcome.revision} was not taken, the tasks before serve on: ${reason}.`
      : `The app does not start: ${reason}.`;
  return `${consequence}${hint}${outcome.lastLines.length === 0 ? " It wrote nothing." : ""}`;
}
