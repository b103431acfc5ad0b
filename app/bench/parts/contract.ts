import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync } from "node:fs";
import path from "node:path";
import { buildImage, SCRATCH } from "../build.ts";
import type { Report } from "../report.ts";
import { startTask } from "../task.ts";

const SEEDS = [1, 2, 3, 4, 5];
/** The last release that the rules in the shared configuration were written for. */
const VERSION = "4.32.5";
const CONFIG = path.join(import.meta.dirname, "../../test/schemathesis.toml");
const KEY = "bench-key";

/** The service against its own description: schemathesis with fixed seeds over all of its phases. */
export async function benchContract(report: Report, quick: boolean): Promise<void> {
  const command = schemathesis();
  const title = "schemathesis, all phases";
  if (command === undefined) {
    report.section(title, [
      { what: "not measured", measured: "needs Python 3.10 or later with venv, and PyPI once" },
    ]);
    return;
  }
  const sha256 = createHash("sha256").update(KEY).digest("hex");
  const task = await startTask(buildImage(), {
    env: {
      AUTH: "api-key",
      API_KEY_HASHES: `bench:${sha256}`,
      RATE_LIMIT_PER_MINUTE: "10000000",
      LOG_LEVEL: "error",
    },
  });
  try {
    const failures = SEEDS.flatMap((seed) => {
      const output = run(command, task.url, seed, quick ? 10 : 50);
      return output === undefined ? [] : [{ seed, output }];
    });
    for (const { seed, output } of failures) console.error(`seed ${seed}:\n${output}`);
    report.section(`${title}, ${quick ? 10 : 50} examples an operation`, [
      {
        what: `seeds with a failure, of ${SEEDS.join(", ")}`,
        measured: failures.length === 0 ? "0" : failures.map(({ seed }) => seed).join(", "),
        bar: "0",
        met: failures.length === 0,
      },
    ]);
  } finally {
    await task.dispose();
  }
}

/** @returns what it printed when it found a failure. */
function run(command: string, url: string, seed: number, examples: number): string | undefined {
  const cwd = path.join(SCRATCH, "schemathesis");
  mkdirSync(cwd, { recursive: true });
  const { status, stdout, stderr } = spawnSync(
    command,
    [
      ...["--config-file", CONFIG, "run", `${url}/openapi.json`, "--no-color"],
      ...["--seed", String(seed), "--max-examples", String(examples)],
      ...["--header", `X-Api-Key: ${KEY}`],
    ],
    {
      cwd,
      encoding: "utf8",
      maxBuffer: 64 * 2 ** 20,
      // Examples that failed in an earlier run are no part of a fixed seed.
      env: { ...process.env, HYPOTHESIS_STORAGE_DIRECTORY: path.join(cwd, String(Date.now())) },
    },
  );
  return status === 0 ? undefined : `${stdout}${stderr}`;
}

/** SCHEMATHESIS, or the one in a virtual environment of the bench, made once. */
function schemathesis(): string | undefined {
  const given = process.env["SCHEMATHESIS"];
  if (given !== undefined) return given;
  const venv = path.join(SCRATCH, `python-${VERSION}`);
  const command = path.join(venv, "bin/schemathesis");
  if (existsSync(command)) return command;
  console.error("Installing schemathesis into .build/bench/app, once ...");
  mkdirSync(SCRATCH, { recursive: true });
  const steps = [
    ["python3", "-m", "venv", venv],
    [path.join(venv, "bin/pip"), "install", "--quiet", `schemathesis==${VERSION}`],
  ] as const;
  for (const [program, ...args] of steps) {
    const { status, stderr } = spawnSync(program, args, { encoding: "utf8" });
    if (status === 0) continue;
    console.error(`schemathesis could not be installed: ${stderr.slice(-1000)}`);
    return undefined;
  }
  return command;
}
