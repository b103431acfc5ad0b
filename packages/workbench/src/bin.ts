#!/usr/bin/env node
// The commands of the installed package: `npx workbench plan dev`.
/** Commands on a program that need not be deployed, and the module of each. */
const MODULES = new Map<string, () => Promise<unknown>>([
  ["plan", () => import("./review/cli.ts")],
  ["start", () => import("./local/cli.ts")],
  ["rehearse", () => import("./local/rehearse/cli.ts")],
  ["doctor", () => import("./pipeline/doctor/cli.ts")],
]);

const HELP = `Works on the Pulumi program around the working directory.

  npx workbench plan [stack] [options]   what the program would create, offline; --help lists its options
  npx workbench start [options]          its services on this machine, as ECS would run them
  npx workbench rehearse <stack>         a deployment on this machine, under load, with time compressed
  npx workbench doctor [stack ...]       what a deployment needs, and what is missing
  npx workbench <command> <stack>        status, logs, verify, run-task, rollback, scale, approve, reject:
                                         a deployed ECS service; --help on each

workbench.config.ts beside Pulumi.yaml says what a plan cannot guess. It is optional.
`;

const [command = "--help", ...rest] = process.argv.slice(2);
const load = MODULES.get(command);
if (Number(process.versions.node.split(".")[0]) < 24) {
  process.stderr.write(`The workbench needs Node 24 or later; this is ${process.version}.\n`);
  process.exitCode = 1;
} else if (command === "--help" || command === "-h") process.stdout.write(HELP);
else if (load !== undefined) {
  process.argv.splice(2, 1);
  await load();
} else {
  const { run } = await import("./live/cli.ts");
  await run([command, ...rest]);
}
