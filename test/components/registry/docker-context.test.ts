import { expect } from "chai";
import { chmodSync, readFileSync, statSync, symlinkSync, utimesSync } from "node:fs";
import path from "node:path";
import { declaredArguments, dockerContext } from "../../../components/registry/docker-context.ts";
import {
  contentTag,
  RUNNABLE_FILE_MODE,
  stageContext,
} from "../../../components/registry/staged-context.ts";
import { run } from "../../helpers/local-base.ts";
import { FILES, SENT } from "./helpers/context.ts";
import { attributes, Folders } from "./helpers/folder.ts";

const folders = new Folders();
afterEach(() => {
  folders.remove();
});

const names = (folder: string): string[] => [...dockerContext(folder).files.keys()].sort();

describe("dockerContext", () => {
  it("is what .dockerignore leaves", () => {
    const folder = folders.make(FILES);
    const { dockerfile, files } = dockerContext(folder);

    expect(dockerfile).to.equal(path.join(folder, "Dockerfile"));
    expect([...files.keys()].sort()).to.deep.equal(SENT);
    expect(Buffer.from(files.get("src/main.js") as Uint8Array).toString()).to.equal("1");
  });

  it("goes by Dockerfile.dockerignore before .dockerignore", () => {
    const folder = folders.make({
      Dockerfile: "",
      "Dockerfile.dockerignore": "*\n!a",
      ".dockerignore": "a",
      a: "",
      b: "",
    });

    expect(names(folder)).to.deep.equal(["a"]);
  });

  it("holds a link as a link", () => {
    const folder = folders.make({ Dockerfile: "", a: "text" });
    symlinkSync("a", path.join(folder, "b"));
    symlinkSync("/nowhere", path.join(folder, "c"));

    const { files } = dockerContext(folder);

    expect([files.get("b"), files.get("c")]).to.deep.equal([{ link: "a" }, { link: "/nowhere" }]);
    const context = stageContext(folders.make(), "app-1", files, RUNNABLE_FILE_MODE);
    expect(readFileSync(path.join(context, "b"), "utf8")).to.equal("text");
  });

  it("is staged the same whatever the modes and times, and a script of it runs", () => {
    const identity = { dockerfile: "", platform: "linux/arm64", buildArgs: {} };
    const folder = folders.make({ Dockerfile: "", "run.sh": "#!/bin/sh\necho runs" });
    const { files } = dockerContext(folder);
    const tag = contentTag(files, identity);
    const context = stageContext(folders.make(), tag, files, RUNNABLE_FILE_MODE);
    const before = attributes(context);

    chmodSync(path.join(folder, "run.sh"), 0o600);
    utimesSync(path.join(folder, "run.sh"), 1, 1);
    const again = dockerContext(folder).files;

    expect(contentTag(again, identity)).to.equal(tag);
    expect(attributes(stageContext(folders.make(), tag, again, RUNNABLE_FILE_MODE))).to.deep.equal(
      before,
    );
    expect(before["run.sh"]).to.deep.equal({ mode: "755", time: 0 });
    expect(run(path.join(context, "run.sh"), []).trim()).to.equal("runs");
  });

  it("another target of a link is another image, and no link is a file of that text", () => {
    const identity = { dockerfile: "", platform: "linux/arm64", buildArgs: {} };
    const tags = [{ link: "x" }, { link: "y" }, Buffer.from("x")].map((content) =>
      contentTag(new Map([["a", content]]), identity),
    );

    expect(new Set(tags).size).to.equal(3);
  });

  it("a context whose link points elsewhere now is written again", () => {
    const root = folders.make();
    const of = (link: string) => new Map([["a", { link }]]);
    stageContext(root, "app-1", of("x"));

    const context = stageContext(root, "app-1", of("."));

    expect(statSync(path.join(context, "a")).isDirectory()).to.equal(true);
  });

  for (const [what, files, sentence] of [
    [
      "an app without Dockerfile",
      { "package.json": "{}" },
      "build is dockerfile, but there is no APP/Dockerfile. Write one, or set build to bundle.",
    ],
    [
      "what is installed on this machine",
      { Dockerfile: "", "node_modules/koa/index.js": "" },
      "APP/Dockerfile would get node_modules of this machine into the image, and another machine would build another one. Add the line node_modules to APP/.dockerignore.",
    ],
  ] as const)
    it(`refuses ${what}`, () => {
      const folder = folders.make(files);
      let message = "";
      try {
        dockerContext(folder);
      } catch (error) {
        message = (error as Error).message.replaceAll(folder, "APP");
      }
      expect(message).to.equal(sentence);
    });
});

describe("declaredArguments", () => {
  const args = { NODE_IMAGE: "node:24", COMMIT: "abc", OTHER: "x" };

  it("are those that a Dockerfile takes", () => {
    const dockerfile = "# ARG OTHER\narg NODE_IMAGE=node\nFROM ${NODE_IMAGE}\n  ARG A COMMIT=\n";

    expect(declaredArguments(dockerfile, args)).to.deep.equal({
      NODE_IMAGE: "node:24",
      COMMIT: "abc",
    });
    expect(declaredArguments("FROM node", args)).to.deep.equal({});
  });
});
