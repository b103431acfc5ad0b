import { expect } from "chai";
import { execFileSync, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { symlinkSync } from "node:fs";
import path from "node:path";
import { bundleApp, BUNDLE_PATH } from "../../../components/registry/bundle.ts";
import { stageContext } from "../../../components/registry/staged-context.ts";
import { Folders } from "./helpers/folder.ts";

const folders = new Folders();
const app = (files: Record<string, string>): string => folders.make(files);
const text = (content: Uint8Array | undefined): string => Buffer.from(content ?? []).toString();

/** Runs a bundle from its staged context, as the container does, and gives what it prints. */
function run(appPath: string): string {
  const context = stageContext(folders.make(), "app-1", bundleApp(appPath));
  return execFileSync(process.execPath, [BUNDLE_PATH], { cwd: context, encoding: "utf8" });
}

/** The sentence that refuses an app, with its folder named APP. */
function refusal(appPath: string): string {
  try {
    bundleApp(appPath);
  } catch (error) {
    return (error as Error).message.replaceAll(appPath, "APP");
  }
  throw new Error("the app was accepted");
}

const FOREIGN_SERVER = `
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { greeting } from "./greeting.ts";

const port = Number(process.env["PORT"] ?? 8080);

function answer(request: IncomingMessage, response: ServerResponse): void {
  if (request.url === "/readyz") {
    response.writeHead(200).end();
    return;
  }
  response.writeHead(200, { "content-type": "text/plain" });
  response.end(greeting("world"));
}

const server = createServer(answer);
server.listen(port, () => {
  const address = server.address();
  if (typeof address === "object") console.log(address?.port);
});
process.on("SIGTERM", () => server.close());
`;

describe("bundleApp", () => {
  afterEach(() => {
    folders.remove();
  });

  it("a foreign service of 20 lines becomes one file that serves and stops", async () => {
    const folder = app({
      "package.json": '{"name":"foreign","version":"1.2.3","type":"module","main":"src/server.ts"}',
      "src/server.ts": FOREIGN_SERVER,
      "src/greeting.ts": "export const greeting = (name: string): string => `hello ${name}`;",
    });
    const files = bundleApp(folder);
    const context = stageContext(folders.make(), "app-1", files);
    const child = spawn(process.execPath, [BUNDLE_PATH], {
      cwd: context,
      env: { PORT: "0" },
      stdio: ["ignore", "pipe", "inherit"],
    });
    const exit = once(child, "exit");
    try {
      const [port] = (await once(child.stdout, "data")) as [Buffer];
      const response = await fetch(`http://127.0.0.1:${port.toString().trim()}/`, {
        headers: { connection: "close" },
      });

      expect(await response.text()).to.equal("hello world");
    } finally {
      child.kill("SIGTERM");
    }
    expect([...files.keys()]).to.deep.equal([BUNDLE_PATH, `${BUNDLE_PATH}.map`, "package.json"]);
    expect(text(files.get("package.json"))).to.equal(
      '{"name":"foreign","version":"1.2.3","type":"commonjs"}\n',
    );
    expect(await exit).to.deep.equal([0, null]);
  });

  it("dependencies, JSON and CommonJS are part of the bundle", () => {
    const folder = app({
      "package.json": '{"main":"main.mjs"}',
      "main.mjs":
        'import three from "three"; import data from "./data.json"; console.log(three + data.n);',
      "data.json": '{"n":4}',
      "node_modules/three/package.json": '{"main":"index.js"}',
      "node_modules/three/index.js": 'module.exports = require("node:path").sep.length + 2;',
    });

    expect(run(folder)).to.equal("7\n");
  });

  it("import.meta names the bundle", () => {
    const folder = app({
      "package.json": '{"type":"module","main":"main.js"}',
      "main.js":
        'import { fileURLToPath } from "node:url"; const { url, dirname, filename } = import.meta; console.log(import.meta.main, import.meta.filename === __filename, process.cwd() + "/dist" === dirname, fileURLToPath(url) === filename, filename === dirname + "/server.js");',
    });

    expect(text(bundleApp(folder).get("package.json"))).to.equal('{"type":"commonjs"}\n');
    expect(run(folder)).to.equal("true true true true true\n");
  });

  it("top-level await makes an ES module, in which CommonJS dependencies still work", () => {
    const folder = app({
      "package.json": '{"name":"awaits","main":"main.js","type":"module"}',
      "main.js":
        'import sep from "sep"; const one = await Promise.resolve(1); console.log(one + sep.length, import.meta.dirname === process.cwd() + "/dist");',
      "node_modules/sep/package.json": "{}",
      "node_modules/sep/index.js": 'module.exports = require("node:path").sep;',
    });

    expect(text(bundleApp(folder).get("package.json"))).to.equal(
      '{"name":"awaits","type":"module"}\n',
    );
    expect(run(folder)).to.equal("2 true\n");
  });

  it("comments are not part of it, and functions and classes keep their names", () => {
    const folder = app({
      "package.json": "{}",
      "index.js":
        "/* why */\nfunction longName(value) {\n  return value + value;\n}\nclass NotFoundError extends Error {}\nconsole.log(longName(2), longName.name, NotFoundError.name);",
    });

    expect(text(bundleApp(folder).get(BUNDLE_PATH))).not.to.include("why");
    expect(run(folder)).to.equal("4 longName NotFoundError\n");
  });

  it("classes and functions keep their names where two share one, and where a class names itself", () => {
    const folder = app({
      "package.json": '{"main":"main.mjs"}',
      "a.mjs": [
        "export class NotFoundError extends Error {",
        "  constructor(text) { super(text); Object.setPrototypeOf(this, NotFoundError.prototype); }",
        "}",
        "export function check() { return 1; }",
        'export class Own { static name() { return "static"; } static make() { return new Own(); } }',
      ].join("\n"),
      "b.mjs": [
        'import { NotFoundError as Base } from "./a.mjs";',
        "export class NotFoundError extends Base {}",
        "export function check() { return 2; }",
        "export const text = 'Late=class Early{';",
      ].join("\n"),
      "main.mjs": [
        'import * as a from "./a.mjs"; import * as b from "./b.mjs";',
        "console.log(a.check() + b.check(), a.check.name, b.check.name, a.Own.name(), b.text);",
        "for (const { NotFoundError } of [a, b]) console.log(NotFoundError.name, new NotFoundError().constructor.name);",
      ].join("\n"),
    });

    expect(run(folder).split("\n")).to.deep.equal([
      "3 check check static Late=class Early{",
      "NotFoundError NotFoundError",
      "NotFoundError NotFoundError",
      "",
    ]);
  });

  const FAILING = {
    "src/main.ts": [
      'import { deep } from "dep";',
      'import { fail } from "./fail.ts";',
      "type Unseen = { n: number };",
      "export function outer({ n }: Unseen): never {",
      "  return deep(() => fail(n));",
      "}",
      "try {",
      "  outer({ n: 1 });",
      "} catch (error) {",
      "  console.log((error as Error).stack);",
      "}",
    ].join("\n"),
    "src/fail.ts":
      "\n\nexport const fail = (n: number): never => {\n  throw new RangeError(`failed ${n}`);\n};",
    "node_modules/dep/package.json": '{"main":"index.js"}',
    "node_modules/dep/index.js": "exports.deep = (next) => next();",
  };

  for (const [kind, last] of [
    ["CommonJS", ""],
    ["an ES module", "\nawait 1;"],
  ] as const)
    it(`a stack trace names files and lines of the source, in ${kind}`, () => {
      const folder = app({
        ...FAILING,
        "src/main.ts": `${FAILING["src/main.ts"]}${last}`,
        "package.json": '{"main":"src/main.ts","type":"module"}',
      });
      const lines = run(folder)
        .replaceAll(/(?:file:\/\/)?\/\S*\/(?=src\/|dist\/)/g, "")
        .split("\n");

      expect(lines.slice(0, 3)).to.deep.equal([
        "RangeError: failed 1",
        "    at fail (src/fail.ts:4:9)",
        "    at src/main.ts:5:21",
      ]);
      // What a package does is named as the bundle has it.
      expect(lines[3]).to.match(/^ {4}at \S*deep \(dist\/server\.js:\d+:\d+\)$/);
      expect(lines[4]).to.equal("    at outer (src/main.ts:5:10)");
    });

  it("an error that nobody caught is printed with a short line of the bundle, and the source's places", () => {
    const calls = Array.from({ length: 400 }, (_, n) => `  console.log("call ${n}", ${n});`);
    const folder = app({
      "package.json": '{"main":"src/main.ts"}',
      "src/main.ts": [
        "class NotFoundError extends Error {}",
        "if (process.argv[9] !== undefined) {",
        ...calls,
        "}",
        'throw new NotFoundError("gone");',
      ].join("\n"),
    });
    const context = stageContext(folders.make(), "app-1", bundleApp(folder));
    const { stderr, status } = spawnSync(process.execPath, [BUNDLE_PATH], {
      cwd: context,
      encoding: "utf8",
    });

    expect(status).to.equal(1);
    expect(stderr).to.match(
      /\nNotFoundError: gone\n {4}at Object\.<anonymous> \(.*\/src\/main\.ts:404:7\)/,
    );
    expect(Math.max(...stderr.split("\n").map((line) => line.length))).to.be.at.most(400);
  });

  it("without its map a stack trace is as Node writes it", () => {
    const folder = app({ ...FAILING, "package.json": '{"main":"src/main.ts","type":"module"}' });
    const files = new Map(bundleApp(folder));
    files.delete(`${BUNDLE_PATH}.map`);
    const context = stageContext(folders.make(), "app-1", files);
    const printed = execFileSync(process.execPath, [BUNDLE_PATH], {
      cwd: context,
      encoding: "utf8",
    });

    expect(printed).to.match(
      /^RangeError: failed 1\n {4}at fail \(.*\/dist\/server\.js:\d+:\d+\)\n/,
    );
  });

  it("what import() loads is part of it", () => {
    const folder = app({
      "package.json": '{"main":"main.js","type":"module"}',
      "main.js": 'import("./late.js").then(({ late }) => console.log(late));',
      "late.js": 'import { sep } from "node:path"; export const late = sep;',
    });

    expect([...bundleApp(folder).keys()]).to.deep.equal([
      BUNDLE_PATH,
      `${BUNDLE_PATH}.map`,
      "package.json",
    ]);
    expect(run(folder)).to.equal("/\n");
  });

  it("import() of Node's own modules evaluates no lazy export of theirs", () => {
    const folder = app({
      "package.json": '{"main":"main.js","type":"module"}',
      "main.js": `const undici = () => process.moduleLoadList.includes("NativeModule internal/deps/undici/undici");
      const load = async () => {
        const http = await import("node:http");
        const { default: path, sep } = await import("path");
        console.log(http.default.createServer === http.createServer, path.sep === sep, undici());
        const { answer } = await import("data:text/javascript,export const answer = 42");
        console.log(answer, http.WebSocket.name, undici());
      };
      load();`,
    });

    expect(run(folder)).to.equal("true true false\n42 WebSocket true\n");
  });

  it("main is index.js where package.json names none", () => {
    expect(run(app({ "package.json": "{}", "index.js": "console.log(1)" }))).to.equal("1\n");
  });

  it("files of package.json are copied beside it, folders with all that they hold", () => {
    const folder = app({
      "package.json": '{"main":"main.js","files":["public","./robots.txt"]}',
      "main.js": "",
      "public/b.css": "b",
      "public/img/a.svg": "a",
      "robots.txt": "r",
      "notes.md": "not listed",
    });
    const files = bundleApp(folder);

    expect([...files].slice(3).map(([name, content]) => [name, text(content)])).to.deep.equal([
      ["public/b.css", "b"],
      ["public/img/a.svg", "a"],
      ["robots.txt", "r"],
    ]);
  });

  it("an own build of the app never replaces the bundle or its package.json", () => {
    const folder = app({
      "package.json": '{"main":"main.js","files":["dist","package.json"]}',
      "main.js": 'console.log("bundle")',
      "dist/server.js": 'console.log("own build")',
      "dist/other.js": "",
    });

    expect([...bundleApp(folder).keys()]).to.deep.equal([
      BUNDLE_PATH,
      `${BUNDLE_PATH}.map`,
      "package.json",
      "dist/other.js",
    ]);
    expect(run(folder)).to.equal("bundle\n");
  });

  it("is the same, byte for byte, from another folder and by another path", () => {
    const content = {
      "package.json": '{"name":"a","main":"src/main.ts","files":["public"]}',
      "src/main.ts": 'import dep from "dep"; import "./b.ts"; console.log(dep, import.meta.url);',
      "src/b.ts": "throw new Error(__filename);",
      "node_modules/dep/index.js": "module.exports = __dirname;",
      "public/a": "a",
    };
    const first = app(content);
    const deeper = app(
      Object.fromEntries(Object.entries(content).map(([name, text]) => [`a/b/c/${name}`, text])),
    );
    const link = path.join(folders.make(), "link");
    symlinkSync(app(content), link);
    const bundles = [first, path.relative(".", first), link, path.join(deeper, "a/b/c")].map(
      (folder) => [...bundleApp(folder)],
    );

    expect(bundles[3]).to.deep.equal(bundles[0]);
    expect(bundles[1]).to.deep.equal(bundles[0]);
    expect(bundles[2]).to.deep.equal(bundles[0]);
  });

  it("is the same, byte for byte, where the folder of packages is a link", () => {
    const source = { "package.json": "{}", "index.js": 'console.log(require("dep")());' };
    const dep = "module.exports = function named() { return named.name; };";
    const plain = app({ ...source, "node_modules/dep/index.js": dep });
    const linked = app(source);
    const packages = app({ "packages/dep/index.js": dep });
    symlinkSync(path.join(packages, "packages"), path.join(linked, "node_modules"));

    expect(run(linked)).to.equal("named\n");
    expect([...bundleApp(linked)]).to.deep.equal([...bundleApp(plain)]);
  });

  describe("with esbuild's options in package.json", () => {
    it("mainFields: the entry of a dependency that has two", () => {
      const files = (options: string): Record<string, string> => ({
        "package.json": `{"main":"main.mjs"${options}}`,
        "main.mjs": 'import { kind } from "both"; console.log(kind);',
        "node_modules/both/package.json": '{"main":"a.js","module":"b.js"}',
        "node_modules/both/a.js": 'exports.kind = "main";',
        "node_modules/both/b.js": 'export const kind = "module";',
      });
      expect(run(app(files("")))).to.equal("main\n");
      expect(run(app(files(',"esbuild":{"mainFields":["module","main"]}')))).to.equal("module\n");
    });

    it("alias: a file or another package in place of one", () => {
      const files = (alias: string): Record<string, string> => ({
        "package.json": `{"main":"main.js"${alias}}`,
        "main.js": 'console.log(require("dep").name);',
        "own.js": 'exports.name = `own, of ${require("./node_modules/dep/index.js").name}`;',
        "node_modules/dep/index.js": 'exports.name = "dep";',
        "node_modules/other/index.js": 'exports.name = "other";',
      });
      expect(run(app(files("")))).to.equal("dep\n");
      expect(run(app(files(',"esbuild":{"alias":{"dep":"./own.js"}}')))).to.equal("own, of dep\n");
      expect(run(app(files(',"esbuild":{"alias":{"dep":"other"}}')))).to.equal("other\n");
    });

    const WANTED = "The bundle takes mainFields, a list of names, and alias, names by name.";
    const refusals: [string, string, string][] = [
      ["a list", "[]", "to [], which is no object"],
      ["nothing", "null", "to null, which is no object"],
      ["another option", '{"minify":false}', ".minify to false"],
      ["splitting", '{"splitting":true}', ".splitting to true"],
      ["no list", '{"mainFields":"module"}', '.mainFields to "module"'],
      ["an empty list", '{"mainFields":[]}', ".mainFields to []"],
      ["an empty name", '{"mainFields":["main",""]}', '.mainFields to ["main",""]'],
      ["a number", '{"mainFields":[1]}', ".mainFields to [1]"],
      ["no record", '{"alias":["dep"]}', '.alias to ["dep"]'],
      ["an alias without a name", '{"alias":{"dep":""}}', '.alias to {"dep":""}'],
    ];
    for (const [what, value, sentence] of refusals)
      it(`refuses ${what}`, () => {
        expect(refusal(app({ "package.json": `{"esbuild":${value}}`, "index.js": "" }))).to.equal(
          `APP/package.json sets esbuild${sentence.startsWith(".") ? "" : " "}${sentence}. ${WANTED}`,
        );
      });
  });

  describe("refuses in a sentence", () => {
    const rows: [string, Record<string, string>, string][] = [
      [
        "a folder without package.json",
        { "main.js": "" },
        "appPath is APP, but there is no APP/package.json. Point appPath to the folder of an npm package.",
      ],
      [
        "a package.json without entry",
        { "package.json": "{}" },
        "APP/package.json names no main (index.js by default), but APP/index.js does not exist. Set main to the app's entry file.",
      ],
      [
        "an entry that does not exist",
        { "package.json": '{"main":"src/server.ts"}' },
        "APP/package.json names src/server.ts, but APP/src/server.ts does not exist. Set main to the app's entry file.",
      ],
      [
        "broken syntax",
        { "package.json": '{"main":"main.js"}', "main.js": "\nconst = 1;" },
        'The app in APP does not bundle: APP/main.js:2: Expected identifier but found "="',
      ],
      [
        "broken syntax beside top-level await",
        {
          "package.json": '{"main":"main.js"}',
          "main.js": 'import "./b.js"; await 1;',
          "b.js": "(",
        },
        "The app in APP does not bundle: APP/b.js:1: Unexpected end of file",
      ],
      [
        "two missing dependencies",
        { "package.json": '{"main":"main.js"}', "main.js": 'import "koa";\nimport "pino";' },
        'The app in APP does not bundle: APP/main.js:1: Could not resolve "koa" (and 1 more error). Are its packages installed? Run npm ci here; a new one is added by npm install in that folder.',
      ],
      [
        "three missing dependencies",
        { "package.json": '{"main":"main.js"}', "main.js": 'import "a";\nimport "b";\nimport "c"' },
        'The app in APP does not bundle: APP/main.js:1: Could not resolve "a" (and 2 more errors). Are its packages installed? Run npm ci here; a new one is added by npm install in that folder.',
      ],
      [
        "a static folder that does not exist",
        { "package.json": '{"main":"main.js","files":["public"]}', "main.js": "" },
        "APP/package.json lists public under files, but it does not exist. Remove it or add the folder.",
      ],
      [
        "a static folder outside",
        { "package.json": '{"main":"main.js","files":["public/../../other"]}', "main.js": "" },
        "APP/package.json lists public/../../other under files, but it is not in the app's folder. Move it there.",
      ],
    ];
    for (const [what, files, sentence] of rows) {
      it(what, () => {
        expect(refusal(app(files))).to.equal(sentence);
      });
    }

    it("with the path as the caller wrote the folder's", () => {
      const folder = path.join(app({ "a/b/package.json": "{}", "a/b/index.js": "(" }), "a/b");
      const relative = path.relative(".", folder);

      expect(() => bundleApp(relative)).to.throw(
        `The app in ${relative} does not bundle: ${relative}/index.js:1: Unexpected end of file`,
      );
    });

    it("a package.json that is no JSON", () => {
      expect(refusal(app({ "package.json": "{" }))).to.equal(
        "APP/package.json is not valid JSON: SyntaxError: Expected property name or '}' in JSON at position 1 (line 1 column 2)",
      );
    });
  });
});
