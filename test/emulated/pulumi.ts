/**
 * `pulumi` without its CLI, as far as a walk through a stack's life calls it: the real program, on a cloud that is an
 * emulator, with a state in memory. Not the engine: resources are told apart by type and name, replaces are updates.
 */
import * as pulumi from "@pulumi/pulumi";
import * as state from "@pulumi/pulumi/runtime/state.js";
import { readFile, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { isDeepStrictEqual } from "node:util";
import { parseDocument } from "yaml";
import program from "../../index.ts";
import { FROZEN_SERVICES } from "../helpers/frozen.ts";
import type { CommandResult, RunCommand } from "@koa-fargate/workbench/lib/command.ts";
import { EXIT } from "@koa-fargate/workbench/pipeline/delivery/pulumi.ts";
import { CALLS } from "@koa-fargate/workbench/plan/mocks/calls.ts";
import type { Account } from "@koa-fargate/workbench/plan/mocks/resource.ts";
import { computeOutputs } from "@koa-fargate/workbench/plan/mocks/table.ts";
import { loadProject, loadStackConfig } from "@koa-fargate/workbench/plan/project.ts";
import type { Store } from "@koa-fargate/workbench/plan/protocol.ts";
import { collectRejections } from "@koa-fargate/workbench/plan/rejections.ts";
import { stackConfig } from "@koa-fargate/workbench/plan/stack-config.ts";
import { plainMap, type WireMap } from "@koa-fargate/workbench/plan/wire.ts";
import type { EmulatedCloud, Known, Made, Properties } from "./cloud.ts";

/** Internals of the SDK that its types leave out: an evaluation gets a store of its own. */
const { withLocalStorage, getStore } = state as unknown as {
  withLocalStorage: <T>(work: () => Promise<T>) => Promise<T>;
  getStore: () => Store;
};

/** Severity of engine.proto. */
const DEBUG = 0;

/** Inputs under `ignoreChanges`, which mocks are not told. */
const IGNORED: Readonly<Record<string, string>> = { "docker:index/image:Image": "skipPush" };

interface Resource extends Known {
  type: string;
  name: string;
}

interface Stack {
  /** By type and name, in the order of creation. */
  readonly resources: Map<string, Resource>;
  outputs: Readonly<Record<string, unknown>>;
}

interface Evaluation {
  errors: readonly unknown[];
  /** What would be or was created, updated and deleted. */
  changes: readonly string[];
  /** What the program said. */
  log: readonly string[];
}

export class EmulatedPulumi {
  /** What each command printed, with the command. */
  readonly history: { line: string; result: CommandResult }[] = [];
  /** Types of what was deleted. */
  readonly deleted: string[] = [];
  readonly #stacks = new Map<string, Stack>();
  readonly #cloud: EmulatedCloud;
  readonly #account: Account;
  /** Folder of Pulumi.yaml and the stack files. */
  readonly #root: string;

  constructor(cloud: EmulatedCloud, account: Account, root: string) {
    this.#cloud = cloud;
    this.#account = account;
    this.#root = root;
  }

  readonly run: RunCommand = async (command, args) => {
    const line = [command, ...args].join(" ");
    if (command !== "pulumi") throw new Error(`not on PATH here: ${line}`);
    const { code, text } = await this.#answer(args);
    const result = { code, stdout: text, stderr: "" };
    this.history.push({ line, result });
    return result;
  };

  async #answer(args: readonly string[]): Promise<{ code: number; text: string }> {
    const [verb = "", noun = "", ...rest] = args;
    const done = (text = "") => ({ code: 0, text });
    if (verb === "stack" && noun === "init") {
      this.#stacks.set(rest[0] ?? "", { resources: new Map(), outputs: {} });
      return done();
    }
    if (verb === "stack" && noun === "rm") {
      this.#stacks.delete(rest[0] ?? "");
      await rm(this.#file(rest[0] ?? ""));
      return done();
    }
    const name = args[args.indexOf("--stack") + 1] ?? "";
    const stack = this.#stacks.get(name);
    if (stack === undefined) return { code: EXIT.stackNotFound, text: `no stack named '${name}'` };
    if (verb === "stack" && noun === "output") return done(JSON.stringify(stack.outputs));
    if (verb === "config") {
      const [, key = "", value = ""] = rest;
      await this.#configure(name, key.split("."), typed(value));
      return done();
    }
    if (verb === "preview") {
      const { errors, changes } = await this.#evaluate(name, stack, true);
      if (errors.length > 0) return failed(errors);
      return changes.length === 0 || !args.includes("--expect-no-changes")
        ? done(changes.join("\n"))
        : { code: EXIT.changesUnexpected, text: changes.join("\n") };
    }
    if (verb === "up") {
      for (const [index, arg] of args.entries()) {
        const [key = "", value = ""] = (args[index + 1] ?? "").split(/=(.*)/s);
        if (arg === "--config") await this.#configure(name, [key], value);
      }
      const { errors, log } = await this.#evaluate(name, stack, false);
      return errors.length > 0 ? failed(errors) : done(log.join("\n"));
    }
    if (verb === "destroy") {
      await this.#deleteAll([...stack.resources.values()], stack);
      stack.outputs = {};
      return done();
    }
    throw new Error(`no answer for pulumi ${args.join(" ")}`);
  }

  #file(stack: string): string {
    return path.join(this.#root, `Pulumi.${stack}.yaml`);
  }

  /** Writes into the stack's file, as the CLI does. */
  async #configure(
    stack: string,
    key: readonly string[],
    value: string | number | boolean,
  ): Promise<void> {
    const document = parseDocument(await readFile(this.#file(stack), "utf8"));
    document.setIn(["config", ...key], value);
    await writeFile(this.#file(stack), document.toString());
  }

  async #evaluate(name: string, stack: Stack, preview: boolean): Promise<Evaluation> {
    const project = await loadProject(this.#root);
    const config = stackConfig(project, name, await loadStackConfig(project.root, name));
    const errors: unknown[] = [];
    const changes: string[] = [];
    const log: string[] = [];
    const seen = new Set<string>();
    const create = async (args: pulumi.runtime.MockResourceArgs) => {
      const key = `${args.type} ${args.name}`;
      if (args.custom !== true) return { id: "", state: args.inputs as Properties };
      seen.add(key);
      const inputs = plainMap(args.inputs as WireMap);
      const known = stack.resources.get(key);
      if (known !== undefined && same(args.type, known.inputs, inputs))
        return { id: known.id, state: { ...inputs, ...known.outputs } };
      changes.push(`${known === undefined ? "create" : "update"} ${key}`);
      const urn = `urn:pulumi:${name}::${project.name}::${args.type}::${args.name}`;
      const invented = this.#invented(args.type, { urn, name: args.name, inputs });
      if (preview) return { id: invented.id, state: { ...inputs, ...invented.outputs } };
      const made =
        (known === undefined
          ? this.#cloud.create(args.type, args.name, inputs)
          : this.#cloud.update(args.type, args.name, known, inputs)) ?? Promise.resolve(invented);
      const { id, outputs } = await made;
      const merged = { ...invented.outputs, ...outputs };
      stack.resources.set(key, { type: args.type, name: args.name, id, inputs, outputs: merged });
      return { id, state: { ...inputs, ...merged } };
    };
    const underWay: Promise<unknown>[] = [];
    const newResource: typeof create = (args) => {
      const creating = create(args);
      underWay.push(creating.catch(() => undefined));
      return creating;
    };
    const work = async (): Promise<void> => {
      const mocks = {
        newResource,
        call: (args: pulumi.runtime.MockCallArgs) => this.#call(args, stack),
      };
      await pulumi.runtime.setMocks(mocks, project.name, name, preview);
      getStore().settings.engine = {
        log: (entry, done) => {
          if (entry.getSeverity() > DEBUG) log.push(entry.getMessage());
          done();
        },
        setRootResource: (_, reply) => {
          reply(null, {});
        },
      };
      pulumi.runtime.setAllConfig(config.texts, config.secretKeys);
      const outputs: unknown = await pulumi.runtime.runInPulumiStack(() =>
        program({ services: FROZEN_SERVICES }),
      );
      await pulumi.runtime.disconnect();
      if (!preview) stack.outputs = outputs as Properties;
    };
    await collectRejections(errors, () =>
      withLocalStorage(work).catch((error: unknown) => void errors.unshift(error)),
    );
    // A program that failed has left some behind.
    await Promise.all(underWay);
    const gone = [...stack.resources].filter(([key]) => !seen.has(key));
    // What a failed program did not come to is not gone.
    if (errors.length === 0) {
      changes.push(...gone.map(([key]) => `delete ${key}`));
      if (!preview)
        await this.#deleteAll(
          gone.map(([, resource]) => resource),
          stack,
        );
    }
    return { errors, changes, log };
  }

  #invented(
    type: string,
    resource: { urn: string; name: string; inputs: ReturnType<typeof plainMap> },
  ): Made {
    const computed = computeOutputs(type, { ...resource, ...this.#account });
    if (computed === undefined) throw new Error(`${resource.urn}: no outputs for ${type}`);
    return computed;
  }

  async #call(
    { token, inputs }: pulumi.runtime.MockCallArgs,
    { resources }: Stack,
  ): Promise<Properties> {
    const args = plainMap(inputs as WireMap);
    // Of a repository that is yet to be created the engine asks nothing.
    const asked = [...resources.values()].some(
      ({ type, outputs }) =>
        type === "aws:ecr/repository:Repository" && outputs["name"] === args["repositoryName"],
    );
    if (token === "aws:ecr/getImages:getImages" && asked)
      return { ...args, imageIds: await this.#cloud.images(args["repositoryName"] as string) };
    const call = CALLS[token];
    if (call === undefined) throw new Error(`${token}: no answer for this function`);
    return call(args, this.#account);
  }

  async #deleteAll(resources: readonly Resource[], stack: Stack): Promise<void> {
    for (const resource of resources.toReversed()) {
      await this.#cloud.delete(resource.type, resource);
      this.deleted.push(resource.type);
      stack.resources.delete(`${resource.type} ${resource.name}`);
    }
  }
}

/** What `config set --path` makes of a value. Source: pulumi/pulumi, sdk/go/common/resource/config/object.go. */
function typed(value: string): string | number | boolean {
  if (value === "true" || value === "false") return value === "true";
  // A number with leading zeros is a text, as ids are.
  return /^(?:0|-?[1-9]\d*)$/.test(value) ? Number(value) : value;
}

function same(type: string, before: Properties, after: Properties): boolean {
  const compared = (properties: Properties) =>
    Object.entries(properties).filter(([key]) => key !== IGNORED[type]);
  return isDeepStrictEqual(new Map(compared(before)), new Map(compared(after)));
}

/** The sentence of the program where there is one, as the CLI shows it under Diagnostics. */
function failed(errors: readonly unknown[]): { code: number; text: string } {
  const error = errors.find((candidate) => pulumi.RunError.isInstance(candidate)) ?? errors[0];
  return { code: 1, text: `error: ${error instanceof Error ? error.message : String(error)}` };
}
