import "./lazy-sdk.ts";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import * as pulumi from "@pulumi/pulumi";
import * as state from "@pulumi/pulumi/runtime/state.js";
import { planError, PlanError } from "./errors.ts";
import { loadWorkbenchConfig } from "../project/workbench-config.ts";
import { CALLS, SECRET_STAND_INS, type Call } from "./mocks/calls.ts";
import { Ledger, readTags, type LedgerArgs } from "./ledger.ts";
import { PlanMonitor } from "./monitor.ts";
import { autoNaming } from "./naming.ts";
import { loadProject, loadStackConfig, type Project } from "./project.ts";
import { SEVERITY, type LogRequest, type Program, type Store } from "./protocol.ts";
import { collectRejections } from "./rejections.ts";
import { stackConfig, type Overrides, type StackConfig } from "./stack-config.ts";
import { applyTransform, inProcessCallbacks, type Callbacks } from "./transforms.ts";
import type { Plan } from "./types.ts";
import { undefinedOutputs } from "./undefined-outputs.ts";
import "./traces.ts";

/** `first-preview`: nothing is there yet, so only what repeats an input is known. `preview`, `up`: all outputs are known. */
export type Phase = "first-preview" | "preview" | "up";

export interface PlanRequest {
  /** Name of a stack. */
  stack: string;
  /** When in the life of the stack the program runs. @default preview */
  phase?: Phase;
  /** `config:` of the stack's file, by full key. @default that of Pulumi.<stack>.yaml */
  file?: ReadonlyMap<string, unknown>;
  /** Configuration in place of the file's. @default none */
  overrides?: Overrides;
  /** What to evaluate. @default the default export of the project's entry file */
  program?: Program;
  /** Folder of Pulumi.yaml. @default the repository */
  root?: string;
  /** Answers of provider functions in place of the table's, by token. @default none */
  calls?: Readonly<Record<string, Call>>;
}

const REPOSITORY = process.cwd();
/** The account of AWS's own examples, where `allowedAccountIds` names none. */
const EXAMPLE_ACCOUNT = "123456789012";

/** Internals of the SDK that its types leave out: an evaluation gets a store of its own. */
const { withLocalStorage, getStore } = state as unknown as {
  withLocalStorage: <T>(work: () => Promise<T>) => Promise<T>;
  getStore: () => Store;
};

/**
 * Evaluates the program for one stack in this process: no CLI, plugin, credentials or network. Any number of stacks
 * may be planned at the same time.
 * @throws PlanError when files, values or stand-ins make the plan impossible or untrue
 * @throws whatever the program throws; `pulumi.RunError` says it in sentences
 */
export async function planStack(request: PlanRequest): Promise<Plan> {
  const { stack, phase = "preview", calls = {} } = request;
  const project = await loadProject(request.root ?? REPOSITORY);
  const config = stackConfig(
    project,
    stack,
    request.file ?? (await loadStackConfig(project.root, stack)),
    request.overrides,
  );
  const program = request.program ?? (await loadProgram(project));
  const declared = await loadWorkbenchConfig(project.root);
  const ledger = new Ledger({ ...ledgerArgs(project, stack, config, phase), declared });
  const monitor = new PlanMonitor(ledger, (token) => calls[token] ?? CALLS[token], project.root);
  const evaluation = { ledger, monitor, project, stack, phase, config, program };
  const { plan, errors } = await evaluate(evaluation);
  // A missing stand-in is the cause, what the program made of it a consequence.
  if (ledger.problems.length > 0) throw planError(stack, ledger.problems);
  if (errors.length > 0) throw clearest(errors);
  return plan;
}

/** What the ledger of one evaluation is made of. */
export function ledgerArgs(
  project: Project,
  stack: string,
  config: StackConfig,
  phase: Phase,
): LedgerArgs {
  return {
    project: project.name,
    stack,
    account: account(config),
    naming: autoNaming(config.texts["pulumi:autonaming"], {
      ...{ project: project.name, stack },
      config: (key) => config.texts[`${project.name}:${key}`],
    }),
    defaultTags: readTags(config.texts["aws:defaultTags"]),
    secretTexts: [...SECRET_STAND_INS, ...config.secretTexts],
    firstPreview: phase === "first-preview",
    transform: (token, resource) =>
      applyTransform(getStore().callbacks as Callbacks, token, resource),
  };
}

/** Runs the program once. The plan is true only where there are neither errors nor problems in the ledger. */
export async function evaluate(evaluation: Evaluation): Promise<{ plan: Plan; errors: unknown[] }> {
  const { ledger, monitor, project, stack, config, errors = [] } = evaluation;
  await collectRejections(errors, () =>
    withLocalStorage(() => run(evaluation)).catch((error: unknown) => {
      errors.unshift(error);
    }),
  );
  const plan: Plan = {
    project: project.name,
    stack,
    config: config.shown,
    resources: ledger.resources.sort((a, b) => (a.urn < b.urn ? -1 : 1)),
    invokes: monitor.invokes,
    outputs: monitor.stackOutputs,
    warnings: ledger.warnings,
  };
  return { plan, errors };
}

async function loadProgram({ root, main }: Project): Promise<Program> {
  const module = (await import(pathToFileURL(join(root, main)).href)) as { default?: unknown };
  if (typeof module.default !== "function")
    throw new PlanError(`${main} exports no program: its default export has to be a function.`);
  return module.default as Program;
}

function account(config: StackConfig): { region: string; accountId: string } {
  const allowed = config.shown["allowedAccountIds"];
  const own = Array.isArray(allowed)
    ? allowed.find((id) => typeof id === "string" && /^\d{12}$/.test(id))
    : undefined;
  return {
    region: config.texts["aws:region"] ?? "us-east-1",
    accountId: typeof own === "string" ? own : EXAMPLE_ACCOUNT,
  };
}

export interface Evaluation {
  ledger: Ledger;
  monitor: PlanMonitor;
  project: Project;
  stack: string;
  phase: Phase;
  config: StackConfig;
  program: Program;
  /** Where errors are collected as they happen. @default a list of the evaluation's own */
  errors?: unknown[];
}

async function run({
  ledger,
  monitor,
  project,
  stack,
  phase,
  config,
  program,
}: Evaluation): Promise<void> {
  const { runtime } = pulumi;
  // In a preview what the plan has no stand-in for stays unknown, and unknown values are refused.
  await runtime.setMocks(NO_MOCKS, project.name, stack, phase !== "up", "organization");
  runtime.setAllConfig(config.texts, config.secretKeys);
  const engine = runtime.getMonitor() as object;
  for (const name of METHODS) Object.assign(engine, { [name]: monitor[name].bind(monitor) });
  const store = getStore();
  store.callbacks = inProcessCallbacks(engine);
  store.settings.engine = {
    log: (entry, done) => {
      receive(ledger, entry);
      done();
    },
    setRootResource: (_, reply) => {
      reply(null, {});
    },
  };

  const checks: Promise<void>[] = [];
  await runtime.runInPulumiStack(async () => {
    runtime.registerStackTransformation(({ type, name, props }) => {
      // The SDK itself makes Outputs of all that a provider may be told.
      if (type.startsWith("pulumi:providers:")) return undefined;
      checks.push(
        undefinedOutputs(props).then((paths) => {
          for (const path of paths) ledger.problems.push(`${type} ${name}: ${path} is undefined`);
        }),
      );
      return undefined;
    });
    return await program({ offline: true });
  });
  await runtime.disconnect();
  await Promise.all(checks);
}

const METHODS = [
  "registerResource",
  "registerResourceOutputs",
  "readResource",
  "invoke",
  "call",
  "registerStackTransform",
  "registerStackInvokeTransform",
  "registerResourceHook",
  "registerErrorHook",
] as const satisfies (keyof PlanMonitor)[];

/** `setMocks` brings the SDK into its offline mode; the monitor answers in place of the mocks. */
const NO_MOCKS: pulumi.runtime.Mocks = {
  newResource: ({ type, name }) => {
    throw new Error(`${type} ${name} passed the plan by.`);
  },
  call: ({ token }) => {
    throw new Error(`${token} passed the plan by.`);
  },
};

/** The SDK's own warning for a stack output that would be missing. */
const MISSING_OUTPUT = /^Undefined value \((.+)\) will not show as a stack output\.$/;

function receive(ledger: Ledger, entry: LogRequest): void {
  const message = entry.getMessage();
  const missing = MISSING_OUTPUT.exec(message)?.[1];
  if (missing !== undefined) ledger.problems.push(`stack output ${missing} is undefined`);
  else if (entry.getSeverity() === SEVERITY.warning) ledger.warnings.push(message);
  else if (entry.getSeverity() === SEVERITY.error) ledger.problems.push(message);
}

/** The first error that says something in sentences, else the first. */
export function clearest(errors: readonly unknown[]): unknown {
  return errors.find((error) => pulumi.RunError.isInstance(error)) ?? errors[0];
}
