import { spawnSync } from "node:child_process";
import { isHere } from "./lacking.ts";

/** Parts that a machine may lack: a test that asks for one is skipped there, and stands in a file `*.parts.test.ts`. */

export const isOnPath = (command: string): boolean =>
  isHere(`${command} on PATH`, spawnSync("sh", ["-c", `command -v ${command}`]).status === 0);

/** Whether a Docker daemon answers. */
export const dockerIsHere = (): boolean =>
  isHere("a Docker daemon", spawnSync("docker", ["version"], { stdio: "ignore" }).status === 0);

/** Whether a Pulumi CLI with its Node.js language host is on PATH. */
export const engineIsHere = (): boolean => isOnPath("pulumi") && isOnPath("pulumi-language-nodejs");
