import { cpSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { stringify } from "yaml";
import { readConfig, type ReadOptions, type StackConfig } from "../../../config.ts";
import { FROZEN_SERVICES } from "../../helpers/frozen.ts";
import { planStack } from "@koa-fargate/workbench/plan/evaluate.ts";

export interface Reading {
  config: StackConfig;
  warnings: string[];
}

/**
 * Reads the configuration of a stack file as the program does, in the SDK's own state.
 * @param file - `config:` of the stack's file
 * @param options - offline unless told otherwise
 * @returns what readConfig returns, and what it warned of
 */
export async function readStack(
  file: Readonly<Record<string, unknown>>,
  options: ReadOptions = { offline: true },
): Promise<Reading> {
  const root = mkdtempSync(path.join(tmpdir(), "stack-"));
  try {
    cpSync("Pulumi.yaml", path.join(root, "Pulumi.yaml"));
    writeFileSync(path.join(root, "Pulumi.test.yaml"), stringify({ config: file }));
    let config: StackConfig | undefined;
    const { warnings } = await planStack({
      stack: "test",
      root,
      program: () => {
        config = readConfig({ services: FROZEN_SERVICES, ...options });
      },
    });
    if (config === undefined) throw new Error("the program did not run");
    return { config, warnings };
  } finally {
    rmSync(root, { recursive: true });
  }
}

/** The error that refuses such a stack file. */
export async function refusal(
  file: Readonly<Record<string, unknown>>,
  options?: ReadOptions,
): Promise<Error> {
  try {
    await readStack(file, options);
  } catch (error) {
    if (error instanceof Error) return error;
  }
  throw new Error("the stack file was accepted");
}
