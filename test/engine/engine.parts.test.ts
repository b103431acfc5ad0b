import { expect } from "chai";
import { execFileSync, spawnSync } from "node:child_process";
import { readdirSync, readFileSync, utimesSync, writeFileSync } from "node:fs";
import path from "node:path";
import { frozenFileWithApp, planFrozen } from "../helpers/frozen.ts";
import type { PlannedResource } from "@koa-fargate/workbench/plan/types.ts";
import { parseDocument } from "yaml";
import { Engine } from "./engine.ts";
import { resourcesByUrn } from "./state.ts";
import { PROJECT } from "../helpers/project.ts";
import { engineIsHere } from "../helpers/parts.ts";

describe("The real Pulumi engine", function () {
  let engine: Engine;

  before(async function () {
    if (!engineIsHere()) this.skip();
    engine = await Engine.start();
  });

  after(async () => {
    // Unset where the tests were skipped.
    await (engine as Engine | undefined)?.stop();
  });

  it("creates dev as the offline plan says, and then has nothing to do", async () => {
    await engine.succeed(["stack", "init", "dev"]);
    await engine.succeed(["preview", "--stack", "dev"]);
    await engine.succeed(["up", "--stack", "dev", "--yes", "--skip-preview"]);
    await engine.succeed(["preview", "--stack", "dev", "--expect-no-changes"]);

    const plan = await planFrozen({ stack: "dev", file: frozenFileWithApp("dev") });
    const state = resourcesByUrn(await engine.succeed(["stack", "export", "--stack", "dev"]));
    expect([...state.keys()].sort()).to.deep.equal(plan.resources.map(({ urn }) => urn).sort());
    for (const { urn, inputs, outputs } of plan.resources.filter(({ custom }) => custom)) {
      // Names that the engine made up are inputs of the resource too, and the plan's.
      const { __defaults: made = [], ...found } = state.get(urn) ?? {};
      const names = (made as string[]).map((key) => [key, outputs[key]]);
      expect(found, urn).to.deep.equal(
        outsideOfGit({ ...inputs, ...(Object.fromEntries(names) as typeof inputs) }),
      );
    }

    const url = await engine.succeed(["stack", "output", "url", "--stack", "dev"]);
    expect(url.trim()).to.equal(plan.outputs["url"]);
  });

  it("finds an unchanged app unchanged after a touch of every file and under another umask", async () => {
    const app = path.join(engine.project, "app");
    for (const file of readdirSync(app, { recursive: true, encoding: "utf8" }))
      utimesSync(path.join(app, file), 1, 1);
    await engine.succeed(["preview", "--stack", "dev", "--expect-no-changes"], { umask: "077" });
  });

  it("finds an unchanged app unchanged in a later commit", async () => {
    const git = (...args: string[]): void => {
      execFileSync("git", ["-c", "user.name=a", "-c", "user.email=a@example.com", ...args], {
        cwd: engine.project,
      });
    };
    git("init", "--quiet");
    git("add", "app", ":!app/node_modules");
    git("commit", "--quiet", "--message", "first");
    await engine.succeed(["preview", "--stack", "dev", "--expect-no-changes"]);
  });

  it("destroys dev and leaves nothing", async () => {
    await engine.succeed(["destroy", "--stack", "dev", "--yes"]);
    const state = resourcesByUrn(await engine.succeed(["stack", "export", "--stack", "dev"]));
    expect([...state.keys()]).to.deep.equal([]);
  });

  it("refuses prod as long as it holds placeholders, and says what to set", async () => {
    const file = path.join(engine.project, "Pulumi.prod.yaml");
    const stack = parseDocument(readFileSync(file, "utf8"));
    // Which secrets there are is the app's.
    stack.setIn(["config", "koa-fargate:secrets"], { ACCESS_HASHES: "<ARN of a secret>" });
    writeFileSync(file, stack.toString());
    await engine.succeed(["stack", "init", "prod"]);
    const { code, stdout } = await engine.pulumi(["preview", "--stack", "prod"]);

    expect(code).to.equal(1);
    expect(lines(stdout, new RegExp(`^ +error: |${PROJECT}:`))).to.deep.equal([
      "error: prod: 5 problems in Pulumi.prod.yaml",
      ...OWNERS_VALUES.map(
        ({ key, placeholder }) =>
          `${PROJECT}:${key} is the placeholder ${placeholder} of the template. Write your own into Pulumi.prod.yaml.`,
      ),
    ]);
  });

  it("refuses to destroy prod before it deleted anything", async () => {
    const file = path.join(engine.project, "Pulumi.prod.yaml");
    const owned = OWNERS_VALUES.reduce(
      (text, { placeholder, value }) => text.replace(placeholder, value),
      readFileSync(file, "utf8"),
    );
    writeFileSync(file, owned);
    await engine.succeed(["up", "--stack", "prod", "--yes", "--skip-preview"]);
    await engine.succeed(["preview", "--stack", "prod", "--expect-no-changes"]);
    const before = await engine.succeed(["stack", "export", "--stack", "prod"]);

    const { code, stdout, stderr } = await engine.pulumi(["destroy", "--stack", "prod", "--yes"]);

    expect(code, stdout + stderr).to.equal(1);
    const after = await engine.succeed(["stack", "export", "--stack", "prod"]);
    expect([...resourcesByUrn(after).keys()]).to.deep.equal([...resourcesByUrn(before).keys()]);
  });

  it("refuses stack files of another project's name", async () => {
    const file = path.join(engine.project, "Pulumi.yaml");
    const text = readFileSync(file, "utf8");
    writeFileSync(file, text.replace(/^name: .*/, "name: other"));
    try {
      await engine.succeed(["stack", "init", "dev"]);
      const { code, stdout } = await engine.pulumi(["preview", "--stack", "dev"]);

      expect(code).to.equal(1);
      expect(stdout).to.match(
        /:(\w+) and \d+ more keys of \S+ are read by nobody: Pulumi\.yaml calls the project other\. Write other:\1, or let npm run rename -- other write them all\./,
      );
    } finally {
      writeFileSync(file, text);
    }
  });

  it("says in one sentence which Node is missing", async function () {
    const old = oldNode();
    if (old === undefined) this.skip();
    const { code, stdout, stderr } = await engine.pulumi(["preview", "--stack", "dev"], {
      env: { PATH: `${old.folder}:${process.env["PATH"] ?? ""}` },
    });
    expect(code).to.not.equal(0);
    expect(lines(stdout + stderr, /^ *This project needs/)).to.deep.equal([
      `This project needs Node 24 or later, but the \`node\` on PATH is ${old.version}. Put Node 24 first on PATH, or run Pulumi with the one that npm ci installed: PATH="$PWD/node_modules/.bin:$PATH" pulumi up`,
    ]);
  });
});

/** The plan's inputs as the engine's copy of the project has them, which is no repository: of no commit. */
function outsideOfGit(inputs: PlannedResource["inputs"]): unknown {
  return JSON.parse(JSON.stringify(inputs), (key, value: unknown) =>
    key === "COMMIT" ? "" : value,
  );
}

/** A Node on PATH that is too old for the program. */
function oldNode(): { folder: string; version: string } | undefined {
  for (const folder of (process.env["PATH"] ?? "").split(path.delimiter)) {
    const { stdout, status } = spawnSync(path.join(folder, "node"), ["--version"], {
      encoding: "utf8",
    });
    if (status === 0 && Number(stdout.slice(1).split(".")[0]) < 24)
      return { folder, version: stdout.trim() };
  }
  return undefined;
}

function lines(text: string, wanted: RegExp): string[] {
  return text
    .split("\n")
    .filter((line) => wanted.test(line))
    .map((line) => line.trim());
}

/** What the template leaves to the owner of prod. */
const OWNERS_VALUES = [
  {
    key: "allowedAccountIds[0]",
    placeholder: "<id of your production account>",
    value: '"123456789012"',
  },
  {
    key: "secrets.ACCESS_HASHES",
    placeholder: "<ARN of a secret>",
    value: "arn:aws:secretsmanager:eu-west-1:123456789012:secret:api-keys-Ab1Cd2",
  },
  {
    key: "certificateArn",
    placeholder: "<ARN of the ACM certificate for your domain>",
    value: "arn:aws:acm:eu-west-1:123456789012:certificate/11111111-2222-3333-4444-555555555555",
  },
  {
    key: "domainName",
    placeholder: "<your domain, such as api.example.com>",
    value: "api.example.com",
  },
  {
    key: "alarmEmails[0]",
    placeholder: "<address of the team that is on call>",
    value: "on-call@example.com",
  },
];
