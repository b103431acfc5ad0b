import { expect } from "chai";
import { spawn } from "node:child_process";
import { once } from "node:events";
import {
  chmodSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import path from "node:path";
import { bundleApp } from "../../../components/registry/bundle.ts";
import {
  contentTag,
  stageContext,
  withoutComments,
} from "../../../components/registry/staged-context.ts";
import { attributes, Folders } from "./helpers/folder.ts";

const bytes = (text: string): Uint8Array => Buffer.from(text);
const files = new Map([
  ["dist/server.js", bytes("console.log(1)")],
  ["package.json", bytes("{}")],
  ["public/assets/a.css", bytes("a{}")],
]);
const identity = {
  dockerfile: "FROM scratch\n",
  platform: "linux/arm64",
  buildArgs: { A: "1", B: "2" },
};

describe("contentTag", () => {
  const tag = contentTag(files, identity);

  it("is 16 hex digits behind app-, the same on any machine", () => {
    expect(tag).to.equal("app-8ffc92641ecbd11c");
  });

  it("does not depend on the order of files or build arguments", () => {
    const reversed = new Map([...files].reverse());
    const swapped = { ...identity, buildArgs: { B: "2", A: "1" } };

    expect(contentTag(reversed, swapped)).to.equal(tag);
  });

  const changes: [string, string][] = [
    ["content", contentTag(new Map([...files, ["package.json", bytes("{ }")]]), identity)],
    ["one more file", contentTag(new Map([...files, ["x", bytes("")]]), identity)],
    ["one file less", contentTag(new Map([...files].slice(1)), identity)],
    [
      "a file's name",
      contentTag(new Map([...files].map(([name, text]) => [`${name}x`, text])), identity),
    ],
    ["the Dockerfile", contentTag(files, { ...identity, dockerfile: "FROM scratch" })],
    ["the platform", contentTag(files, { ...identity, platform: "linux/amd64" })],
    ["a build argument's value", contentTag(files, { ...identity, buildArgs: { A: "1", B: "3" } })],
    ["a build argument's name", contentTag(files, { ...identity, buildArgs: { A: "1", C: "2" } })],
    [
      "what one part ends and the next begins with",
      contentTag(files, {
        ...identity,
        dockerfile: `${identity.dockerfile}l`,
        platform: "inux/arm64",
      }),
    ],
  ];
  for (const [what, changed] of changes) {
    it(`changes with ${what}`, () => {
      expect(changed).to.match(/^app-[0-9a-f]{16}$/);
      expect(changed).not.to.equal(tag);
    });
  }

  it("each of these changes has a tag of its own", () => {
    expect(new Set(changes.map(([, changed]) => changed)).size).to.equal(changes.length);
  });
});

describe("contentTag of an app", () => {
  const folders = new Folders();
  afterEach(() => {
    folders.remove();
  });
  const app = {
    "package.json": '{"name":"a","main":"main.js","files":["public"]}',
    "main.js": "console.log(1);",
    "public/a.css": "a{}",
  };
  const tagOf = (folder: string): string => contentTag(bundleApp(folder), identity);

  it("stays under touch and other modes", () => {
    const folder = folders.make(app);
    const before = tagOf(folder);

    for (const name of Object.keys(app)) {
      utimesSync(path.join(folder, name), 1, 1);
      chmodSync(path.join(folder, name), 0o600);
    }

    expect(tagOf(folder)).to.equal(before);
  });

  it("stays in another folder, checked out with another umask", () => {
    const before = tagOf(folders.make(app));
    const umask = process.umask(0o077);
    try {
      expect(tagOf(folders.make(app))).to.equal(before);
    } finally {
      process.umask(umask);
    }
  });

  it("changes with a static file", () => {
    const folder = folders.make(app);
    const before = tagOf(folder);

    writeFileSync(path.join(folder, "public/a.css"), "b{}");

    expect(tagOf(folder)).not.to.equal(before);
  });
});

describe("withoutComments", () => {
  for (const [what, text, left] of [
    [
      "comments, also inside of an instruction",
      "# a\nFROM x\n\t#b\nRUN a \\\n  # c\n  b\n# d",
      "FROM x\nRUN a \\\n  b\n",
    ],
    ["a # that begins no line", "RUN echo # a\n", "RUN echo # a\n"],
    [
      "what Docker obeys",
      "#syntax = a\n# escape=`\n# check=skip=all\n# b\n",
      "#syntax = a\n# escape=`\n# check=skip=all\n",
    ],
    ["a file with a here-document", "# a\nRUN <<E\n#!/bin/sh\nE\n", "# a\nRUN <<E\n#!/bin/sh\nE\n"],
  ] as const)
    it(`takes from a Dockerfile its comments alone: ${what}`, () => {
      expect(withoutComments(text)).to.equal(left);
    });
});

describe("stageContext", () => {
  const folders = new Folders();
  afterEach(() => {
    folders.remove();
  });
  const fixed = (mode: string) => ({ mode, time: 0 });
  const expected = {
    "": fixed("755"),
    dist: fixed("755"),
    "dist/server.js": fixed("644"),
    "package.json": fixed("644"),
    public: fixed("755"),
    "public/assets": fixed("755"),
    "public/assets/a.css": fixed("644"),
  };

  for (const mask of [0o000, 0o022, 0o077]) {
    it(`writes exactly the files, with fixed modes and times, under umask ${mask.toString(8)}`, () => {
      const root = folders.make();
      const umask = process.umask(mask);
      try {
        const context = stageContext(root, "app-1", files);

        expect(context).to.equal(path.join(root, "app-1"));
        expect(attributes(context)).to.deep.equal(expected);
        for (const [name, content] of files)
          expect(readFileSync(path.join(context, name))).to.deep.equal(Buffer.from(content));
        expect(readdirSync(root)).to.deep.equal(["app-1"]);
      } finally {
        process.umask(umask);
      }
    });
  }

  it("leaves a context that is there already alone", () => {
    const root = folders.make();
    const context = stageContext(root, "app-1", files);
    // A new one would have the time 0.
    utimesSync(path.join(context, "package.json"), 5, 5);

    stageContext(root, "app-1", files);

    expect(attributes(context)["package.json"]).to.deep.equal({ mode: "644", time: 5000 });
  });

  const damages: [string, (context: string) => void][] = [
    [
      "a changed file",
      (c) => {
        writeFileSync(path.join(c, "package.json"), "[]");
      },
    ],
    [
      "a changed mode",
      (c) => {
        chmodSync(path.join(c, "package.json"), 0o600);
      },
    ],
    [
      "a file more",
      (c) => {
        writeFileSync(path.join(c, "dist/.env"), "SECRET=1");
      },
    ],
    [
      "a file more at its top",
      (c) => {
        writeFileSync(path.join(c, "extra"), "");
      },
    ],
  ];
  for (const [what, damage] of damages) {
    it(`replaces a context with ${what}`, () => {
      const root = folders.make();
      const context = stageContext(root, "app-1", files);
      damage(context);

      stageContext(root, "app-1", files);

      expect(attributes(context)).to.deep.equal(expected);
      expect(readFileSync(path.join(context, "package.json"), "utf8")).to.equal("{}");
      expect(readdirSync(root)).to.deep.equal(["app-1"]);
    });
  }

  it("completes what a crash left half done", () => {
    const root = folders.make();
    mkdirSync(path.join(root, "app-1/dist"), { recursive: true });

    expect(attributes(stageContext(root, "app-1", files))).to.deep.equal(expected);
  });

  it("processes that stage the same context at once all get a whole one", async function () {
    const root = folders.make();
    const module = path.resolve("components/registry/staged-context.ts");
    const script = `
      const { stageContext } = await import(${JSON.stringify(module)});
      const files = new Map(Array.from({ length: 15 }, (_, i) => ["f/" + i, Buffer.from("x".repeat(5000))]));
      process.stdin.once("data", () => {
        for (let round = 0; round < 20; round++) stageContext(${JSON.stringify(root)}, "app-" + round, files);
        process.exit(0);
      });
      console.log("ready");`;
    const children = Array.from({ length: 3 }, () =>
      spawn(process.execPath, ["--input-type=module", "-e", script], {
        stdio: ["pipe", "pipe", "inherit"],
      }),
    );
    const ends = children.map((child) => once(child, "exit"));
    await Promise.all(children.map((child) => once(child.stdout, "data")));
    for (const child of children) child.stdin.write("go\n");

    expect((await Promise.all(ends)).map(([code]) => code as unknown)).to.deep.equal([0, 0, 0]);
    expect(readdirSync(root).sort()).to.deep.equal(
      Array.from({ length: 20 }, (_, round) => `app-${round}`).sort(),
    );
    for (const name of readdirSync(root))
      expect(readdirSync(path.join(root, name, "f"))).to.have.length(15);
  });
});
