import { expect } from "chai";
import { execFileSync } from "node:child_process";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { ROOT } from "../../src/local/session.ts";
import { serviceSpec } from "../../src/local/spec.ts";
import { startCommand } from "../../src/local/start-command.ts";
import { fixturePlan } from "./fixture/plan.ts";

describe("the start command of a process", () => {
  let root: string;
  beforeEach(async () => {
    root = await mkdtemp(join(tmpdir(), "start-"));
  });
  afterEach(() => rm(root, { recursive: true }));

  const own = {
    ...serviceSpec(fixturePlan({}, { entryPoint: null, command: null })),
    appPath: ".",
  };
  const INSTEAD =
    "in place of the image's own command, without its Dockerfile (--docker builds it)";
  const write = (manifest: object): Promise<void> =>
    writeFile(join(root, "package.json"), JSON.stringify(manifest));

  /** What a bundle prints that looks for a package and a file beside the repository's own. */
  const LOOKS = `
    const tell = (look) => { try { return look(); } catch (error) { return error.code; } };
    console.log(tell(() => require(["cha", "i"].join("")) && "found"),
      tell(() => require("node:fs").readFileSync("../../package.json") && "read"),
      tell(() => require("node:fs").readFileSync("public/a.txt", "utf8")));`;

  it("is the container's, where the files of its image are and no others", async () => {
    // Within the repository, whose packages Node.js would find from there.
    const repository = await mkdtemp(join(ROOT, ".build-test-"));
    const context = join(repository, ".build/app-0123456789abcdef");
    try {
      await mkdir(join(context, "dist"), { recursive: true });
      await mkdir(join(context, "public"));
      await writeFile(join(repository, "package.json"), "{}");
      await writeFile(join(context, "package.json"), '{"type":"commonjs"}');
      await writeFile(join(context, "public/a.txt"), "of the image");
      await writeFile(join(context, "dist/server.js"), LOOKS);

      const { command, cwd } = await startCommand(serviceSpec(fixturePlan()), repository);
      const run = (folder: string): string =>
        execFileSync(process.execPath, command.slice(1), { cwd: folder, encoding: "utf8" }).trim();

      expect(command).to.deep.equal(["node", "dist/server.js"]);
      expect(run(cwd)).to.equal("MODULE_NOT_FOUND ENOENT of the image");
      expect(run(context)).to.equal("found read of the image");
      expect((await startCommand(serviceSpec(fixturePlan()), repository)).cwd).to.equal(cwd);
    } finally {
      await rm(repository, { recursive: true });
    }
  });

  it("is the app's start script where the image alone knows it, with the app's own programs on PATH", async () => {
    await write({ main: "a.js", scripts: { start: "serve --fast" } });

    expect(await startCommand(own, root)).to.deep.equal({
      command: ["sh", "-c", "exec env serve --fast"],
      cwd: root,
      path: [join(root, "node_modules/.bin"), process.env["PATH"]].join(delimiter),
      difference: `the start script of . (serve --fast) ${INSTEAD}`,
    });
  });

  it("keeps its shell for a start script of several commands", async () => {
    await write({ scripts: { start: "migrate && serve" } });

    expect((await startCommand(own, root)).command).to.deep.equal(["sh", "-c", "migrate && serve"]);
  });

  it("is its main without a start script", async () => {
    await write({ main: "a.js", scripts: { build: "tsc" } });

    expect(await startCommand(own, root)).to.deep.equal({
      command: ["node", "a.js"],
      cwd: root,
      difference: `node a.js in . ${INSTEAD}`,
    });
  });

  it("is missing in a sentence", async () => {
    const error: unknown = await startCommand(own, root).catch((reason: unknown) => reason);

    expect((error as Error).message).to.equal(
      "What the container app starts is known only to its image, and ./package.json has neither scripts.start nor main: add one, or run the image with --docker.",
    );
  });
});
