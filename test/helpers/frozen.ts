import { createHash } from "node:crypto";
import {
  cpSync,
  existsSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import path from "node:path";
import { parse, stringify } from "yaml";
import { planStack, type PlanRequest } from "@koa-fargate/workbench/plan/evaluate.ts";
import { fullKey } from "@koa-fargate/workbench/plan/project.ts";
import type { Plan, PlannedResource } from "@koa-fargate/workbench/plan/types.ts";
import type { Services } from "../../config/services.ts";
import program from "../../index.ts";
import { ROOT } from "./app.ts";
import { PLANS_OF_RUN } from "./environment.ts";
import { newFolder } from "./new-folder.ts";
import { PROJECT } from "./project.ts";

const FOLDER = path.join(ROOT, "test/fixtures/stacks");

type Settings = Map<string, unknown>;

/** `config:` of a frozen stack file as it is, with the project's name in its keys. */
function templateFile(stack: string): Settings {
  const text = readFileSync(path.join(FOLDER, `${stack}.yaml`), "utf8");
  return settings(text.replaceAll("<project>", PROJECT));
}

/** The same for a stack that is planned where this repository is: its app is frozen, too. */
export const frozenFile = (stack: string): Settings =>
  new Map([...templateFile(stack), [fullKey(PROJECT, "appPath"), "test/fixtures/apps/hello"]]);

/** `config:` of the owner's stack file. */
export const ownFile = (stack: string): Settings =>
  settings(readFileSync(path.join(ROOT, `Pulumi.${stack}.yaml`), "utf8"));

/** The frozen one for a stack that runs the app in app/: with what its owner set for it. */
export function frozenFileWithApp(stack: string): Settings {
  const ofApp = ofOwner(stack, "build", "environment", "healthPath", "livenessPath", "secrets");
  return new Map([...templateFile(stack), ...ofApp]);
}

function ofOwner(stack: string, ...keys: string[]): Settings {
  const own = ownFile(stack);
  const set = keys.map((key) => fullKey(PROJECT, key)).filter((key) => own.has(key));
  return new Map(set.map((key) => [key, own.get(key)]));
}

/** What runs in a frozen stack; the services of services.ts are their owner's. */
export const FROZEN_SERVICES: Services = { api: { kind: "http" } };

/** Writes the latter of both stacks into a folder as stack files. */
export function writeFrozenFiles(
  folder: string,
  file: (stack: string) => Settings = frozenFileWithApp,
): void {
  for (const stack of ["dev", "prod"]) {
    const config = Object.fromEntries(file(stack));
    writeFileSync(path.join(folder, `Pulumi.${stack}.yaml`), stringify({ config }));
  }
}

/** What the program needs to run, and nothing of the developer's. */
const PROJECT_FILES = [
  "account.ts",
  "components",
  "config",
  "config.ts",
  "Dockerfile",
  "guard.cjs",
  "gate.ts",
  "index.ts",
  "observed.ts",
  "other-services.ts",
  "outputs.ts",
  "package.json",
  "Pulumi.yaml",
  "workbench.config.ts",
];

/** Makes a folder a project of the program, with the frozen services, and packages but no stack files. */
export function writeFrozenProject(folder: string): void {
  for (const file of PROJECT_FILES)
    cpSync(path.join(ROOT, file), path.join(folder, file), { recursive: true });
  const services = `export const services = ${JSON.stringify(FROZEN_SERVICES)};\n`;
  writeFileSync(path.join(folder, "services.ts"), services);
  symlinkSync(path.join(ROOT, "node_modules"), path.join(folder, "node_modules"));
}

/** A new folder that is such a project, with stacks that run any other app than the one in app/. It goes with this process. */
export function frozenProject(): string {
  const folder = newFolder("frozen");
  process.once("exit", () => {
    rmSync(folder, { recursive: true, force: true });
  });
  writeFrozenProject(folder);
  writeFrozenFiles(folder, templateFile);
  return folder;
}

/** Plans of this run as JSON, by what was asked for. */
const plans = new Map<string, Promise<string>>();

/**
 * Plans the program for the template's own dev or prod as it was when the tests were written: of these alone they expect
 * exact values. The stack files beside Pulumi.yaml are their owner's, and may say what they like. The same request is evaluated
 * once in a run, whichever file asks; each caller has a plan of its own.
 */
export async function planFrozen(request: PlanRequest): Promise<Plan> {
  const { stack, phase = "preview", overrides = {}, ...others } = request;
  if (Object.keys(others).length > 0) return evaluateFrozen(request);
  const key = JSON.stringify([stack, phase, overrides]);
  const text = plans.get(key) ?? written(key, () => evaluateFrozen(request));
  plans.set(key, text);
  return JSON.parse(await text) as Plan;
}

/** The same, evaluated in this process and now. */
export const evaluateFrozen = async (request: PlanRequest): Promise<Plan> =>
  ofTemplate(
    await planStack({
      program: () => program({ offline: true, services: FROZEN_SERVICES }),
      ...request,
      file: request.file ?? frozenFile(request.stack),
    }),
  );

/** Folders of the template's own components. */
const FOLDERS: ReadonlySet<string> = new Set(
  "edge load-balancer network observability registry security service storage".split(" "),
);

/** Without components that its owner adds, of which no exact test knows. */
function ofTemplate(plan: Plan): Plan {
  const byUrn = new Map(plan.resources.map((resource) => [resource.urn, resource]));
  const foreign = ({ type, parent }: PlannedResource): boolean => {
    const [owner, folder = ""] = type.split(":");
    if (owner === "koa-fargate" && !FOLDERS.has(folder)) return true;
    const above = byUrn.get(parent ?? "");
    return above !== undefined && foreign(above);
  };
  const gone = new Set(plan.resources.filter(foreign).map(({ urn }) => urn));
  if (gone.size === 0) return plan;
  const resources = plan.resources.filter(({ urn }) => !gone.has(urn));
  const known = (urns: readonly string[]): string[] => urns.filter((urn) => !gone.has(urn));
  return {
    ...plan,
    resources: resources.map((resource) => ({
      ...resource,
      dependencies: known(resource.dependencies),
      propertyDependencies: Object.fromEntries(
        Object.entries(resource.propertyDependencies).map(([key, urns]) => [key, known(urns)]),
      ),
    })),
  };
}

/** What another process of the run wrote down, or what `make` gives. */
async function written(key: string, make: () => Promise<Plan>): Promise<string> {
  if (PLANS_OF_RUN === undefined) return JSON.stringify(await make());
  const file = path.join(PLANS_OF_RUN, createHash("sha256").update(key).digest("hex"));
  if (existsSync(file)) return readFileSync(file, "utf8");
  const text = JSON.stringify(await make());
  // Whole or not at all.
  writeFileSync(`${file}.${process.pid}`, text);
  renameSync(`${file}.${process.pid}`, file);
  return text;
}

function settings(text: string): Settings {
  const { config } = parse(text) as { config: Record<string, unknown> };
  return new Map(Object.entries(config).map(([key, value]) => [fullKey(PROJECT, key), value]));
}
