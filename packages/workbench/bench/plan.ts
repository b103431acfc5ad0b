import { spawnSync } from "node:child_process";
import { cpSync, existsSync } from "node:fs";
import path from "node:path";
import { interleaved, median, spread, type Command } from "../../../bench/lib/measure.ts";

const ROOT = path.resolve(import.meta.dirname, "../../..");
const SCRATCH = path.join(ROOT, ".build/bench/cdk");
const ROUNDS = 5;

/** Bars of the project: CPU of the offline plan against `cdk synth`, and its wall time on an idle machine. */
const MAX_RATIO = 0.4;
const MAX_WALL_SECONDS = 2.5;

/** Offline plan of one stack against `cdk synth` of the nearest equivalent, run by run. */
export function benchPlan(): void {
  installCdk();
  const commands: Command[] = [
    {
      name: "plan dev",
      args: [process.execPath, "packages/workbench/src/review/cli.ts", "dev"],
      cwd: ROOT,
    },
    {
      name: "plan prod",
      args: [process.execPath, "packages/workbench/src/review/cli.ts", "prod"],
      cwd: ROOT,
    },
    {
      name: "cdk synth",
      args: ["node_modules/.bin/cdk", "synth", "--quiet", "--no-notices"],
      cwd: SCRATCH,
      env: { CDK_DISABLE_VERSION_CHECK: "1" },
    },
  ];
  const costs = interleaved(commands, ROUNDS);
  const synth = costs.get("cdk synth")?.map(({ cpu }) => cpu) ?? [];
  console.log(
    `plan, ${ROUNDS} interleaved rounds           CPU s min/median/max    wall s               CPU / cdk synth`,
  );
  for (const [name, runs] of costs) {
    const cpu = runs.map((run) => run.cpu);
    const ratio = median(cpu.map((value, index) => value / (synth[index] ?? NaN)));
    console.log(
      `  ${name.padEnd(38)} ${spread(cpu).padEnd(23)} ${spread(runs.map((run) => run.wall)).padEnd(20)} ${ratio.toFixed(2)}`,
    );
  }
  console.log(
    `  bars: CPU <= ${MAX_RATIO} of cdk synth, wall <= ${MAX_WALL_SECONDS} s on an idle machine`,
  );
}

/** In a scratch folder: CDK is a yardstick, not a dependency. */
function installCdk(): void {
  if (existsSync(path.join(SCRATCH, "node_modules/aws-cdk-lib"))) return;
  console.error("Installing CDK into .build/bench, once ...");
  cpSync(path.join(import.meta.dirname, "cdk"), SCRATCH, { recursive: true });
  const { status, stderr } = spawnSync("npm", ["install", "--no-package-lock", "--silent"], {
    cwd: SCRATCH,
    encoding: "utf8",
  });
  if (status !== 0) throw new Error(`CDK could not be installed: ${stderr.slice(-2000)}`);
}
