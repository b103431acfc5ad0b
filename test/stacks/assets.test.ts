import { expect } from "chai";
import type { Json, Plan } from "@koa-fargate/workbench/plan/types.ts";
import { comparePlans } from "@koa-fargate/workbench/review/diff/compare.ts";
import { readdirSync } from "node:fs";
import { all, at, byName, one, parsed, planOf, show } from "./helpers/plans.ts";
import { invariants } from "./helpers/invariants.ts";

const FOLDER = "test/fixtures/apps/hello/public/assets";
const withAssets = { appPath: "test/fixtures/apps/hello", assetsPath: "public/assets" };
const OBJECT = "BucketObjectv2";

const variable = (plan: Plan): string =>
  (parsed(one(plan, "TaskDefinition").inputs["containerDefinitions"]) as Json[])
    .flatMap((one) => (at(one, "environment") ?? []) as { name: string; value: string }[])
    .find(({ name }) => name === "ASSETS_PATH")?.value ?? "none";

describe("static files", () => {
  it("stay with the app by default", async () => {
    const plan = await planOf("dev");

    expect([all(plan, OBJECT), variable(plan)]).to.deep.equal([[], "none"]);
  });

  it("go to the assets bucket by the hash of their content, with type and age; those of versions before stay", async () => {
    const plan = await planOf("dev", withAssets);
    const base = variable(plan);
    const files = readdirSync(FOLDER).sort();

    expect(base).to.match(/^\/assets\/[0-9a-f]{12}\/$/);
    expect(
      Object.values(byName(plan, OBJECT, ({ inputs }) => inputs["key"]))
        .map(show)
        .sort(),
    ).to.deep.equal(files.map((file) => `${base.slice(1)}${file}`));
    for (const { inputs, options } of all(plan, OBJECT)) {
      expect(options.retainOnDelete).to.equal(true);
      expect(inputs).to.include({
        bucket: one(plan, "s3/bucket:Bucket", "storage-assets").outputs["bucket"],
        cacheControl: "public, max-age=31536000, immutable",
        serverSideEncryption: "AES256",
      });
    }
    const style = all(plan, OBJECT).find(({ inputs }) => show(inputs["key"]).endsWith(".css"));
    expect(style?.inputs["contentType"]).to.equal("text/css");
  });

  it("come before the tasks whose pages name them", async () => {
    const service = one(await planOf("dev", withAssets), "ecs/service:Service");

    const before = service.dependencies.map((urn) => urn.split("::").at(-1) ?? "");
    expect(before.filter((name) => name.startsWith("assets-"))).to.have.length(
      readdirSync(FOLDER).length,
    );
  });

  it("without CloudFront nobody but the account reads the bucket", async () => {
    const policy = one(await planOf("dev", withAssets), "BucketPolicy", "storage-assets-policy");

    expect(JSON.stringify(policy.inputs)).not.to.include("cloudfront");
  });

  it("behind CloudFront /assets/* is S3's, asked by signed requests of the account's distributions alone", async () => {
    const edge = { edge: "cloudfront", natStrategy: "single" };
    const [before, plan] = await Promise.all([
      planOf("dev", edge),
      planOf("dev", { ...edge, ...withAssets }),
    ]);
    const bucket = one(plan, "s3/bucket:Bucket", "storage-assets").outputs;
    const control = one(plan, "OriginAccessControl");
    const { inputs } = one(plan, "Distribution");

    expect(control.inputs).to.include({
      originAccessControlOriginType: "s3",
      signingBehavior: "always",
      signingProtocol: "sigv4",
    });
    expect(at(inputs["origins"], 1)).to.deep.equal({
      originId: "assets",
      domainName: bucket["bucketRegionalDomainName"],
      originAccessControlId: control.outputs["id"],
    });
    expect(inputs["orderedCacheBehaviors"]).to.deep.equal([
      {
        pathPattern: "/assets/*",
        targetOriginId: "assets",
        viewerProtocolPolicy: "redirect-to-https",
        allowedMethods: ["GET", "HEAD"],
        cachedMethods: ["GET", "HEAD"],
        compress: true,
        cachePolicyId: "658327ea-f89d-4fab-a63d-7e88639e58f6",
        responseHeadersPolicyId: "67f7725c-6f97-4210-82d7-5512b31e9d03",
      },
    ]);
    expect(
      at(
        parsed(one(plan, "BucketPolicy", "storage-assets-policy").inputs["policy"]),
        "Statement",
        1,
      ),
    ).to.deep.equal({
      Sid: "Distributions",
      Effect: "Allow",
      Principal: { Service: "cloudfront.amazonaws.com" },
      Action: ["s3:GetObject"],
      Resource: [`${show(bucket["arn"])}/assets/*`],
      Condition: {
        ArnLike: { "aws:SourceArn": "arn:aws:cloudfront::123456789012:distribution/*" },
      },
    });
    const changed = comparePlans(before, plan).resources.filter(
      ({ operation }) => operation !== "create",
    );
    expect(changed.map(({ operation, name }) => [operation, name])).to.have.deep.members([
      ["update", "distribution"],
      ["update", "api"],
      ["replace", "api"],
    ]);
  });

  describe("with everything set", () => {
    invariants("dev", () => planOf("dev", withAssets));
  });
});
