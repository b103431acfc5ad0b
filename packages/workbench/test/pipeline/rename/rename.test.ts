import { expect } from "chai";
import { appendFileSync, globSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { formatted } from "../../../src/pipeline/docs/pages.ts";
import { projectName } from "../../../src/project/namespaces.ts";
import type { Plan } from "../../../src/plan/types.ts";
import { Copy } from "../../../../../test/helpers/copy.ts";
import { tool, type Ran } from "../../../../../test/helpers/tool.ts";

const REPOSITORY = path.resolve(import.meta.dirname, "../../../../..");
const FORMER = projectName(REPOSITORY);
const NAME = "other-name";
const PAGES = [".github/workflows/release.yml", "README.md", "docs/configuration.md"];

describe("npm run rename", function () {
  let copy: Copy;
  let root: string;

  beforeEach(() => {
    copy = new Copy("linked");
    root = copy.folder;
    // As before bootstrap: a stack that exists keeps its name.
    for (const file of globSync(["Pulumi.*.yaml", "bootstrap/Pulumi.*.yaml"], { cwd: root })) {
      const made =
        /^(?:encryptedkey|encryptionsalt|secretsprovider| {2}\S+:permissionsBoundaryArn):.*\n/gm;
      writeFileSync(path.join(root, file), text(file).replaceAll(made, ""));
    }
  });
  afterEach(() => {
    copy.remove();
  });

  /** A command on the clone. The clone's own modules are loaded once, so not before it is renamed: they hold its name. */
  const run = (file: string, ...args: string[]): Promise<Ran> =>
    tool(`packages/workbench/src/${file}`, args, { cwd: root });
  const rename = (...args: string[]): Promise<Ran> => run("pipeline/rename/cli.ts", ...args);
  const text = (file: string): string => readFileSync(path.join(root, file), "utf8");
  const plan = async (stack: string, cwd = root): Promise<Plan> => {
    const args = [stack, "--json"];
    const { code, stdout, stderr } = await tool("packages/workbench/src/review/cli.ts", args, {
      cwd,
    });
    expect(code, stderr).to.equal(0);
    return JSON.parse(stdout) as Plan;
  };

  it("renames all that says the name, and the commands of the README go on", async () => {
    const before = [await plan("dev", REPOSITORY), await plan("prod", REPOSITORY)];

    const { code, stdout, stderr } = await rename(NAME);
    expect([code, stderr]).to.deep.equal([0, ""]);
    expect(stdout.split("\n")).to.include.members([
      ...[
        // A name that is a plain word stands for other things too: pages are left alone then.
        ...(FORMER.includes("-") ? PAGES : []),
        "Pulumi.dev.yaml",
        "Pulumi.prod.yaml",
        "Pulumi.yaml",
        "bootstrap/Pulumi.account.yaml",
        "bootstrap/Pulumi.yaml",
        "package-lock.json",
        "package.json",
      ].map((file) => `changed  ${file}`),
      `The project is called ${NAME}. Look at it with git diff, then: npm run plan -- dev`,
    ]);

    const after = [await plan("dev"), await plan("prod")];
    for (const [index, renamed] of after.entries()) {
      expect(renamed.project).to.equal(NAME);
      const types = ({ resources }: Plan) =>
        resources.map(({ type, name }) => `${type} ${type.endsWith(":Stack") ? "" : name}`).sort();
      expect(types(renamed)).to.deep.equal(types(before[index] ?? renamed));
    }
    const said = JSON.stringify(after).replaceAll(/koa-fargate:[a-z-]+:[A-Z]/g, "");
    expect(said.includes(FORMER)).to.equal(false);

    if (!FORMER.includes("-")) await run("pipeline/docs/cli.ts");
    const docs = await run("pipeline/docs/cli.ts", "--check");
    expect([docs.code, docs.stderr]).to.deep.equal([0, ""]);
    const pages = globSync(["*.{md,json,yaml}", "docs/**"], { cwd: root, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map(({ parentPath, name }) => path.relative(root, path.join(parentPath, name)))
      // Others are as `npm run check` finds them.
      .filter((page) => text(page) !== readFileSync(path.join(REPOSITORY, page), "utf8"));
    expect(pages).to.include.members(["Pulumi.yaml", "package.json"]);
    for (const page of pages) expect(await formatted(root, page, text(page))).to.equal(text(page));

    const again = await rename(NAME);
    expect(again).to.deep.equal({
      code: 0,
      stdout: `The project is called ${NAME}; there was nothing to change.\n`,
      stderr: "",
    });
  });

  it("completes what began by hand in Pulumi.yaml", async () => {
    writeFileSync(
      path.join(root, "Pulumi.yaml"),
      text("Pulumi.yaml").replace(/^name: .*/, `name: ${NAME}`),
    );
    const refused = await run("review/cli.ts", "dev");
    expect(refused.stderr).to.match(
      /are read by nobody: Pulumi\.yaml calls the project other-name\./,
    );

    expect((await rename(NAME)).code).to.equal(0);
    expect((await plan("dev")).project).to.equal(NAME);
  });

  it("refuses a wrong name, and a stack that exists, and changes nothing", async () => {
    const bad = await rename("Orders");
    expect([bad.code, bad.stdout]).to.deep.equal([1, ""]);
    expect(bad.stderr).to.match(/^"Orders" cannot be the project's name: .*\n$/);

    appendFileSync(path.join(root, "Pulumi.dev.yaml"), "encryptionsalt: v1:abc=\n");
    const made = await rename(NAME);
    expect([made.code, made.stdout]).to.deep.equal([1, ""]);
    expect(made.stderr).to.equal(
      `Pulumi.dev.yaml is of a stack that exists, and its state, roles and keys in AWS are called ${FORMER}: keep the name, or destroy the stack first; docs/getting-started.md says what else there is.\n`,
    );
    expect(projectName(root)).to.equal(FORMER);
  });
});
