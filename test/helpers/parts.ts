import { spawnSync } from "node:child_process";

/** Parts that a machine may lack: a test that asks for one is skipped there, and stands in a file `*.parts.test.ts`. */

export const isOnPath = (command: string): boolean =>
  spawnSync("sh", ["-c", `command -v ${command}`]).status === 0;

/** Whether a Docker daemon answers. */
export const dockerIsHere = (): boolean =>
  spawnSync("docker", ["version"], { stdio: "ignore" }).status === 0;

/** Whether a Pulumi CLI with its Node.js language host is on PATH. */
export const engineIsHere = (): boolean => isOnPath("pulumi") && isOnPath("pulumi-language-nodejs");
