import { expect } from "chai";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readFileSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { text } from "node:stream/consumers";
import { setTimeout as sleep } from "node:timers/promises";
import { createForeignApp } from "../../packages/workbench/test/local/fixture/foreign-app.ts";
import { forgetShell, NOBODY } from "./environment.ts";
import { ownFile } from "./frozen.ts";

const ROOT = path.resolve(import.meta.dirname, "../..");

/** Of the stack that is planned and run here: its owner's. */
const REGION = ownFile("dev").get("aws:region");

/** What no test and no offline tool may obey. */
const NONSENSE: Readonly<Record<string, string>> = {
  AWS_REGION: "xx-nowhere-9",
  AWS_DEFAULT_REGION: "yy-nowhere-8",
  AWS_PROFILE: "no-such-profile",
  AWS_ENDPOINT_URL: "http://127.0.0.1:9",
  AWS_ENDPOINT_URL_DYNAMODB: "http://127.0.0.1:9",
  AWS_ACCESS_KEY_ID: "nonsense",
  AWS_SECRET_ACCESS_KEY: "nonsense",
  AWS_SESSION_TOKEN: "nonsense",
  AWS_CONFIG_FILE: "/no/such/config",
  AWS_SHARED_CREDENTIALS_FILE: "/no/such/credentials",
  AWS_CA_BUNDLE: "/no/such/bundle",
  AWS_MAX_ATTEMPTS: "nonsense",
  AWS_RETRY_MODE: "nonsense",
  AWS_USE_FIPS_ENDPOINT: "true",
  PULUMI_BACKEND_URL: "file:///no/such/folder",
  PULUMI_CONFIG_PASSPHRASE_FILE: "/no/such/file",
  PULUMI_STACK: "no-such-stack",
};

/** Node in the repository, in a shell that says nonsense about AWS and Pulumi. */
const node = (...args: string[]) =>
  spawn(process.execPath, args, {
    cwd: ROOT,
    env: { ...process.env, ...NONSENSE },
    stdio: ["ignore", "pipe", "pipe"],
  });

async function output(...args: string[]): Promise<{ code: unknown; out: string; err: string }> {
  const child = node(...args);
  const ended = once(child, "close");
  const [out, err] = await Promise.all([text(child.stdout), text(child.stderr)]);
  const [code] = (await ended) as [unknown];
  return { code, out, err };
}

describe("What the shell says about AWS and Pulumi", function () {
  it("is forgotten, and nothing else", () => {
    const env = { ...NONSENSE, PATH: "/bin", AWSOME: "1", MY_AWS_REGION: "2" };
    forgetShell(env);
    expect(env).to.deep.equal({ PATH: "/bin", AWSOME: "1", MY_AWS_REGION: "2", ...NOBODY });
  });

  it("was forgotten before this test, unless another one said something of its own", () => {
    const said = Object.keys(NONSENSE).filter((name) => process.env[name] === NONSENSE[name]);
    expect(said).to.deep.equal([]);
  });

  it("does not reach a test run", async () => {
    const folder = await mkdtemp(path.join(tmpdir(), "test-run-"));
    const file = path.join(folder, "told.test.mjs");
    try {
      await writeFile(
        file,
        `import assert from "node:assert/strict";
         it("is told what every test is told", () => {
           const told = Object.entries(process.env).filter(([name]) => /^(AWS|PULUMI)_/.test(name));
           assert.deepEqual(Object.fromEntries(told), ${JSON.stringify(NOBODY)});
         });`,
      );
      const { code, out } = await output("node_modules/mocha/bin/mocha.js", file);
      expect([code, out.trimEnd().split("\n").at(-1)]).to.deep.equal([
        0,
        "1 passed, 0 failed, 0 skipped",
      ]);
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  it("does not reach a plan", async () => {
    const { code, out, err } = await output(
      "packages/workbench/src/review/cli.ts",
      "dev",
      "--json",
    );
    expect([code, err]).to.deep.equal([0, ""]);
    for (const value of new Set(Object.values(NONSENSE)))
      if (value !== "true") expect(out.includes(value), value).to.equal(false);
    expect((JSON.parse(out) as { config: object }).config).to.include({ "aws:region": REGION });
  });

  for (const [tool, ...args] of [
    ["packages/workbench/src/local/cli.ts", "--port", "0"],
    ["packages/workbench/src/local/rehearse/cli.ts", "dev", "--tasks", "1", "--path", "/nowhere"],
  ] as const)
    it(`does not reach the tasks of ${tool}`, async () => {
      const app = await createForeignApp();
      const file = path.join(app.folder, "told");
      try {
        // Writes down what it was told, and is healthy.
        await app.write(
          "one",
          () =>
            `import { writeFileSync } from "node:fs";
             import { createServer } from "node:http";
             const told = Object.entries(process.env).filter(([name]) => /^(AWS|PULUMI)_/.test(name));
             writeFileSync(${JSON.stringify(file)}, JSON.stringify(told));
             createServer(({ url }, response) => response.writeHead(url === "/nowhere" ? 404 : 200).end()).listen(process.env.PORT);`,
        );
        const config = [
          `appPath=${app.folder}`,
          ...["build=bundle", "healthPath=/health", "environment={}"],
        ];
        const child = node(tool, ...args, ...config.flatMap((pair) => ["--config", pair]));
        const ended = once(child, "close");
        const said = Promise.all([text(child.stdout), text(child.stderr)]);
        // A rehearsal ends by itself, for there is nothing to rehearse with; a local run is told to.
        while (!existsSync(file) && child.exitCode === null) await sleep(50);
        if (tool === "packages/workbench/src/local/cli.ts") child.kill("SIGINT");
        await ended;
        expect(existsSync(file), (await said).join("")).to.equal(true);
        expect(JSON.parse(readFileSync(file, "utf8"))).to.deep.equal([["AWS_REGION", REGION]]);
      } finally {
        await app.remove();
      }
    });
});
