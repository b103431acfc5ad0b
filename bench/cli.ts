import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { parseArgs } from "node:util";
import { bundleApp } from "../components/registry/bundle.ts";
import { FAULTS } from "../packages/workbench/src/local/rehearse/versions.ts";

interface Bench {
  readonly summary: string;
  /** Loads the bench when it runs, because some install what they compare with. */
  readonly run: (options: BenchOptions) => Promise<void>;
}

interface BenchOptions {
  readonly quick: boolean;
  readonly parts: readonly string[];
  readonly bundler: typeof bundleApp;
}

/** Where an app may have benches of its own: a record `benches` of the same form. */
const OWN = new URL("../app/bench/benches.ts", import.meta.url);
const { benches: own = {} } = existsSync(OWN)
  ? ((await import(OWN.href)) as { benches?: Readonly<Record<string, Bench>> })
  : {};

const BENCHES: Readonly<Record<string, Bench>> = {
  ...own,
  plan: {
    summary: "the offline plan against cdk synth",
    run: async () => {
      (await import("../packages/workbench/bench/plan.ts")).benchPlan();
    },
  },
  rehearse: {
    summary: "every strategy with a good version and with each bad one",
    run: () => {
      const rehearse = "packages/workbench/src/local/rehearse/cli.ts";
      for (const strategy of ["rolling", "blue-green", "canary", "linear"])
        for (const bad of [undefined, ...FAULTS]) {
          const args = [
            "prod",
            "--strategy",
            strategy,
            ...(bad === undefined ? [] : ["--bad", bad]),
          ];
          const { status, stdout } = spawnSync(process.execPath, [rehearse, ...args], {
            encoding: "utf8",
            stdio: ["ignore", "pipe", "inherit"],
          });
          // What it came to, in the report's own words.
          const lines = stdout.trim().split("\n");
          const results = lines.filter((line) => /^(?:result|lost) /.test(line));
          console.log([`\n${lines.slice(0, 2).join(": ")}`, ...results].join("\n"));
          if (status !== 0) process.exitCode = 1;
        }
      return Promise.resolve();
    },
  },
};

const HELP = `npm run bench [-- NAME ... [--quick] [--part PART ...]]

Prints ratios measured side by side in one run; absolute times say more about the machine.

${Object.entries(BENCHES)
  .map(([name, { summary }]) => `  ${name.padEnd(10)}${summary}`)
  .join("\n")}

Without a name, all of them.
  --quick       shorter windows and waits: for a look, not for figures
  --part PART   of app, only this part; may be repeated`;

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: {
    help: { type: "boolean", short: "h" },
    quick: { type: "boolean", default: false },
    part: { type: "string", multiple: true, default: [] },
  },
});
if (values.help === true) {
  console.log(HELP);
} else {
  for (const name of positionals.length === 0 ? Object.keys(BENCHES) : positionals) {
    const bench = BENCHES[name];
    if (bench === undefined) {
      console.error(`There is no bench ${name}; there are ${Object.keys(BENCHES).join(", ")}.`);
      process.exit(1);
    }
    await bench.run({ quick: values.quick, parts: values.part, bundler: bundleApp });
  }
}
