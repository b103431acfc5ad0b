import { expect } from "chai";
import { existsSync } from "node:fs";
import path from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { Copy, pack } from "../helpers/copy.ts";

const SERVER = `import { createServer } from "node:http";
const server = createServer((request, response) => response.end("main"));
server.listen(Number(process.env.PORT));
process.on("SIGTERM", () => server.close());
`;

const ADMIN = (word: string): string => `import { createServer } from "node:http";
import { greeting } from "greeting";
const server = createServer((request, response) => response.end(greeting("${word}")));
server.listen(Number(process.env.PORT));
process.on("SIGTERM", () => server.close());
`;

const WORKER = (word: string): string => `console.log("works on ${word}");
const keep = setInterval(() => {}, 1000);
process.on("SIGTERM", () => clearInterval(keep));
`;

const manifest = (name: string, fields: object = {}): string =>
  JSON.stringify({
    name,
    version: "1.0.0",
    private: true,
    type: "module",
    main: "main.js",
    ...fields,
  });

const GREETING = {
  "package.json": '{"name":"greeting","version":"1.0.0","main":"index.js"}',
  "index.js": "exports.greeting = (name) => `hello ${name}`;",
};

const SERVICES = `export const services = {
  api: { kind: "http" },
  admin: { kind: "http", path: "/admin", appPath: "./admin", build: "bundle" },
  worker: { kind: "worker", appPath: "./worker", build: "bundle" },
};
`;

describe("Services with apps of their own", function () {
  let copy: Copy;

  beforeEach(() => {
    copy = new Copy("linked", { "package.json": manifest("api"), "main.js": SERVER });
    const settings = { environment: {}, secrets: undefined, healthPath: "/", livenessPath: "" };
    copy.configure("dev", { ...settings, build: "bundle", services: undefined });
    copy.write("services.ts", SERVICES);
    copy.write("worker/package.json", manifest("worker", { scripts: { check: "exit 3" } }));
    copy.write("worker/main.js", WORKER("one"));
    const dependencies = { greeting: "file:greeting-1.0.0.tgz" };
    copy.write("admin/package.json", manifest("admin", { dependencies }));
    copy.write("admin/main.js", ADMIN("one"));
  });
  afterEach(() => {
    copy.remove();
  });

  it("are installed as the main one is, by npm ci and by the pipeline, and checked", () => {
    pack(path.join(copy.folder, "admin"), "greeting", GREETING);
    expect(copy.run("npm", "run", "--silent", "postinstall")).to.include({ code: 0 });
    expect(existsSync(path.join(copy.folder, "admin/node_modules/greeting"))).to.equal(true);
    copy.erase("admin/node_modules");

    // As .github/actions/setup/action.yml has it.
    const line = /node packages\S+\/app\/cli\.ts install .*/.exec(
      copy.read(".github/actions/setup/action.yml"),
    );
    expect(copy.run("sh", "-c", line?.[0] ?? "exit 1")).to.include({ code: 0 });
    expect(existsSync(path.join(copy.folder, "admin/node_modules/greeting"))).to.equal(true);

    expect(copy.run("npm", "run", "--silent", "check:app").code).to.equal(3);
  });

  it("run here, whatever image is pinned, and a change of one replaces its tasks alone", async () => {
    const repository = "123456789012.dkr.ecr.eu-west-1.amazonaws.com/worker-1a2b3c4";
    const image = `${repository}@sha256:${"a".repeat(64)}`;
    copy.configureAt("dev", ["services", "worker", "image"], image);
    for (const [name, text] of Object.entries(GREETING))
      copy.write(`admin/node_modules/greeting/${name}`, text);

    const { result, said } = await copy.running(["--watch"], async (run) => {
      const heard = async (text: string): Promise<void> => {
        for (let waited = 0; !run.said().includes(text); waited += 1) {
          if (waited > 3000) throw new Error(`it never said ${text}:\n${run.said()}`);
          await wait(100);
        }
      };
      const ask = async (place: string): Promise<string> =>
        (await fetch(new URL(place, run.url))).text();
      await heard("watching ./app, ./admin, ./worker");
      const before = [await ask("/"), await ask("/admin")];
      copy.write("worker/main.js", WORKER("two"));
      await heard("works on two");
      copy.write("admin/main.js", ADMIN("two"));
      for (let waited = 0; waited < 3000 && (await ask("/admin")) !== "hello two"; waited += 1)
        await wait(100);
      copy.write("admin/README.md", "Not part of any bundle.");
      await heard("source changed, but no bundle: nothing to replace");
      return [...before, await ask("/admin")];
    });

    expect(result).to.deep.equal(["main", "hello one", "hello two"]);
    expect(said.match(/worker {2}runs 1 without a load balancer/g)).to.have.length(2);
    expect(said.match(/admin {2}healthy/g)).to.have.length(2);
    expect(said).not.to.include("all tasks run");
  });
});
