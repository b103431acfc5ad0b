import { expect } from "chai";
import { spawnSync } from "node:child_process";
import { existsSync, rmSync } from "node:fs";
import path from "node:path";
import { localBase } from "../helpers/local-base.ts";
import { nativeHeaders, type Copy } from "../helpers/copy.ts";
import { fastifyCopy } from "./fastify.ts";
import { nativeCopy } from "./native.ts";
import { isHere } from "../helpers/lacking.ts";
import { dockerIsHere } from "../helpers/parts.ts";

describe("Another app in place of app/", function () {
  let copy: Copy;
  afterEach(() => {
    copy.remove();
  });

  describe("a Fastify service of 20 lines", () => {
    beforeEach(() => {
      copy = fastifyCopy();
    });

    const installed = (): boolean =>
      existsSync(path.join(copy.folder, "app/node_modules/greeting/index.js"));

    it("is installed without a lock file, which stays away", () => {
      expect(copy.run("npm", "run", "--silent", "postinstall")).to.include({ code: 0 });
      expect(installed()).to.equal(true);
      expect(existsSync(path.join(copy.folder, "app/package-lock.json"))).to.equal(false);
    });

    it("is planned, started and stopped, with npm's lock file", async () => {
      const app = path.join(copy.folder, "app");
      const lock = ["install", "--package-lock-only", "--offline", "--silent"];
      expect(spawnSync("npm", lock, { cwd: app }).status).to.equal(0);
      expect(copy.run("npm", "run", "--silent", "postinstall")).to.include({ code: 0 });
      expect(installed()).to.equal(true);

      for (const stack of ["dev", "prod"]) {
        const { code, text } = copy.run(
          process.execPath,
          "packages/workbench/src/review/cli.ts",
          stack,
        );
        expect([stack, code], text).to.deep.equal([stack, 0]);
      }
      const { answer, said } = await copy.start("/hello/fargate", "--tasks", "2");
      expect(answer).to.equal('{"hello":"FARGATE"}');
      expect(said).to.match(/GET \/health every/);
      expect(said).to.include("/orders -H 'content-type: application/json'");
      expect(said.match(/stopped \(exit code 0\)/g)).to.have.length(2);
    });

    for (const [client, lock] of [
      ["pnpm", "pnpm-lock.yaml"],
      ["yarn", "yarn.lock"],
    ] as const) {
      it(`is installed and planned with ${client}'s lock file`, function () {
        if (!isHere(client, spawnSync(client, ["--version"]).status === 0)) this.skip();
        const app = path.join(copy.folder, "app");
        // As its owner made it.
        expect(spawnSync(client, ["install"], { cwd: app, stdio: "ignore" }).status).to.equal(0);
        rmSync(path.join(app, "node_modules"), { recursive: true });
        expect(existsSync(path.join(app, lock))).to.equal(true);

        expect(copy.run("npm", "run", "--silent", "postinstall")).to.include({ code: 0 });
        expect(installed()).to.equal(true);
        expect(existsSync(path.join(app, "package-lock.json"))).to.equal(false);
        const review = "packages/workbench/src/review/cli.ts";
        const { code, text } = copy.run(process.execPath, review, "dev");
        expect(code, text).to.equal(0);
      });
    }

    it("names the client that its lock file wants, where it is not on PATH", () => {
      copy.write("app/pnpm-lock.yaml", "lockfileVersion: '9.0'\n");
      const { PATH } = process.env;
      process.env["PATH"] = "/nowhere";
      const result = copy.run(
        process.execPath,
        "packages/workbench/src/pipeline/app/cli.ts",
        "install",
      );
      process.env["PATH"] = PATH;

      expect(result).to.deep.equal({
        code: 1,
        text: "app has pnpm-lock.yaml, but pnpm is not on PATH: install it (npm install --global pnpm), or replace pnpm-lock.yaml by the lock file of a client that is there.\n",
      });
    });
  });

  it("a native addon, which no bundle holds, is planned and started with a Dockerfile of its own", async function () {
    const headers = nativeHeaders();
    if (headers === undefined) this.skip();
    copy = nativeCopy(headers);
    const bundled = copy.run(process.execPath, "packages/workbench/src/review/cli.ts", "dev");
    expect([bundled.code, bundled.text]).to.deep.equal([
      1,
      'The app in ./app does not bundle: app/server.js:3: No loader is configured for ".node" files: build/answer.node\n',
    ]);
    for (const stack of ["dev", "prod"]) copy.configure(stack, { build: "dockerfile" });

    const { code, text } = copy.run(
      process.execPath,
      "packages/workbench/src/review/cli.ts",
      "prod",
    );
    expect(code, text).to.equal(0);
    const { answer, said } = await copy.start("/");
    expect(answer).to.equal("42");
    expect(said).to.include("the start script of ./app (node server.js)");
  });

  it("a native addon is built into its image and started in a container", async function () {
    const headers = nativeHeaders();
    if (headers === undefined || !dockerIsHere()) this.skip();
    copy = nativeCopy(headers);
    copy.configure("dev", { build: "dockerfile", nodeImage: localBase() });

    const { answer, said } = await copy.start("/", "--docker");
    expect(answer).to.equal("42");
    expect(said).to.include("(the image's own command, port 8080");
  });
});
