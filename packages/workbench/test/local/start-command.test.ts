import { expect } from "chai";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
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

  it("is the container's, in its staged context", async () => {
    expect(await startCommand(serviceSpec(fixturePlan()), root)).to.deep.equal({
      command: ["node", "dist/server.js"],
      cwd: join(root, ".build/app-0123456789abcdef"),
    });
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
