import { expect } from "chai";
import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";

const LAZY = new URL("../../src/plan/lazy-sdk.ts", import.meta.url).href;

describe("What the SDK seldom needs", () => {
  // In a process of its own: here the SDK may be loaded already.
  it("is there once it is used, as its callers ask for it", () => {
    const source = `import "${LAZY}";
      import { createRequire } from "node:module";
      import { Queue } from "@pulumi/aws/sqs/index.js";
      const require = createRequire("${import.meta.url}");
      const sdk = createRequire(require.resolve("@pulumi/pulumi"));
      const data = { name: "shop", version: "=1.0.0" };
      // tsc's default import of a CommonJS function.
      sdk("normalize-package-data").default(data);
      const pulumi = require("@pulumi/pulumi");
      const before = Object.keys(require.cache).some((file) => file.includes("/grpc-js/build/src/call"));
      const engine = new (sdk("./proto/engine_grpc_pb.js").EngineClient)("127.0.0.1:1", sdk("@grpc/grpc-js").credentials.createInsecure());
      console.log(JSON.stringify([
        sdk("js-yaml").load("a: [1]"), data.version, before, typeof engine.log,
        Object.keys(require("@pulumi/aws").xray), "Group" in require("@pulumi/aws").resourcegroups, Queue.__pulumiType, require("@pulumi/aws").sns.Topic.__pulumiType,
        typeof pulumi.automation.LocalWorkspace.createStack, typeof require("@pulumi/awsx").classic.ecs.Cluster]));`;
    const args = ["--input-type=module", "--eval", source];
    expect(JSON.parse(execFileSync(process.execPath, args, { encoding: "utf8" }))).to.deep.equal([
      { a: [1] },
      "1.0.0",
      false,
      "function",
      [
        "EncryptionConfig",
        "Group",
        "IndexingRule",
        "ResourcePolicy",
        "SamplingRule",
        "TraceSegmentDestination",
      ],
      true,
      "aws:sqs/queue:Queue",
      "aws:sns/topic:Topic",
      "function",
      "function",
    ]);
  });

  it("is no service whose resources a component of awsx may hand out: the SDK looks for their classes", () => {
    const folder = new URL("../../src/plan/awsx/", import.meta.url);
    const texts = readdirSync(folder).map((file) => readFileSync(new URL(file, folder), "utf8"));
    const services = new Set(texts.join("").match(/(?<="aws:)\w+(?=\/)/g));
    expect([...services]).to.include.members(["ec2", "ecs", "lb"]);
    const source = `import "${LAZY}";
      import { createRequire } from "node:module";
      import { isProxy } from "node:util/types";
      const require = createRequire("${import.meta.url}");
      const aws = require("@pulumi/aws");
      console.log(JSON.stringify(Object.keys(aws).filter((name) => isProxy(aws[name]))));`;
    const args = ["--input-type=module", "--eval", source];
    const later = JSON.parse(
      execFileSync(process.execPath, args, { encoding: "utf8" }),
    ) as string[];
    expect(later).to.include("sqs");
    expect(later.filter((name) => services.has(name))).to.deep.equal([]);
  });
});
