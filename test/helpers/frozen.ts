import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { parse, stringify } from "yaml";
import { planStack, type PlanRequest } from "@koa-fargate/workbench/plan/evaluate.ts";
import { fullKey } from "@koa-fargate/workbench/plan/project.ts";
import type { Plan } from "@koa-fargate/workbench/plan/types.ts";
import { ROOT } from "./app.ts";
import { PROJECT } from "./project.ts";

const FOLDER = path.join(ROOT, "test/fixtures/stacks");

type Settings = Map<string, unknown>;

/** `config:` of a frozen stack file, with the project's name in its keys; how the app in app/ is built, its owner alone knows. */
export function frozenFile(stack: string): Settings {
  const text = readFileSync(path.join(FOLDER, `${stack}.yaml`), "utf8");
  return new Map([...settings(text.replaceAll("<project>", PROJECT)), ...ofOwner(stack, "build")]);
}

/** `config:` of the owner's stack file. */
export const ownFile = (stack: string): Settings =>
  settings(readFileSync(path.join(ROOT, `Pulumi.${stack}.yaml`), "utf8"));

/** The frozen one for a stack that runs the app in app/: with what its owner set for it. */
export function frozenFileWithApp(stack: string): Settings {
  const ofApp = ofOwner(stack, "environment", "healthPath", "livenessPath", "secrets");
  return new Map([...frozenFile(stack), ...ofApp]);
}

function ofOwner(stack: string, ...keys: string[]): Settings {
  const own = ownFile(stack);
  const set = keys.map((key) => fullKey(PROJECT, key)).filter((key) => own.has(key));
  return new Map(set.map((key) => [key, own.get(key)]));
}

/** Writes both of the latter into a folder as stack files. */
export function writeFrozenFiles(folder: string): void {
  for (const stack of ["dev", "prod"]) {
    const config = Object.fromEntries(frozenFileWithApp(stack));
    writeFileSync(path.join(folder, `Pulumi.${stack}.yaml`), stringify({ config }));
  }
}

/**
 * Plans the program for the template's own dev or prod as it was when the tests were written: of these alone they expect
 * exact values. The stack files beside Pulumi.yaml are their owner's, and may say what they like.
 */
export const planFrozen = (request: PlanRequest): Promise<Plan> =>
  planStack({ file: frozenFile(request.stack), ...request });

function settings(text: string): Settings {
  const { config } = parse(text) as { config: Record<string, unknown> };
  return new Map(Object.entries(config).map(([key, value]) => [fullKey(PROJECT, key), value]));
}
