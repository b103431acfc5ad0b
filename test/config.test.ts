import * as pulumi from "@pulumi/pulumi";
import { expect } from "chai";
import { readFileSync } from "node:fs";
import { parse } from "yaml";
import type { Services } from "../config/services.ts";
import { readStack, refusal } from "./config/helpers/read.ts";
import { valuesWith } from "./config/helpers/values.ts";
import { frozenFile } from "./helpers/frozen.ts";
import { PROJECT } from "./helpers/project.ts";

const REGION = { "aws:region": "eu-west-1" };
const deployment = { offline: false };

/** The template's own; what its owner made of it is held to less, in own-stacks.test.ts. */
const stackFile = (stack: string): Record<string, unknown> => Object.fromEntries(frozenFile(stack));

describe("readConfig", () => {
  it("a stack that sets the region alone takes the defaults of Pulumi.yaml", async () => {
    const services: Services = { api: { kind: "http" } };
    const { config, warnings } = await readStack(REGION, { ...deployment, services });

    expect(config).to.deep.equal({
      ...valuesWith(),
      services: [],
      declared: services,
      project: PROJECT,
      stack: "test",
      region: "eu-west-1",
      profile: undefined,
    });
    expect(warnings).to.deep.equal([]);
  });

  it("values of the stack file come typed, in the section of their component", async () => {
    const { config } = await readStack({
      ...REGION,
      [`${PROJECT}:desiredCount`]: 2,
      [`${PROJECT}:deletionProtection`]: true,
      [`${PROJECT}:natStrategy`]: "single",
      [`${PROJECT}:interfaceEndpoints`]: ["ecr.api"],
      [`${PROJECT}:environment`]: { LOG_LEVEL: "info" },
    });

    expect(config.service.desiredCount).to.equal(2);
    expect(config.account.deletionProtection).to.equal(true);
    expect(config.network.natStrategy).to.equal("single");
    expect(config.network.interfaceEndpoints).to.deep.equal(["ecr.api"]);
    expect(config.app.environment).to.deep.equal({ LOG_LEVEL: "info" });
  });

  it("lists every problem in one error without a stack trace", async () => {
    const error = await refusal({
      ...REGION,
      [`${PROJECT}:taskMemoryMiB`]: 4096,
      [`${PROJECT}:desiredCuont`]: 2,
    });

    expect(error.message).to.equal(
      [
        "test: 2 problems in Pulumi.test.yaml",
        `  ${PROJECT}:taskMemoryMiB is 4096, but 256 CPU units allow 512, 1024 or 2048. Raise taskCpu to 512 or lower the memory.`,
        `  ${PROJECT}:desiredCuont is not a key. Did you mean desiredCount?`,
      ].join("\n"),
    );
    expect(pulumi.RunError.isInstance(error)).to.equal(true);
  });

  it("one problem is counted as one", async () => {
    const error = await refusal({ ...REGION, [`${PROJECT}:desiredCount`]: 0 });

    expect(error.message).to.equal(
      `test: 1 problem in Pulumi.test.yaml\n  ${PROJECT}:desiredCount is 0, but it has to be 1 to 5000.`,
    );
  });

  it("rules between keys wait until each value is right", async () => {
    const error = await refusal({
      ...REGION,
      [`${PROJECT}:taskMemoryMiB`]: 4096,
      [`${PROJECT}:natStrategy`]: "two",
    });

    expect(error.message).to.equal(
      `test: 1 problem in Pulumi.test.yaml\n  ${PROJECT}:natStrategy is "two", but it has to be none, single or one-per-az.`,
    );
  });

  it("a missing region is a problem beside the others", async () => {
    const error = await refusal({ [`${PROJECT}:tls`]: "required" });

    expect(error.message).to.equal(
      [
        "test: 2 problems in Pulumi.test.yaml",
        "  aws:region is not set. Set the region of the stack, such as eu-west-1.",
        `  ${PROJECT}:certificateArn is empty, but tls is required. Set the ARN of an ACM certificate of this region, or hostedZone to have one made, or set tls to optional.`,
      ].join("\n"),
    );
  });

  it("a region of another partition is refused in one sentence, one that looks alike is not", async () => {
    for (const region of ["cn-north-1", "us-gov-west-1", "eusc-de-east-1"]) {
      const error = await refusal({ "aws:region": region });

      expect(error.message).to.equal(
        `test: 1 problem in Pulumi.test.yaml\n  aws:region is ${region}, but everything here is made, planned and tested for the regions of AWS's standard partition alone; ARNs, endpoints, prices and features are others in that one. Choose a region such as eu-west-1.`,
      );
    }
    for (const region of ["ca-central-1", "us-east-1", "eu-central-2"])
      expect((await readStack({ "aws:region": region })).config.region).to.equal(region);
  });

  describe("unknown keys", () => {
    const rows: [string, string][] = [
      [`${PROJECT}:natStrateg`, `${PROJECT}:natStrateg is not a key. Did you mean natStrategy?`],
      [`${PROJECT}:TLS`, `${PROJECT}:TLS is not a key. Did you mean tls?`],
      [`${PROJECT}:replicas`, `${PROJECT}:replicas is not a key. Pulumi.yaml lists the keys.`],
      [`${PROJECT}s:taskCpu`, `${PROJECT}s:taskCpu is not a key. Did you mean ${PROJECT}:taskCpu?`],
    ];
    for (const [key, sentence] of rows) {
      it(`${key} is refused`, async () => {
        const error = await refusal({ ...REGION, [key]: "1" });

        expect(error.message).to.equal(`test: 1 problem in Pulumi.test.yaml\n  ${sentence}`);
      });
    }

    it("keys of providers and of the engine are theirs", async () => {
      const { config } = await readStack({
        ...REGION,
        "aws:profile": "work",
        "awsx:anything": "1",
        "pulumi:tags": { team: "a" },
      });

      expect(config.profile).to.equal("work");
    });

    for (const options of [{ offline: true }, deployment])
      it(`keys of a namespace that nobody reads are refused, ${options.offline ? "offline too" : "in a deployment"}`, async () => {
        const error = await refusal(
          {
            ...REGION,
            "another-project:tls": "required",
            "another-project:waf": "standard",
            "gcp:zone": "a",
          },
          options,
        );

        expect(error.message).to.equal(
          [
            "test: 2 problems in Pulumi.test.yaml",
            `  another-project:tls and 1 more key of another-project are read by nobody: Pulumi.yaml calls the project ${PROJECT}. Write ${PROJECT}:tls, or let npm run rename -- ${PROJECT} write them all.`,
            "  gcp:zone is read by nobody: no Pulumi package of that name is a dependency. Install it with npm, or delete the line.",
          ].join("\n"),
        );
      });
  });

  describe("placeholders of the template", () => {
    const file = {
      ...REGION,
      [`${PROJECT}:domainName`]: "<your domain>",
      [`${PROJECT}:certificateArn`]: "<your certificate>",
      [`${PROJECT}:alarmEmails`]: ["a@b.example", "<your team>"],
      [`${PROJECT}:secrets`]: { TOKEN: "<your secret>" },
    };

    it("are accepted offline, with a warning each", async () => {
      const { config, warnings } = await readStack(file);

      expect(config.loadBalancer.domainName).to.equal("<your domain>");
      expect(warnings).to.deep.equal(
        [
          ["secrets.TOKEN", "<your secret>"],
          ["certificateArn", "<your certificate>"],
          ["domainName", "<your domain>"],
          ["alarmEmails[1]", "<your team>"],
        ].map(
          ([key, text]) =>
            `${key} is the placeholder ${text} of the template: set your own before the first deployment`,
        ),
      );
    });

    it("are refused in a deployment, with what to do", async () => {
      const error = await refusal(file, deployment);

      expect(error.message).to.equal(
        [
          "test: 4 problems in Pulumi.test.yaml",
          ...[
            ["secrets.TOKEN", "<your secret>"],
            ["certificateArn", "<your certificate>"],
            ["domainName", "<your domain>"],
            ["alarmEmails[1]", "<your team>"],
          ].map(
            ([key, text]) =>
              `  ${PROJECT}:${key} is the placeholder ${text} of the template. Write your own into Pulumi.test.yaml.`,
          ),
        ].join("\n"),
      );
    });

    it("are refused in a deployment that does not say what it is", async () => {
      const error = await refusal({ ...REGION, [`${PROJECT}:image`]: "<release>" }, {});

      expect(error.message).to.equal(
        `test: 1 problem in Pulumi.test.yaml\n  ${PROJECT}:image is the placeholder <release> of the template. Write your own into Pulumi.test.yaml.`,
      );
    });
  });

  describe("secret values", () => {
    const refused = (key: string): string =>
      `test: 1 problem in Pulumi.test.yaml\n  ${PROJECT}:${key} is encrypted, but its value would stand in plain text in the stack's state. Store secrets in Secrets Manager and name their ARN under secrets; set anything else without --secret.`;

    it("an encrypted text is refused, and not shown", async () => {
      const error = await refusal({ ...REGION, [`${PROJECT}:appPath`]: { secure: "v1:abc" } });

      expect(error.message).to.equal(refused("appPath"));
    });

    it("so is an encrypted value inside a map", async () => {
      const error = await refusal({
        ...REGION,
        [`${PROJECT}:environment`]: { MODE: "a", TOKEN: { secure: "v1:abc" } },
      });

      expect(error.message).to.equal(refused("environment"));
    });

    it("a password in place of an ARN is refused, and not shown", async () => {
      const error = await refusal({ ...REGION, [`${PROJECT}:secrets`]: { DB: "hunter2-canary" } });

      expect(error.message).to.equal(
        `test: 1 problem in Pulumi.test.yaml\n  ${PROJECT}:secrets sets DB to a value that is not the ARN of a secret or parameter.`,
      );
    });
  });

  describe("stack files of the template", () => {
    it("dev could be deployed as it is", async () => {
      const { warnings } = await readStack(stackFile("dev"), deployment);

      expect(warnings).to.deep.equal([]);
    });

    it("prod lacks what only its owner knows", async () => {
      const error = await refusal(stackFile("prod"), deployment);

      const [head, ...problems] = error.message.split("\n").map((line) => line.split(" is ")[0]);
      expect(head).to.equal(`test: ${problems.length} problems in Pulumi.test.yaml`);
      expect(problems).to.deep.equal([
        `  ${PROJECT}:allowedAccountIds[0]`,
        `  ${PROJECT}:certificateArn`,
        `  ${PROJECT}:domainName`,
        `  ${PROJECT}:alarmEmails[0]`,
      ]);
    });

    it("prod can be deployed once that is filled in", async () => {
      const { config, warnings } = await readStack(
        {
          ...stackFile("prod"),
          [`${PROJECT}:allowedAccountIds`]: ["123456789012"],
          [`${PROJECT}:certificateArn`]: "arn:aws:acm:eu-west-1:123456789012:certificate/abc",
          [`${PROJECT}:domainName`]: "api.example.com",
          [`${PROJECT}:alarmEmails`]: ["on-call@example.com"],
        },
        deployment,
      );

      expect(warnings).to.deep.equal([]);
      expect(config.loadBalancer.tls).to.equal("required");
    });

    for (const stack of ["dev", "prod"]) {
      it(`${stack} sets only what differs from the defaults`, () => {
        const defaults = (
          parse(readFileSync("Pulumi.yaml", "utf8")) as {
            config: Record<string, { default: unknown }>;
          }
        ).config;
        const own = Object.entries(stackFile(stack)).filter(([key]) =>
          key.startsWith(`${PROJECT}:`),
        );
        const idle = own.filter(
          ([key, value]) =>
            JSON.stringify(defaults[key.slice(`${PROJECT}:`.length)]?.default) ===
            JSON.stringify(value),
        );

        expect(idle).to.deep.equal([]);
      });
    }
  });
});
