import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { expect } from "chai";
import { planStack } from "../../src/plan/evaluate.ts";
import type { Plan, PlannedResource } from "../../src/plan/types.ts";
import { failure, projectFolder, type ProjectFolder } from "./project-folder.ts";

describe("planStack", () => {
  let folder: ProjectFolder;
  before(async () => {
    folder = await projectFolder({
      "Pulumi.yaml": "name: shop\nconfig:\n  token: { type: string, secret: true }\n",
      "Pulumi.dev.yaml": "config:\n  aws:region: eu-west-1\n  shop:token: { secure: v1:abc }\n",
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

  describe("secrets", () => {
    it("show their paths and nothing else, in inputs, outputs, config and stack outputs", async () => {
      const planned = await plan(() => {
        const token = new pulumi.Config().requireSecret("token");
        const parameter = new aws.ssm.Parameter("p", { type: "SecureString", value: token });
        new aws.ssm.Parameter("json", {
          type: "String",
          value: pulumi.jsonStringify({ token }),
          tags: { open: "yes", hidden: token },
        });
        return { token, nested: { list: ["plain", token] }, value: parameter.value };
      });
      expect(find(planned, "p").secretPaths).to.deep.equal(["value"]);
      expect(find(planned, "p").outputs["value"]).to.equal("[secret]");
      expect(find(planned, "json").secretPaths).to.have.members(["value", "tags.hidden"]);
      expect(find(planned, "json").inputs["tags"]).to.deep.equal({
        open: "yes",
        hidden: "[secret]",
      });
      expect(planned.config["token"]).to.equal("[secret]");
      expect(planned.outputs).to.deep.equal({
        token: "[secret]",
        nested: { list: ["plain", "[secret]"] },
        value: "[secret]",
      });
      expect(JSON.stringify(planned)).not.to.include("[secret shop:token]");
    });

    it("stay secret in what the provider makes of them", async () => {
      const planned = await plan(() => {
        const token = new pulumi.Config().requireSecret("token");
        new aws.sqs.Queue("tagged", { tags: token.apply((hidden) => ({ hidden })) });
        new aws.sqs.QueuePolicy("derived", { queueUrl: "q", policy: token });
      });
      expect(find(planned, "tagged").secretPaths).to.deep.equal(["tags"]);
      expect(find(planned, "tagged").outputs["tagsAll"]).to.equal("[secret]");
      expect(find(planned, "derived").outputs["policy"]).to.equal("[secret]");
    });

    it("are refused where the identity of a resource would tell them", async () => {
      const program = () => {
        new aws.sqs.Queue("q", { name: new pulumi.Config().requireSecret("token") });
      };
      expect(await failure(plan(program))).to.equal(
        "PlanError: dev: aws:sqs/queue:Queue q: output id holds a secret in plain text: keep it a secret Output (pulumi.secret)",
      );
    });

    it("read without their secrecy are refused where they arrive", async () => {
      const leak = () => {
        const token = new pulumi.Config().require("token");
        new aws.sns.Topic("t", { displayName: `for ${token}` });
      };
      expect(await failure(plan(leak))).to.equal(
        "PlanError: dev: aws:sns/topic:Topic t: displayName holds a secret in plain text: keep it a secret Output (pulumi.secret)",
      );
    });

    it("the registry's password is one, unless the program takes its secrecy away", async () => {
      const program = (keep: boolean) => async () => {
        const password = keep
          ? aws.ecr.getAuthorizationTokenOutput().password
          : (await aws.ecr.getAuthorizationToken()).password;
        new aws.ssm.Parameter("p", { type: "String", value: "-", description: password });
      };
      expect(find(await plan(program(true)), "p").secretPaths).to.include("description");
      expect(await failure(plan(program(false)))).to.equal(
        "PlanError: dev: aws:ssm/parameter:Parameter p: description holds a secret in plain text: keep it a secret Output (pulumi.secret)",
      );
    });
  });
});
