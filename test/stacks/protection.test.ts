import { expect } from "chai";
import { match } from "@koa-fargate/workbench/assert/index.ts";
import { at, byName, names, planOf, stackOf } from "./helpers/plans.ts";
import { PROJECT } from "../helpers/project.ts";

const DAY_LIMITS = { dev: 7, prod: 365 } as const;

describe("protection and retention", () => {
  it("dev protects and retains nothing, and can be destroyed with what it holds", async () => {
    const stack = await stackOf("dev");
    const kept = stack.plan.resources.filter(
      ({ options }) => options.protect === true || options.retainOnDelete === true,
    );

    expect(kept).to.deep.equal([]);
    stack.allResources("aws:s3/bucket:Bucket", { forceDestroy: true });
    stack.allResources("aws:ecr/repository:Repository", { forceDelete: true });
    stack.allResources("aws:ecs/service:Service", { forceDelete: true });
    stack.allResources("aws:dynamodb/table:Table", { deletionProtectionEnabled: false });
    stack.allResources("aws:lb/loadBalancer:LoadBalancer", { enableDeletionProtection: false });
  });

  it("prod protects what holds data, traffic, keys and logs, and retains all but registry, load balancer and trail; the log of a web ACL that is switched off stays", async () => {
    const plan = await planOf("prod");
    const list = (option: "protect" | "retainOnDelete"): string[] =>
      plan.resources
        .filter(({ options }) => options[option] === true)
        .map(({ type, name }) => `${type.split(":").at(-1) ?? ""} ${name}`);
    const retained = [
      "Bucket storage-assets",
      "Bucket storage-backups",
      "Bucket storage-logs",
      "Key security",
      "LogGroup api",
      "LogGroup audit",
      "LogGroup network-flow-logs",
      "LogGroup web-acl",
      "Table storage-table",
    ];

    expect(list("retainOnDelete").sort()).to.deep.equal(retained);
    expect(list("protect").sort()).to.deep.equal(
      [
        ...retained.filter((name) => name !== "LogGroup web-acl"),
        "LoadBalancer load-balancer",
        "Repository registry",
        "Trail audit",
      ].sort(),
    );
  });

  it("prod is protected in AWS itself too", async () => {
    const stack = await stackOf("prod");

    stack.allResources("aws:s3/bucket:Bucket", { forceDestroy: false });
    stack.allResources("aws:ecr/repository:Repository", { forceDelete: false });
    stack.allResources("aws:ecs/service:Service", { forceDelete: false });
    stack.allResources("aws:dynamodb/table:Table", { deletionProtectionEnabled: true });
    stack.allResources("aws:lb/loadBalancer:LoadBalancer", { enableDeletionProtection: true });
    stack.allResources("aws:kms/key:Key", { deletionWindowInDays: 30 });
  });

  for (const stack of ["dev", "prod"] as const) {
    it(`${stack}: every log group ends after ${DAY_LIMITS[stack]} days`, async () => {
      const days = byName(
        await planOf(stack),
        "LogGroup",
        ({ inputs }) => inputs["retentionInDays"],
      );

      expect(days).to.deep.equal(
        stack === "dev"
          ? { api: 7 }
          : { api: 365, audit: 365, "network-flow-logs": 365, "web-acl": 365 },
      );
    });

    it(`${stack}: buckets expire logs and backups, and old versions of all; what is large and kept for long goes cold`, async () => {
      const rules = byName(
        await planOf(stack),
        "BucketLifecycleConfiguration",
        ({ inputs }) => inputs["rules"],
      );
      const cold = (storageClass: string, days: number) =>
        stack === "dev"
          ? []
          : [
              {
                id: "cold",
                status: "Enabled",
                filter: { objectSizeGreaterThan: 1_048_576 },
                transitions: [{ days, storageClass }],
              },
            ];
      const rule = (days?: number) => [
        {
          id: "expire",
          status: "Enabled",
          filter: {},
          abortIncompleteMultipartUpload: { daysAfterInitiation: 7 },
          noncurrentVersionExpiration: { noncurrentDays: 30 },
          ...(days === undefined ? {} : { expiration: { days } }),
        },
      ];

      expect(rules).to.deep.equal({
        "storage-assets-lifecycle": rule(),
        "storage-backups-lifecycle": [
          ...rule(stack === "dev" ? 30 : 365),
          ...cold("GLACIER_IR", 30),
        ],
        "storage-logs-lifecycle": [
          ...rule(stack === "dev" ? 30 : 365),
          ...cold("INTELLIGENT_TIERING", 0),
        ],
      });
    });

    it(`${stack}: task definitions outlive their successors, so that a rollback finds them`, async () => {
      (await stackOf(stack)).allResources("aws:ecs/taskDefinition:TaskDefinition", {
        skipDestroy: true,
      });
    });

    it(`${stack}: image tags are immutable, scanned, and kept by the lifecycle policy`, async () => {
      const planned = await stackOf(stack);
      const selection = {
        tagStatus: "tagged",
        tagPatternList: ["release-*"],
        countType: "imageCountMoreThan",
        countNumber: 30,
      };

      planned.allResources("aws:ecr/repository:Repository", {
        imageTagMutability: "IMMUTABLE_WITH_EXCLUSION",
        imageTagMutabilityExclusionFilters: match.exact([
          { filter: "sha256-*", filterType: "WILDCARD" },
        ]),
        imageScanningConfiguration: { scanOnPush: true },
      });
      planned.allResources("aws:ecr/lifecyclePolicy:LifecyclePolicy", {
        policy: match.serializedJson({
          rules: match.arrayWith([{ selection: match.exact(selection) }]),
        }),
      });
    });

    it(`${stack}: the table can be restored as far back as configured`, async () => {
      (await stackOf(stack)).allResources("aws:dynamodb/table:Table", {
        pointInTimeRecovery: match.exact(
          stack === "dev" ? { enabled: false } : { enabled: true, recoveryPeriodInDays: 35 },
        ),
      });
    });

    it(`${stack}: every resource that takes tags carries project and stack`, async () => {
      const plan = await planOf(stack);
      const tagged = plan.resources.filter(({ outputs }) => "tagsAll" in outputs);
      const untagged = tagged.filter(
        ({ outputs }) =>
          at(outputs["tagsAll"], "project") !== PROJECT ||
          at(outputs["tagsAll"], "stack") !== stack,
      );

      expect(tagged.length).to.be.above(plan.resources.length / 3);
      expect(names(untagged)).to.deep.equal([]);
    });
  }
});
