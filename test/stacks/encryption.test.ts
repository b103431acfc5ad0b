import { expect } from "chai";
import type { Plan } from "@koa-fargate/workbench/plan/types.ts";
import { all, at, byName, one, parsed, planOf } from "./helpers/plans.ts";

const key = (plan: Plan) => one(plan, "Key").outputs["arn"];

describe("encryption", () => {
  it("prod: the stack's own key encrypts logs, table, registry, topic, trail and buckets", async () => {
    const plan = await planOf("prod");
    const own = key(plan);

    expect(byName(plan, "LogGroup", ({ inputs }) => inputs["kmsKeyId"])).to.deep.equal({
      api: own,
      audit: own,
      "network-flow-logs": own,
      "web-acl": own,
    });
    expect(one(plan, "Table").inputs["serverSideEncryption"]).to.deep.equal({
      enabled: true,
      kmsKeyArn: own,
    });
    expect(one(plan, "Repository").inputs["encryptionConfigurations"]).to.deep.equal([
      { encryptionType: "KMS", kmsKey: own },
    ]);
    expect(one(plan, "Topic").inputs["kmsMasterKeyId"]).to.equal(own);
    expect(one(plan, "Trail").inputs["kmsKeyId"]).to.equal(own);
    expect(one(plan, "Key").inputs["enableKeyRotation"]).to.equal(true);
  });

  it("a table without a key of the stack says so: left out, it would stay on the key that it had", async () => {
    expect(one(await planOf("dev"), "Table").inputs["serverSideEncryption"]).to.deep.equal({
      enabled: false,
    });
  });

  it("prod: buckets too, but for the one into which load balancers deliver: they know S3's keys alone", async () => {
    const plan = await planOf("prod");
    const rules = byName(plan, "BucketServerSideEncryptionConfiguration", ({ inputs }) =>
      at(inputs["rules"], 0),
    );
    const own = {
      bucketKeyEnabled: true,
      applyServerSideEncryptionByDefault: { sseAlgorithm: "aws:kms", kmsMasterKeyId: key(plan) },
    };

    expect(rules).to.deep.equal({
      "storage-assets-encryption": own,
      "storage-backups-encryption": own,
      "storage-logs-encryption": {
        bucketKeyEnabled: false,
        applyServerSideEncryptionByDefault: { sseAlgorithm: "AES256" },
      },
    });
  });

  it("dev: AWS's own keys, and none to pay for", async () => {
    const plan = await planOf("dev");
    const rules = byName(plan, "BucketServerSideEncryptionConfiguration", ({ inputs }) =>
      at(inputs["rules"], 0, "applyServerSideEncryptionByDefault", "sseAlgorithm"),
    );

    expect(all(plan, "Key")).to.deep.equal([]);
    expect(new Set(Object.values(rules))).to.deep.equal(new Set(["AES256"]));
    expect(one(plan, "Repository").inputs["encryptionConfigurations"]).to.deep.equal([
      { encryptionType: "AES256" },
    ]);
    expect(one(plan, "Topic").inputs).not.to.have.property("kmsMasterKeyId");
    expect(one(plan, "LogGroup").inputs).not.to.have.property("kmsKeyId");
  });

  for (const stack of ["dev", "prod"]) {
    it(`${stack}: buckets are private, versioned, and refuse plain HTTP`, async () => {
      const plan = await planOf(stack);
      const buckets = ["storage-assets", "storage-backups", "storage-logs"];
      const each = <T>(suffix: string, value: T): Record<string, T> =>
        Object.fromEntries(buckets.map((name) => [`${name}-${suffix}`, value]));

      expect(
        byName(plan, "BucketPublicAccessBlock", ({ inputs }) => [
          inputs["blockPublicAcls"],
          inputs["blockPublicPolicy"],
          inputs["ignorePublicAcls"],
          inputs["restrictPublicBuckets"],
        ]),
      ).to.deep.equal(each("access", [true, true, true, true]));
      expect(byName(plan, "BucketOwnershipControls", ({ inputs }) => inputs["rule"])).to.deep.equal(
        each("ownership", { objectOwnership: "BucketOwnerEnforced" }),
      );
      expect(
        byName(plan, "BucketVersioning", ({ inputs }) => inputs["versioningConfiguration"]),
      ).to.deep.equal(each("versioning", { status: "Enabled" }));
      for (const name of buckets) {
        const arn = one(plan, "s3/bucket:Bucket", name).outputs["arn"] as string;

        expect(
          at(parsed(one(plan, "BucketPolicy", `${name}-policy`).inputs["policy"]), "Statement", 0),
        ).to.deep.equal({
          Sid: "RefusePlainHttp",
          Effect: "Deny",
          Principal: "*",
          Action: "s3:*",
          Resource: [arn, `${arn}/*`],
          Condition: { Bool: { "aws:SecureTransport": "false" } },
        });
      }
    });

    it(`${stack}: only AWS's log services are allowed into a bucket, and into that of logs alone`, async () => {
      const allowed = byName(await planOf(stack), "BucketPolicy", ({ inputs }) => {
        const statements = at(parsed(inputs["policy"]), "Statement") as Record<string, unknown>[];
        return statements.filter(({ Effect }) => Effect !== "Deny").map(({ Sid }) => Sid);
      });

      expect(allowed).to.deep.equal({
        "storage-assets-policy": [],
        "storage-backups-policy": [],
        "storage-logs-policy":
          stack === "dev"
            ? ["LoadBalancerLogs", "BucketLogs"]
            : ["LoadBalancerLogs", "TrailChecksBucket", "TrailLogs", "BucketLogs"],
      });
    });

    it(`${stack}: logs flow only once the bucket allows it`, async () => {
      const plan = await planOf(stack);
      const consumers = [...all(plan, "lb/loadBalancer:LoadBalancer"), ...all(plan, "Trail")].map(
        ({ dependencies }) => dependencies.map((urn) => urn.split("::").at(-1)),
      );

      expect(consumers).to.have.length(stack === "dev" ? 1 : 2);
      for (const names of consumers) expect(names).to.include("storage-logs-policy");
    });
  }
});
