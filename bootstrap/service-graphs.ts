import { execFileSync } from "node:child_process";
import path from "node:path";
import type { ServiceGraph } from "./permissions/graph.ts";

const CLI = path.resolve(import.meta.dirname, "../tools/bootstrap/graphs.ts");

/**
 * Plans the service's stacks offline. In a process of its own: this one is a Pulumi program, and evaluates another.
 * @throws Error with what the plan says when a stack cannot be planned
 */
export function serviceGraphs(stacks: readonly string[]): ServiceGraph[] {
  const text = execFileSync(process.execPath, [CLI, ...stacks], {
    cwd: path.resolve(import.meta.dirname, ".."),
    encoding: "utf8",
    maxBuffer: 64 * 1024 * 1024,
    // The plan must see neither the engine nor the stack of this program.
    env: { PATH: process.env["PATH"], HOME: process.env["HOME"] },
    stdio: ["ignore", "pipe", "inherit"],
  });
  return JSON.parse(text) as ServiceGraph[];
}
