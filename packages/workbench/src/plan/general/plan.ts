import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import { createInterface } from "node:readline";
import type { Duplex } from "node:stream";
import { PlanError } from "../errors.ts";
import type { Plan } from "../types.ts";
import type { Message, ProgramRequest, Response } from "./channel.ts";
import { GUARDED } from "./guard.ts";
import { beside } from "../../lib/beside.ts";
import { compileCache } from "../../lib/compile-cache.ts";
import { asOfTsc, type TranspileRequest } from "./loader.ts";

const CHILD = beside("child", import.meta.url);

/**
 * Plans any Pulumi program for AWS in TypeScript or JavaScript, in a process of its own that can start no process and
 * open no socket. What the program prints goes to `print`.
 * @throws PlanError that says why the program cannot be planned
 */
export async function planProgram(
  request: ProgramRequest,
  print: (text: string) => void = () => undefined,
): Promise<Plan> {
  const root = resolve(request.root);
  if (!existsSync(join(root, "Pulumi.yaml")))
    throw new PlanError(`${root} holds no Pulumi.yaml: plan in the folder of a Pulumi project.`);
  if (!installed(root))
    throw new PlanError(`${root} has no @pulumi/pulumi installed: run npm install there.`);
  // Ready by the time the first file has to be transpiled.
  void import("esbuild");
  const child = spawn(process.execPath, [...GUARDED, CHILD, JSON.stringify({ ...request, root })], {
    cwd: root,
    env: environment(),
    stdio: ["ignore", "pipe", "pipe", "pipe"],
  });
  for (const stream of [child.stdout, child.stderr]) stream?.setEncoding("utf8").on("data", print);
  const pipe = child.stdio[3] as Duplex;
  let result: Exclude<Message, { transpile: unknown }> | undefined;
  createInterface({ input: pipe }).on("line", (line) => {
    const message = JSON.parse(line) as Message;
    if ("transpile" in message)
      void transpiled(message.transpile).then((response) =>
        pipe.write(`${JSON.stringify(response)}\n`),
      );
    else result = message;
  });
  await new Promise((ended, failed) => {
    child.once("error", failed).once("close", ended);
  });
  if (result === undefined) throw new PlanError("The planning process ended without a result.");
  if ("error" in result) throw new PlanError(result.error);
  return result.plan;
}

function installed(folder: string): boolean {
  if (existsSync(join(folder, "node_modules/@pulumi/pulumi/package.json"))) return true;
  const parent = resolve(folder, "..");
  return parent !== folder && installed(parent);
}

/** Without credentials, which no plan needs, and without what would change the planning process. */
function environment(): NodeJS.ProcessEnv {
  const own = Object.entries(process.env).filter(
    ([name]) => !/^(?:AWS_|PULUMI_|NODE_OPTIONS$)/.test(name),
  );
  return { ...Object.fromEntries(own), ...compileCache() };
}

async function transpiled({ path, source, format, tsconfig }: TranspileRequest): Promise<Response> {
  const { transform } = await import("esbuild");
  try {
    const { code } = await transform(source, {
      loader: path.endsWith("x") ? "tsx" : "ts",
      format,
      platform: "node",
      target: "node24",
      sourcefile: path,
      sourcemap: "inline",
      sourcesContent: false,
      tsconfigRaw: tsconfig,
      logLevel: "silent",
    });
    return { code: format === "cjs" ? asOfTsc(code) : code };
  } catch (error) {
    const [first] =
      (error as { errors?: { text: string; location?: { line: number } | null }[] }).errors ?? [];
    return {
      error:
        first === undefined ? String(error) : `${path}:${first.location?.line ?? 1} ${first.text}`,
    };
  }
}
