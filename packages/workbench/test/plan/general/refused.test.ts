import { expect } from "chai";
import { readFile, writeFile } from "node:fs/promises";
import { PlanError } from "../../../src/plan/errors.ts";
import { planProgram } from "../../../src/plan/general/plan.ts";
import type { Plan } from "../../../src/plan/types.ts";
import { failure, projectFolder } from "../project-folder.ts";
import { tool } from "../../../../../test/helpers/tool.ts";
import { copySdk, withProject } from "./project.ts";

async function refusal(files: Readonly<Record<string, string>>, stack = "dev"): Promise<string> {
  return withProject(files, async (root) => {
    try {
      await planProgram({ root, stack });
    } catch (error) {
      if (error instanceof PlanError) return error.message.replaceAll(root, "<root>");
      throw error;
    }
    throw new Error("planned");
  });
}

const CASES: Readonly<Record<string, [Readonly<Record<string, string>>, string]>> = {
  "another language": [
    { "Pulumi.yaml": "name: shop\nruntime: python\n" },
    'Pulumi.yaml: runtime is "python"; a plan evaluates programs of the runtime nodejs alone.',
  ],
  "no program": [
    {},
    "The folder holds no index.ts or index.js: set main in Pulumi.yaml, or build the program first.",
  ],
  "a main that is not there": [
    { "Pulumi.yaml": "name: shop\nruntime: nodejs\nmain: bin/\n" },
    'Pulumi.yaml: main is "bin/", which does not exist.',
  ],
  "another stack": [
    { "Pulumi.prod.yaml": "config: {}\n", "index.ts": "" },
    'There is no stack "dev". The stacks are prod; a new one is a file Pulumi.<stack>.yaml.',
  ],
  "a package that is not installed": [
    { "index.ts": `import "@pulumi/nowhere";` },
    "The program cannot be planned: it imports @pulumi/nowhere, which is not installed. Run npm install there.",
  ],
  "a file that is not there": [
    { "index.ts": `import "./nowhere";` },
    "The program cannot be planned: it imports ./nowhere, which does not exist.",
  ],
  "what is no YAML": [
    { "Pulumi.yaml": "name: [shop\n" },
    "Pulumi.yaml is not valid YAML: Flow sequence in block collection must be sufficiently indented and end with a ] at line 2, column 1.",
  ],
  "what is no TypeScript": [
    { "index.ts": "export const = 1;" },
    '<root>/index.ts:1 Expected identifier but found "="',
  ],
  "an error of the program": [
    { "index.ts": `\n\nthrow new Error("no account for " + "shop");` },
    "The program cannot be planned: no account for shop\n    at Object.<anonymous> (index.ts:3:7)",
  ],
  "a promise that never settles": [
    { "index.ts": "module.exports = () => new Promise(() => undefined);" },
    "The program cannot be planned: it waits for something that never happens, a promise that does not settle.",
  ],
  "a program that ends its process": [
    { "index.ts": "process.exit(3);" },
    "The program ended its process (exit code 3) before the plan was complete.",
  ],
  "a default export beside others": [
    { "package.json": `{"type":"module"}`, "index.ts": "export default {}; export const a = 1;" },
    "index.ts has a default export beside named ones, which Pulumi refuses: keep one kind.",
  ],
  "a field that workbench.config.ts does not have": [
    { "workbench.config.ts": "export default { boxs: [] };", "index.ts": "" },
    "workbench.config.ts: boxs is not a field. The fields are resources, permissions, taskActions, calls, commands, config, lookups, outputs, containers, boxes, entry, apps, pages, gaps, strict, inProcess.",
  ],
  "guesses in a strict project": [
    {
      "workbench.config.ts": "export default { strict: true };",
      "index.ts": `import * as aws from "@pulumi/aws"; new aws.kinesis.Stream("clicks", {});`,
    },
    "dev: aws:kinesis/stream:Stream clicks: the plan has no outputs for this resource type: declare them under resources in workbench.config.ts",
  ],
};

describe("what cannot be planned", function () {
  for (const [name, [files, sentence]] of Object.entries(CASES))
    it(`is refused in a sentence: ${name}`, async () => {
      expect(await refusal(files)).to.equal(sentence);
    });

  it("is refused in a sentence: a project whose packages are not installed", async () => {
    const folder = await projectFolder({ "index.ts": "" });
    try {
      expect(await failure(planProgram({ root: folder.path, stack: "dev" }))).to.equal(
        `PlanError: ${folder.path} has no @pulumi/pulumi installed: run npm install there.`,
      );
    } finally {
      await folder.remove();
    }
  });

  it("is refused in a sentence: an SDK of the years before", async () => {
    const error = await withProject({ "index.ts": "" }, async (root) => {
      await copySdk(root);
      // As in 3.53, of January 2023.
      const file = `${root}/node_modules/@pulumi/pulumi/runtime/state.js`;
      const text = await readFile(file, "utf8");
      await writeFile(file, text.replace("exports.withLocalStorage = withLocalStorage;", ""));
      return failure(planProgram({ root, stack: "dev" }));
    });
    expect(error).to.equal(
      "PlanError: The program's @pulumi/pulumi is too old for a plan: run npm install @pulumi/pulumi@3 there.",
    );
  });

  it("is refused in a sentence: a folder without a project", async () => {
    const error = await planProgram({ root: "/", stack: "dev" }).catch((reason: unknown) => reason);
    expect(error).to.be.instanceOf(PlanError);
    expect((error as PlanError).message).to.equal(
      "/ holds no Pulumi.yaml: plan in the folder of a Pulumi project.",
    );
  });
});

describe("the command line in another project", function () {
  const run = (cwd: string, ...args: string[]) =>
    tool("packages/workbench/src/review/cli.ts", args, { cwd });

  it("keeps what the program prints out of the JSON, and finds the project from a folder inside", async () => {
    await withProject(
      {
        "index.ts": `console.log("{ noise"); process.stdout.write("more\\n"); export const a = 1;`,
        "src/readme.md": "",
      },
      async (root) => {
        const { stdout, stderr } = await run(`${root}/src`, "dev", "--json");
        expect((JSON.parse(stdout) as Plan).outputs).to.deep.equal({ a: 1 });
        expect(stderr).to.equal("{ noise\nmore\n");
      },
    );
  });

  it("shows a flat program by service, with what is guessed", async () => {
    await withProject(
      {
        "Pulumi.yaml": "name: shop\nruntime: nodejs\n",
        "index.ts": `
          import * as aws from "@pulumi/aws";
          new aws.sqs.Queue("orders"); new aws.sqs.Queue("failed");
          new aws.kinesis.Stream("clicks", {});`,
      },
      async (root) => {
        const { stdout } = await run(root, "dev", "--config", "aws:region=eu-west-1");
        expect(stdout.replace(/planned in [\d.]+ s/, "planned")).to.equal(
          [
            "shop / dev   eu-west-1   3 resources   planned, offline",
            "",
            "kinesis  1   Stream",
            "sqs      2   2 Queue",
            "",
            "guessed  Ids, ARNs and names of aws:kinesis/stream:Stream are invented.",
            "",
            "more: --tree  --cost  --rollout  --assumptions  --diagram  --dashboard  --against main  --json",
            "",
          ].join("\n"),
        );
      },
    );
  });
});
