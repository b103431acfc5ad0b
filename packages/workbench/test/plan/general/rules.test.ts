import { expect } from "chai";
import { transform } from "esbuild";
import { relative } from "node:path";
import { runInNewContext } from "node:vm";
import { findEntry } from "../../../src/plan/general/entry.ts";
import { asOfTsc } from "../../../src/plan/general/loader.ts";
import { Metadata } from "../../../src/plan/general/metadata.ts";
import { placeholder } from "../../../src/plan/general/settings.ts";
import { inventAnswer, inventOutputs } from "../../../src/plan/general/stand-ins.ts";
import { withProject } from "./project.ts";

const metadata = new Metadata(import.meta.dirname);
const account = { region: "eu-west-1", accountId: "123456789012" };

describe("the entry of a program", () => {
  const cases: [
    string,
    Readonly<Record<string, string>>,
    string | undefined,
    [string, string, boolean],
  ][] = [
    ["index.ts", { "index.ts": "" }, undefined, ["index.ts", "", false]],
    [
      "index.js before index.ts",
      { "index.ts": "", "index.js": "" },
      undefined,
      ["index.js", "", false],
    ],
    [
      "main of package.json",
      { "package.json": `{"main":"a.ts"}`, "a.ts": "", "index.ts": "" },
      undefined,
      ["a.ts", "", false],
    ],
    [
      "main that was not built",
      { "package.json": `{"main":"bin/a.js"}`, "index.ts": "" },
      undefined,
      ["index.ts", "", false],
    ],
    [
      "exports of package.json",
      {
        "package.json": `{"type":"module","exports":{".":{"default":"./a.ts"}},"main":"b.ts"}`,
        "a.ts": "",
        "b.ts": "",
      },
      undefined,
      ["a.ts", "", true],
    ],
    [
      "a folder in Pulumi.yaml",
      { "infra/index.ts": "", "index.ts": "" },
      "infra",
      ["infra/index.ts", "infra", false],
    ],
    [
      "a file in Pulumi.yaml, whatever package.json says",
      { "package.json": `{"main":"b.ts"}`, "infra/a.ts": "", "b.ts": "" },
      "infra/a.ts",
      ["infra/a.ts", "infra", false],
    ],
    [
      "a package inside",
      { "package.json": `{"type":"module"}`, "infra/package.json": `{}`, "infra/index.ts": "" },
      "infra/",
      ["infra/index.ts", "infra", false],
    ],
    ["an .mts of a CommonJS package", { "main.mts": "" }, "main.mts", ["main.mts", "", true]],
  ];
  for (const [name, files, main, expected] of cases)
    it(name, async () => {
      await withProject(files, (root) => {
        const { file, folder, esm } = findEntry(root, main);
        expect([relative(root, file), relative(root, folder), esm]).to.deep.equal(expected);
        return Promise.resolve();
      });
    });
});

describe("imports as tsc means them", () => {
  it("hand out the module itself, callable, with a default, and keep every line", async () => {
    const source = `import * as all from "a"; import one from "a"; import none from "b"; exports.out = [all(), one(), none, (all.more = 2, one.more)];`;
    const { code } = await transform(source, { format: "cjs", loader: "ts" });
    const fitted = asOfTsc(code);
    const module = { exports: {} as { out?: unknown } };
    const required: Record<string, unknown> = { a: () => 1, b: { __esModule: true, default: 3 } };
    runInNewContext(fitted, {
      module,
      exports: module.exports,
      require: (name: string) => required[name],
    });

    expect([...(module.exports.out as unknown[])]).to.deep.equal([1, 1, 3, 2]);
    expect(fitted.split("\n")).to.have.lengthOf(code.split("\n").length);
  });
});

describe("invented values", () => {
  const outputs = (type: string, names: string[], inputs = {}) =>
    inventOutputs(type, { urn: `urn:${type}`, name: "it", inputs, ...account }, names, metadata);

  it("have the shape of the example in the type's documentation", () => {
    expect(outputs("aws:batch/jobQueue:JobQueue", ["arn", "name"], { name: "jobs" })).to.deep.equal(
      {
        id: "arn:aws:batch:eu-west-1:123456789012:job-queue/jobs",
        arn: "arn:aws:batch:eu-west-1:123456789012:job-queue/jobs",
        name: "jobs",
      },
    );
    expect(outputs("aws:ec2/instance:Instance", []).id).to.match(/^i-0[0-9a-f]{16}$/);
  });

  it("are left out where nothing tells them", () => {
    const known = outputs("aws:rds/cluster:Cluster", ["arn", "endpoint", "port", "region"]);
    expect(Object.keys(known).sort()).to.deep.equal(["arn", "id", "region"]);
    expect(outputs("random:index/randomPassword:RandomPassword", ["result"])).to.have.all.keys(
      "id",
    );
  });

  it("answer the fields that a function's result requires, and repeat its arguments", () => {
    const answer = inventAnswer(
      "aws:ec2/getSubnets:getSubnets",
      { tags: { a: "b" } },
      account,
      metadata,
    );
    expect(Object.keys(answer).sort()).to.deep.equal(["id", "ids", "region", "tags"]);
    expect([answer["region"], answer["tags"]]).to.deep.equal(["eu-west-1", { a: "b" }]);
    expect((answer["ids"] as string[])[0]).to.match(/^subnet-0[0-9a-f]{16}$/);
  });
});

describe("placeholders of configuration", () => {
  const cases: [string, string, string][] = [
    ["hostedZoneArn", "string", "arn:aws:iam::123456789012:role/placeholder"],
    ["vpcCidr", "string", "10.0.0.0/16"],
    ["dbPassword", "string", "placeholder"],
    ["containerPort", "number", "80"],
    ["domainName", "number", "1"],
    ["enabled", "boolean", "false"],
    ["tags", "object", "{}"],
    ["zones", "array", "[]"],
  ];
  for (const [key, type, text] of cases)
    it(`${key}: ${text}`, () => {
      expect(placeholder(key, type)).to.equal(text);
    });
});
