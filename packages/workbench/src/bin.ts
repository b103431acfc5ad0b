#!/usr/bin/env node
// The commands of the installed package: `npx workbench plan dev`.
import { pathToFileURL } from "node:url";
import { beside } from "./lib/beside.ts";

/** Commands on a program that need not be deployed, and the module of each. */
const MODULES: Readonly<Record<string, string>> = {
  plan: "review/cli",
  start: "local/cli",
  rehearse: "local/rehearse/cli",
  doctor: "pipeline/doctor/cli",
};

const HELP = `Works on the Pulumi program around the working directory.

  npx workbench plan [stack] [options]   what the program would create, offline; --help lists its options
  npx workbench start [options]          its services on this machine, as ECS would run them
  npx workbench rehearse <stack>         a deployment on this machine, under load, with time compressed
  npx workbench doctor [stack ...]       what a deployment needs, and what is missing
  npx workbench <command> <stack>        status, logs, verify, run-task, rollback, scale, approve, reject:
                                         a deployed ECS service; --help on each

workbench.config.ts beside Pulumi.yaml says what a plan cannot guess. It is optional.
`;

const [command, ...rest] = process.argv.slice(2);
if (Number(process.versions.node.split(".")[0]) < 24) {
  process.stderr.write(`The workbench needs Node 24 or later; this is ${process.version}.\n`);
  process.exitCode = 1;
} else if (command === undefined || command === "--help" || command === "-h")
  process.stdout.write(HELP);
else if (MODULES[command] !== undefined) {
  process.argv.splice(2, 1);
  await import(pathToFileURL(beside(MODULES[command], import.meta.url)).href);
} else {
  const { run } = await import("./live/cli.ts");
  await run([command, ...rest]);
}
