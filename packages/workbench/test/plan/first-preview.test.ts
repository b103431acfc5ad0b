import * as aws from "@pulumi/aws";
import * as awsx from "@pulumi/awsx";
import * as docker from "@pulumi/docker";
import * as pulumi from "@pulumi/pulumi";
import { expect } from "chai";
import { planStack, type Phase } from "../../src/plan/evaluate.ts";
import { NOT_KNOWN_YET, type Plan } from "../../src/plan/types.ts";
import { failure, projectFolder, type ProjectFolder } from "./project-folder.ts";

const SENTENCE =
  "is not known in a first preview, but its provider reads it as a plain value and fails: give it a value that does not come from a resource";

describe("planStack, phase by phase", () => {
  let folder: ProjectFolder;
  before(async () => {
    folder = await projectFolder();
  });
  after(() => folder.remove());

  const plan = (phase: Phase, program: () => unknown): Promise<Plan> =>
    planStack({ stack: "dev", root: folder.path, phase, program });
  const inputsOf = ({ resources }: Plan, name: string) =>
    resources.find((resource) => resource.name === name)?.inputs;

  /** An image whose settings come from a bucket. */
  const image = (settings: (text: pulumi.Output<string>) => Partial<docker.ImageArgs>) => () => {
    const { arn } = new aws.s3.Bucket("files");
    new docker.Image("image", { imageName: "a/b:c", ...settings(arn) });
  };

  it("in a first preview only what repeats an input is known", async () => {
    const seen: string[] = [];
    const planned = await plan("first-preview", () => {
      const topic = new aws.sns.Topic("topic", { displayName: "Jobs", tags: { a: "b" } });
      topic.displayName.apply((text) => seen.push(text ?? ""));
      topic.arn.apply((text) => seen.push(text));
      new aws.sns.TopicSubscription("mail", {
        topic: topic.arn,
        protocol: "email",
        endpoint: pulumi.interpolate`${topic.id}@example.com`,
      });
      return { arn: topic.arn, secret: pulumi.secret(topic.arn), name: topic.displayName };
    });

    expect(seen).to.deep.equal(["Jobs"]);
    expect(inputsOf(planned, "mail")).to.deep.equal({
      topic: NOT_KNOWN_YET,
      protocol: "email",
      endpoint: NOT_KNOWN_YET,
    });
    expect(planned.outputs).to.deep.equal({
      arn: NOT_KNOWN_YET,
      secret: "[secret]",
      name: "Jobs",
    });
  });

  it("functions that depend on a resource which is not there are not called", async () => {
    const planned = await plan("first-preview", () => {
      const repository = new aws.ecr.Repository("images", { name: "images" });
      const { imageIds } = aws.ecr.getImagesOutput({ repositoryName: repository.name });
      return { ids: imageIds };
    });

    expect(planned.invokes).to.deep.equal([]);
    expect(planned.outputs).to.deep.equal({ ids: NOT_KNOWN_YET });
  });

  it("an up is no dry run", async () => {
    const dry = async (phase: Phase): Promise<unknown> =>
      (await plan(phase, () => ({ dry: pulumi.runtime.isDryRun() }))).outputs["dry"];

    expect([await dry("first-preview"), await dry("preview"), await dry("up")]).to.deep.equal([
      true,
      true,
      false,
    ]);
  });

  const refused: [string, (text: pulumi.Output<string>) => Partial<docker.ImageArgs>][] = [
    ["skipPush", (text) => ({ skipPush: text.apply((value) => value !== "") })],
    ["skipPush", (text) => ({ skipPush: pulumi.secret(text.apply((value) => value !== "")) })],
    ["build.args", (text) => ({ build: { args: text.apply((value) => ({ value })) } })],
    ["build.network", (text) => ({ build: { network: text } })],
    ["build.addHosts", (text) => ({ build: { addHosts: text.apply((value) => [value]) } })],
  ];
  for (const [path, settings] of refused) {
    it(`the plugin of docker panics at an unknown ${path}`, async () => {
      expect(await failure(plan("first-preview", image(settings)))).to.include(
        `docker:index/image:Image image: ${path} ${SENTENCE}`,
      );
      expect(await failure(plan("preview", image(settings)))).to.equal("no error");
    });
  }

  it("what it does not read before it looks may be unknown", async () => {
    const settings = (text: pulumi.Output<string>): Partial<docker.ImageArgs> => ({
      imageName: text,
      build: { context: text, args: { ONE: text }, addHosts: [text] },
      registry: { server: text, username: text, password: pulumi.secret(text) },
      skipPush: false,
    });

    expect(inputsOf(await plan("first-preview", image(settings)), "image")).to.deep.include({
      imageName: NOT_KNOWN_YET,
      skipPush: false,
    });
  });

  it("a VPC of awsx takes no unknown where its schema says plain", async () => {
    const vpc = (zone: (text: pulumi.Output<string>) => unknown) => () => {
      const { arn } = new aws.s3.Bucket("files");
      new awsx.ec2.Vpc("vpc", {
        availabilityZoneNames: zone(arn) as string[],
        subnetStrategy: "Auto",
      });
    };

    expect(
      await failure(
        plan(
          "first-preview",
          vpc((text) => [text]),
        ),
      ),
    ).to.include(`awsx:ec2:Vpc vpc: availabilityZoneNames[0] ${SENTENCE}`);
    const known = await plan(
      "first-preview",
      vpc(() => ["eu-west-1a", "eu-west-1b"]),
    );
    expect(known.resources.filter(({ type }) => type === "aws:ec2/subnet:Subnet")).to.have.length(
      4,
    );
  });
});
