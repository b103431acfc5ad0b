// The planning process: loads one program as Pulumi would, evaluates it and sends the plan to its parent.
import { createRequire } from "node:module";
import { basename, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import type * as Sdk from "@pulumi/pulumi";
import { send, transpile, type ProgramRequest } from "./channel.ts";
import { loadWorkbenchConfig } from "../../project/workbench-config.ts";
import { findEntry, type Entry } from "./entry.ts";
import { PlanError, planError } from "../errors.ts";
import { guard } from "./guard.ts";
import { registerLoader } from "./loader.ts";
import type { Guesses } from "./grades.ts";

const request = JSON.parse(process.argv[2] ?? "") as ProgramRequest;
const { root, stack, overrides = {} } = request;
const PLANNER = resolve(import.meta.dirname, "..");
let finished = false;
/** What is invented so far: configuration keys and functions. */
const inventions = { config: new Map<string, string>(), calls: (): string[] => [] };

function finish(message: Parameters<typeof send>[0]): void {
  if (finished) return;
  finished = true;
  send(message);
}

async function plan(): Promise<void> {
  const settings = await import("./settings.ts");
  const config = await loadWorkbenchConfig(root);
  const notes = new Set<string>();
  const found = await settings.loadSettings(root, stack, overrides, config);
  const entry = findEntry(root, config.entry ?? found.main);
  registerLoader(root, transpile);
  const require = createRequire(entry.file);
  const { evaluate, ledgerArgs, clearest } = await import("../evaluate.ts");
  const { GeneralLedger } = await import("./ledger.ts");
  const { PlanMonitor } = await import("../monitor.ts");
  const { graded } = await import("./grades.ts");
  const { Metadata } = await import("./metadata.ts");
  const sdk = require("@pulumi/pulumi") as typeof Sdk;
  if (!("withLocalStorage" in (require("@pulumi/pulumi/runtime/state") as object)))
    throw new PlanError(
      "The program's @pulumi/pulumi is too old for a plan: run npm install @pulumi/pulumi@3 there.",
    );
  const note = (sentence: string) => void notes.add(sentence);
  process.chdir(entry.folder);
  process.argv = [process.execPath, entry.file];
  guard(config.commands ?? {}, note);

  const strict = config.strict === true;
  const phase = "preview" as const;
  const names = new Map<string, readonly string[]>();
  const metadata = new Metadata(root);
  const args = ledgerArgs(found.project, stack, found.config, phase);
  const ledger = new GeneralLedger({ ...args, declared: config, metadata, names });
  const { Calls } = await import("./calls.ts");
  const calls = new Calls(config, metadata);
  Object.assign(inventions, { config: found.invented, calls: () => calls.invented() });
  const monitor = new PlanMonitor(ledger, (token) => calls.respond(token));
  if (!strict) {
    const { forgiveApplies } = await import("./applies.ts");
    settings.inventRequired(sdk, found);
    forgiveApplies(sdk, note);
  }
  const program = () => {
    sdk.runtime.registerStackTransformation(({ type, props }) => {
      names.set(type, Object.keys(props));
      return undefined;
    });
    return load(entry, require);
  };
  stubClosures(require, sdk);
  const { project, config: values } = found;
  const errors: unknown[] = [];
  const evaluation = { ledger, monitor, project, stack, phase, config: values, program, errors };
  process.once("beforeExit", () => {
    const error = errors.length > 0 ? described(clearest(errors)) : WAITS;
    finish({ error });
    process.exit(1);
  });
  const result = await evaluate(evaluation);
  if (strict && ledger.problems.length > 0) throw planError(stack, ledger.problems);
  if (result.errors.length > 0) throw clearest(result.errors);
  if (strict) {
    finish({ plan: result.plan });
    return;
  }
  const guesses: Guesses = {
    calls: calls.grades,
    config: found.invented,
    texts: [...calls.texts, ...[...ledger.invented].map((text) => [text, "invented"] as const)],
    opaque: ledger.opaque,
    notes: [
      ...(ledger.invented.size === 0 ? [] : [DEFAULT_VPC]),
      ...notes,
      ...ledger.problems.filter((problem) => !problem.endsWith(UNKNOWN_INPUT)),
    ],
  };
  finish({ plan: graded(result.plan, guesses, config.boxes) });
}

const WAITS =
  "The program cannot be planned: it waits for something that never happens, a promise that does not settle.";

const DEFAULT_VPC =
  "The program runs in the account's default VPC: its id and those of three public subnets are invented.";

/** The ledger's sentence on an unknown input; the plan shows each by its grade. */
const UNKNOWN_INPUT = "comes from an output that the plan has no stand-in for";

/** Loads the entry and takes its exports by the rules of Pulumi's own runner. */
async function load({ file, esm }: Entry, require: NodeJS.Require): Promise<unknown> {
  let exported = esm
    ? ((await import(pathToFileURL(file).href)) as unknown)
    : (require(file) as unknown);
  if (esm && typeof exported === "object" && exported !== null && "default" in exported) {
    if (Object.keys(exported).length > 1)
      throw new PlanError(
        `${basename(file)} has a default export beside named ones, which Pulumi refuses: keep one kind.`,
      );
    exported = exported.default;
  }
  return typeof exported === "function" ? await (exported as () => unknown)() : exported;
}

/** The text of a function that becomes a Lambda: reading it and its packages takes long, and no plan shows it. */
function stubClosures(require: NodeJS.Require, sdk: typeof Sdk): void {
  const text =
    "exports.handler = () => { throw new Error('only a deployment serializes functions'); };";
  const serialized = () => Promise.resolve({ text, exportName: "handler", containsSecrets: false });
  const stubs = {
    serializeFunction: serialized,
    computeCodePaths: () => Promise.resolve(new Map()),
  };
  Object.assign(sdk.runtime, stubs);
  for (const file of ["serializeClosure", "codePaths"])
    Object.assign(require(`@pulumi/pulumi/runtime/closure/${file}`) as object, stubs);
}

const SENTENCES = new Set(["PlanError", "ToolError", "RunError", "ResourceError"]);
/** Frames of a stack that are not the program's. */
const FOREIGN = /node:|node_modules|<anonymous>\)?$/;

/** Errors that explain themselves in a sentence; any other with the program's part of its stack. */
function described(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (SENTENCES.has(error.name) || "__pulumiRunError" in error) return error.message;
  const refused = "The program cannot be planned: ";
  const missing = /^Cannot find (?:module|package) '([^']+)'/.exec(error.message)?.[1];
  if (missing !== undefined)
    return /^[./]/.test(missing)
      ? `${refused}it imports ${missing}, which does not exist.`
      : `${refused}it imports ${missing}, which is not installed. Run npm install there.`;
  const frames = (error.stack ?? "").split("\n").filter((line) => line.startsWith("    at "));
  const own = frames.filter((line) => !FOREIGN.test(line) && !line.includes(PLANNER));
  const reason = error.name === "Error" ? error.message : `${error.name}: ${error.message}`;
  const shown = own.length > 0 ? own.slice(0, 3) : frames.slice(0, 1);
  return [refused + reason, ...shown.map((line) => line.replace(`${root}/`, "")), ...hint()].join(
    "\n",
  );
}

/** What may be behind an error, where values of the program were invented before it. */
function hint(): string[] {
  const keys = [...inventions.config.keys()].filter((key) => key !== "aws:region");
  const invented = [...keys, ...inventions.calls()];
  return invented.length === 0
    ? []
    : [
        `  Invented before: ${invented.join(", ")}. workbench.config.ts can declare them (config, calls).`,
      ];
}

process.on("uncaughtException", (error) => {
  finish({ error: described(error) });
  process.exit(1);
});
process.once("exit", (code) => {
  finish({
    error: `The program ended its process (exit code ${code}) before the plan was complete.`,
  });
});
try {
  await plan();
} catch (error) {
  finish({ error: described(error) });
}
process.exit(0);
