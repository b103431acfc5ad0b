import { expect } from "chai";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { UsageError } from "../../src/lib/command-line.ts";
import { readArguments } from "../../src/review/arguments.ts";
import type { Plan } from "../../src/plan/types.ts";
import { ownFile } from "../../../../test/helpers/frozen.ts";
import { PROJECT } from "../../../../test/helpers/project.ts";
import { tool } from "../../../../test/helpers/tool.ts";

const run = (...args: string[]) => tool("packages/workbench/src/review/cli.ts", args);

describe("npm run plan", function () {
  it("prints the summary on stdout and nothing else", async () => {
    const { code, stdout, stderr } = await run("dev");
    expect([code, stderr]).to.deep.equal([0, ""]);
    expect(stdout.startsWith(`${PROJECT} / dev `), stdout).to.equal(true);
    expect(stdout).to.match(
      /^\S+ \/ dev {3}[a-z0-9-]+ {3}\d+ resources {3}planned in \d+\.\d s, offline\n\nnetwork /,
    );
    expect(stdout).not.to.include("\u001b");
  });

  it("--tree lists every resource", async () => {
    const { code, stdout } = await run("dev", "--tree");
    expect(code).to.equal(0);
    expect(stdout.split("\n").slice(1, 4)).to.deep.equal([
      "",
      stdout.split("\n")[2],
      "  koa-fargate:network:Network network",
    ]);
    expect(stdout).to.include("\n    awsx:ec2:Vpc network\n      aws:ec2:Vpc network  [by awsx]\n");
  });

  it("--json prints the plan, --output writes it, --config changes it", async () => {
    const folder = await mkdtemp(join(tmpdir(), "plan-cli-"));
    try {
      const file = join(folder, "plan.json");
      const printed = await run(
        "dev",
        "--json",
        "--config",
        "taskCpu=512",
        "--config",
        "taskMemoryMiB=1024",
      );
      const written = await run("dev", "--json", "--output", file);
      const plan = JSON.parse(printed.stdout) as Plan;
      expect([printed.code, printed.stderr]).to.deep.equal([0, ""]);
      expect(Object.keys(plan)).to.deep.equal([
        "project",
        "stack",
        "config",
        "resources",
        "invokes",
        "outputs",
        "warnings",
      ]);
      expect([plan.config["taskCpu"], plan.config["taskMemoryMiB"]]).to.deep.equal([512, 1024]);
      expect(written).to.deep.equal({
        code: 0,
        stdout: "",
        stderr: `Written to ${file}.\n`,
      });
      expect((JSON.parse(await readFile(file, "utf8")) as Plan).config["taskCpu"]).to.equal(
        ownFile("dev").get(`${PROJECT}:taskCpu`) ?? 256,
      );
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  });

  const refused: [string[], number, string][] = [
    [[], 2, "Which stack? Try npm run plan -- dev (there are dev and prod).\n"],
    [
      ["staging"],
      1,
      'There is no stack "staging". The stacks are dev, prod; a new one is a file Pulumi.<stack>.yaml.\n',
    ],
    [
      ["dev", "--config", "taskCpu=many"],
      1,
      "Stack 'dev' with configuration key 'taskCpu' must be of type 'integer'\n",
    ],
    [
      ["dev", "--output", "/nowhere/plan.json"],
      2,
      "--output /nowhere/plan.json cannot be written (ENOENT).\n",
    ],
  ];
  for (const [args, code, message] of refused)
    it(`${args.join(" ") || "no argument"}: one sentence on stderr`, async () => {
      expect(await run(...args)).to.deep.equal({ code, stdout: "", stderr: message });
    });

  it("a refused configuration is printed without a stack trace", async () => {
    const { code, stdout, stderr } = await run("dev", "--config", "desiredCuont=3");
    expect([code, stdout]).to.deep.equal([1, ""]);
    expect(stderr).to.include("desiredCuont is not a key. Did you mean desiredCount?");
    expect(stderr).not.to.include("    at ");
  });

  it("--help shows examples", async () => {
    const { code, stdout } = await run("--help");
    expect(code).to.equal(0);
    expect(stdout).to.include("npm run plan -- prod --json --output plan.json\n");
  });
});

describe("readArguments", () => {
  it("reads stack, flags and overrides", () => {
    expect(
      readArguments([
        "prod",
        "--json",
        "--output",
        "p.json",
        "--config",
        "a=1",
        "--config",
        "b=x=y",
        "--root",
        "../other",
      ]),
    ).to.deep.equal({
      stack: "prod",
      json: true,
      tree: false,
      rollout: false,
      assumptions: false,
      cost: false,
      load: 0,
      dashboard: false,
      diagram: false,
      root: "../other",
      output: "p.json",
      overrides: { a: "1", b: "x=y" },
    });
  });

  const refused: [string[], string][] = [
    [["--foo"], "Unknown option '--foo'. npm run plan -- --help lists the options."],
    [["dev", "prod"], 'One stack at a time: "dev" and "prod" are 2.'],
    [
      ["dev", "--config", "taskCpu"],
      '--config is "taskCpu", but must be written --config name=value.',
    ],
    [
      ["dev", "--load", "many"],
      '--load takes requests a second, not "many": for example --load 50.',
    ],
    [
      ["dev", "--output"],
      "Option '--output <value>' argument missing. npm run plan -- --help lists the options.",
    ],
  ];
  for (const [args, message] of refused)
    it(`${args.join(" ")}: refused in one sentence`, () => {
      expect(() => readArguments(args))
        .to.throw(UsageError)
        .with.property("message", message);
    });
});
