import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { expect } from "chai";
import { planStack } from "../../src/plan/evaluate.ts";
import type { Plan, PlannedResource } from "../../src/plan/types.ts";
import { failure, projectFolder, type ProjectFolder } from "./project-folder.ts";

class Box extends pulumi.ComponentResource {
  readonly topic: aws.sns.Topic;

  constructor(name: string, args: object = {}, opts: pulumi.ComponentResourceOptions = {}) {
    super("shop:boxes:Box", name, args, opts);
    this.topic = new aws.sns.Topic(`${name}-topic`, {}, { parent: this });
    this.registerOutputs({ topicArn: this.topic.arn });
  }
}

describe("planStack", () => {
  let folder: ProjectFolder;
  before(async () => {
    folder = await projectFolder({
      "Pulumi.yaml": "name: shop\nconfig:\n  token: { type: string, secret: true, default: x }\n",
      "Pulumi.dev.yaml": "config:\n  aws:region: eu-west-1\n  shop:token: { secure: v1:abc }\n",
      "Pulumi.prod.yaml":
        "config:\n  aws:region: us-east-1\n  aws:defaultTags: { tags: { stack: prod } }\n  shop:token: { secure: v1:def }\n",
    });
  });
  after(() => folder.remove());

  const plan = (program: () => unknown, stack = "dev") =>
    planStack({ stack, program, root: folder.path });
  const find = ({ resources }: Plan, name: string): PlannedResource => {
    const found = resources.find((resource) => resource.name === name);
    if (found === undefined) throw new Error(`no ${name}`);
    return found;
  };

  it("records type, parent, inputs, outputs and dependencies with the URNs of the engine", async () => {
    const planned = await plan(() => {
      const box = new Box("box");
      new aws.sns.TopicSubscription("mail", {
        topic: box.topic.arn,
        protocol: "email",
        endpoint: "a@example.com",
      });
      return { arn: box.topic.arn };
    });
    const box = "urn:pulumi:dev::shop::shop:boxes:Box::box";
    const topic = "urn:pulumi:dev::shop::shop:boxes:Box$aws:sns/topic:Topic::box-topic";
    const stack = "urn:pulumi:dev::shop::pulumi:pulumi:Stack::shop-dev";
    expect(planned.resources.map(({ urn, parent }) => [urn, parent])).to.deep.equal([
      ["urn:pulumi:dev::shop::aws:sns/topicSubscription:TopicSubscription::mail", stack],
      [stack, undefined],
      [topic, box],
      [box, stack],
    ]);
    const arn = find(planned, "box-topic").outputs["arn"];
    expect(arn).to.match(/^arn:aws:sns:eu-west-1:123456789012:box-topic-[0-9a-f]{7}$/);
    const mail = find(planned, "mail");
    expect(mail.inputs).to.deep.equal({ topic: arn, protocol: "email", endpoint: "a@example.com" });
    expect(mail.dependencies).to.deep.equal([topic]);
    expect(mail.propertyDependencies).to.deep.equal({ topic: [topic] });
    expect(mail.outputs["pendingConfirmation"]).to.equal(true);
    expect([mail.custom, mail.expanded, mail.secretPaths]).to.deep.equal([true, false, []]);
    expect(find(planned, "box").outputs).to.deep.equal({ topicArn: arn });
    expect(planned.outputs).to.deep.equal({ arn });
    expect([planned.project, planned.stack]).to.deep.equal(["shop", "dev"]);
  });

  it("repeats exactly, whatever the order of registration", async () => {
    const program = () => {
      for (const name of ["b", "a", "c"]) new Box(name);
    };
    expect(await plan(program)).to.deep.equal(await plan(program));
  });

  it("evaluates two stacks at once, each with its own config, region, tags and identities", async () => {
    const program = async () => {
      const { region } = await aws.getRegion();
      const queue = new aws.sqs.Queue("jobs", { tags: { kind: "jobs" } });
      return { stack: pulumi.getStack(), region, url: queue.url, tags: queue.tagsAll };
    };
    const [dev, prod] = await Promise.all([plan(program, "dev"), plan(program, "prod")]);
    const name = (planned: Plan) => find(planned, "jobs").outputs["name"] as string;
    expect(dev.outputs).to.deep.equal({
      stack: "dev",
      region: "eu-west-1",
      url: `https://sqs.eu-west-1.amazonaws.com/123456789012/${name(dev)}`,
      tags: { kind: "jobs" },
    });
    expect(prod.outputs).to.deep.equal({
      stack: "prod",
      region: "us-east-1",
      url: `https://sqs.us-east-1.amazonaws.com/123456789012/${name(prod)}`,
      tags: { stack: "prod", kind: "jobs" },
    });
    expect(name(dev)).not.to.equal(name(prod));
    expect(dev.resources.every(({ urn }) => urn.startsWith("urn:pulumi:dev::"))).to.equal(true);
    expect(dev.invokes).to.deep.equal([{ token: "aws:index/getRegion:getRegion", args: {} }]);
  });

  it("the program runs as in a preview and knows that it is planned offline", async () => {
    const seen: unknown[] = [];
    await plan((...options: unknown[]) => {
      seen.push(options, pulumi.runtime.isDryRun());
    });
    expect(seen).to.deep.equal([[{ offline: true }], true]);
  });

  it("resources that an apply makes are part of the plan", async () => {
    const planned = await plan(() => {
      new Box("box").topic.arn.apply(
        (arn) => new aws.sns.TopicPolicy("late", { arn, policy: "{}" }),
      );
    });
    expect(find(planned, "late").type).to.equal("aws:sns/topicPolicy:TopicPolicy");
  });

  describe("options", () => {
    it("are what the engine would receive; what is not set is absent", async () => {
      const planned = await plan(() => {
        const bare = new aws.sqs.Queue("bare");
        new aws.sqs.Queue(
          "full",
          {},
          {
            protect: true,
            retainOnDelete: true,
            deleteBeforeReplace: true,
            ignoreChanges: ["tags"],
            replaceOnChanges: ["name"],
            additionalSecretOutputs: ["url"],
            aliases: [{ name: "old" }, "urn:pulumi:dev::shop::aws:sqs/queue:Queue::older"],
            deletedWith: bare,
            customTimeouts: { create: "5m", delete: "1h" },
            dependsOn: [bare],
          },
        );
      });
      const bare = "urn:pulumi:dev::shop::aws:sqs/queue:Queue::bare";
      expect(find(planned, "bare").options).to.deep.equal({});
      expect(find(planned, "full").options).to.deep.equal({
        protect: true,
        retainOnDelete: true,
        deleteBeforeReplace: true,
        ignoreChanges: ["tags"],
        replaceOnChanges: ["name"],
        additionalSecretOutputs: ["url"],
        aliases: ["name=old", "urn:pulumi:dev::shop::aws:sqs/queue:Queue::older"],
        deletedWith: bare,
        customTimeouts: { create: "5m", delete: "1h" },
      });
      expect(find(planned, "full").dependencies).to.deep.equal([bare]);
      expect(find(planned, "full").outputs["url"]).to.equal("[secret]");
    });

    it("aliases that the SDK adds for former type names are left out", async () => {
      const planned = await plan(() => {
        new aws.s3.Bucket("files");
      });
      expect(find(planned, "files").options).to.deep.equal({});
    });

    it("an explicit provider decides region and tags, and is named on each of its resources", async () => {
      const planned = await plan(() => {
        const provider = new aws.Provider("north", {
          region: "eu-north-1",
          defaultTags: { tags: { owner: "team" } },
        });
        new Box("box", {}, { providers: [provider] });
      });
      const topic = find(planned, "box-topic");
      const provider = find(planned, "north");
      expect(topic.options.provider).to.equal(
        `${provider.urn}::${provider.outputs["id"] as string}`,
      );
      expect(topic.outputs["tagsAll"]).to.deep.equal({ owner: "team" });
      expect(topic.outputs["arn"]).to.match(/^arn:aws:sns:eu-north-1:/);
    });

    it("transforms of a resource, its parents and the stack apply in this order", async () => {
      const tag =
        (by: string): pulumi.ResourceTransform =>
        ({ type, props, opts }) =>
          type === "aws:sns/topic:Topic"
            ? {
                props: { ...props, displayName: `${String(props["displayName"] ?? "")}${by}` },
                opts: { ...opts, protect: true },
              }
            : undefined;
      const planned = await plan(() => {
        pulumi.runtime.registerResourceTransform(tag(" stack"));
        class Outer extends pulumi.ComponentResource {
          constructor() {
            super("shop:boxes:Outer", "outer", {}, { transforms: [tag(" parent")] });
            new aws.sns.Topic("topic", {}, { parent: this, transforms: [tag("own")] });
          }
        }
        new Outer();
      });
      expect(find(planned, "topic").inputs).to.deep.equal({ displayName: "own parent stack" });
      expect(find(planned, "topic").options).to.deep.equal({ protect: true });
      expect(find(planned, "topic").outputs["displayName"]).to.equal("own parent stack");
    });
  });

  it("warnings are collected, nothing is printed", async () => {
    const planned = await plan(async () => {
      await pulumi.log.warn("certificateArn is a placeholder");
      await pulumi.log.info("just so");
    });
    expect(planned.warnings).to.deep.equal(["certificateArn is a placeholder"]);
  });

  it("the account is the first that allowedAccountIds names", async () => {
    const planned = await planStack({
      stack: "dev",
      root: folder.path,
      overrides: { allowedAccountIds: ["<yours>", "111122223333"] },
      program: async () => ({ account: (await aws.getCallerIdentity()).accountId }),
    });
    expect(planned.outputs).to.deep.equal({ account: "111122223333" });
  });

  it("calls may be answered by the caller", async () => {
    const planned = await planStack({
      stack: "dev",
      root: folder.path,
      calls: {
        "aws:ecr/getImages:getImages": ({ repositoryName = "" }) => ({
          imageIds: [{ imageTag: repositoryName }],
        }),
      },
      program: async () => ({
        tags: (await aws.ecr.getImages({ repositoryName: "r" })).imageIds.map(
          ({ imageTag }) => imageTag,
        ),
      }),
    });
    expect(planned.outputs).to.deep.equal({ tags: ["r"] });
    expect(planned.invokes).to.deep.equal([
      { token: "aws:ecr/getImages:getImages", args: { repositoryName: "r" } },
    ]);
  });

  it("a resource that is read is no part of what the stack creates", async () => {
    const planned = await plan(() => ({
      arn: aws.sns.Topic.get("theirs", "arn:aws:sns:eu-west-1:1:theirs").id,
    }));
    expect(planned.resources.map(({ name }) => name)).to.deep.equal(["shop-dev"]);
    expect(planned.outputs).to.deep.equal({ arn: "arn:aws:sns:eu-west-1:1:theirs" });
    expect(planned.invokes).to.deep.equal([
      { token: "aws:sns/topic:Topic", args: { id: "arn:aws:sns:eu-west-1:1:theirs" } },
    ]);
  });

  it("a project without program says so", async () => {
    const empty = await projectFolder({ "index.ts": "export const notDefault = 1;\n" });
    try {
      expect(await failure(planStack({ stack: "dev", root: empty.path }))).to.equal(
        "PlanError: index.ts exports no program: its default export has to be a function.",
      );
    } finally {
      await empty.remove();
    }
  });
});
