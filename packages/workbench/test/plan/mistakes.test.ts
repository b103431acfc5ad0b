import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { expect } from "chai";
import { planStack } from "../../src/plan/evaluate.ts";
import type { Plan, PlannedResource } from "../../src/plan/types.ts";
import { failure, projectFolder, type ProjectFolder } from "./project-folder.ts";

describe("planStack", () => {
  let folder: ProjectFolder;
  before(async () => {
    folder = await projectFolder({ "Pulumi.prod.yaml": "config:\n  aws:region: us-east-1\n" });
  });
  after(() => folder.remove());

  const plan = (program: () => unknown, stack = "dev") =>
    planStack({ stack, program, root: folder.path });
  const find = ({ resources }: Plan, name: string): PlannedResource => {
    const found = resources.find((resource) => resource.name === name);
    if (found === undefined) throw new Error(`no ${name}`);
    return found;
  };

  describe("mistakes", () => {
    const topic = (displayName: pulumi.Input<string>) => () => {
      new aws.sns.Topic("t", { displayName });
    };
    const refused: [string, () => unknown, string][] = [
      [
        "the text undefined",
        topic("http://undefined/"),
        "aws:sns/topic:Topic t: displayName holds the text undefined",
      ],
      [
        "an Output that is undefined",
        topic(pulumi.output(undefined) as unknown as pulumi.Output<string>),
        "aws:sns/topic:Topic t: displayName is undefined",
      ],
      [
        "an object turned into text",
        topic("x [object Object]"),
        "aws:sns/topic:Topic t: displayName holds an object that was turned into text",
      ],
      [
        "an undefined item of a list",
        () => {
          new aws.ec2.SecurityGroupRule("r", {
            type: "ingress",
            fromPort: 1,
            toPort: 1,
            protocol: "tcp",
            securityGroupId: "sg",
            cidrBlocks: [undefined as unknown as string],
          });
        },
        "aws:ec2/securityGroupRule:SecurityGroupRule r: cidrBlocks[0] is undefined",
      ],
      [
        "an output that the table lacks",
        () => {
          new aws.sns.Topic("t", { displayName: new aws.sqs.Queue("q").policy });
        },
        "aws:sns/topic:Topic t: displayName comes from an output that the plan has no stand-in for",
      ],
      [
        "an undefined stack output",
        () => ({ gone: undefined, there: 1 }),
        "stack output gone is undefined",
      ],
      [
        "an unknown resource type",
        () => {
          new aws.mq.Broker("b", {
            engineType: "ActiveMQ",
            engineVersion: "5",
            hostInstanceType: "mq.t3.micro",
            users: [],
          });
        },
        "aws:mq/broker:Broker b: the plan has no outputs for this resource type: declare them under resources in workbench.config.ts",
      ],
      [
        "an unmocked call",
        () => aws.getIpRanges({ services: ["ec2"] }).then((ranges) => ranges.cidrBlocks.length),
        "the plan has no answer for the function aws:index/getIpRanges:getIpRanges: add one to packages/workbench/src/plan/mocks/calls.ts",
      ],
      [
        "an unmocked call in an Output",
        () => ({ ranges: aws.getIpRangesOutput({ services: ["ec2"] }).cidrBlocks }),
        "the plan has no answer for the function aws:index/getIpRanges:getIpRanges: add one to packages/workbench/src/plan/mocks/calls.ts",
      ],
      [
        "a name used twice",
        () => [new aws.sns.Topic("t"), new aws.sns.Topic("t")].length,
        "aws:sns/topic:Topic t: Duplicate resource URN 'urn:pulumi:dev::shop::aws:sns/topic:Topic::t'; try giving it a unique name",
      ],
      [
        "a name that AWS would refuse",
        () => {
          new aws.lb.TargetGroup("a-name-of-more-than-24-chars", {});
        },
        'aws:lb/targetGroup:TargetGroup a-name-of-more-than-24-chars: name would be "a-name-of-more-than-24-chars-',
      ],
      [
        "an error that the program logs",
        () => pulumi.log.error("this cannot work"),
        "this cannot work",
      ],
    ];
    for (const [what, program, message] of refused)
      it(`${what}: the error names the place`, async () => {
        const text = await failure(plan(program));
        // What follows a stand-in's hexadecimal digits is no business of this test.
        expect(text.slice(0, `PlanError: dev: ${message}`.length)).to.equal(
          `PlanError: dev: ${message}`,
        );
      });

    it("an Output in a template string is found in nested inputs", async () => {
      const program = () => {
        const { arn } = new aws.sns.Topic("t");
        // eslint-disable-next-line @typescript-eslint/restrict-template-expressions, @typescript-eslint/no-base-to-string -- the mistake under test
        new aws.sqs.Queue("q", { tags: { "the.topic": `arn ${arn}` } });
      };
      expect(await failure(plan(program))).to.equal(
        'PlanError: dev: aws:sqs/queue:Queue q: tags["the.topic"] holds an Output that was turned into text: use pulumi.interpolate',
      );
    });

    it("several are listed together, a line each", async () => {
      const program = () => {
        new aws.sns.Topic("b", { displayName: "undefined" });
        new aws.sns.Topic("a", { displayName: "is undefined" });
      };
      expect(await failure(plan(program))).to.equal(
        "PlanError: dev: 2 problems\n  aws:sns/topic:Topic a: displayName holds the text undefined\n  aws:sns/topic:Topic b: displayName holds the text undefined",
      );
    });

    it("plain undefined is an option left alone", async () => {
      const planned = await plan(() => {
        new aws.sns.Topic("t", { displayName: undefined });
      });
      expect(find(planned, "t").inputs).to.deep.equal({});
    });
  });

  describe("errors of the program", () => {
    const refuse = () => {
      throw new pulumi.RunError("2 problems in Pulumi.dev.yaml");
    };

    it("come out as they are", async () => {
      expect(await failure(plan(refuse))).to.equal("Error: 2 problems in Pulumi.dev.yaml");
      expect(await failure(plan(() => Promise.reject(new TypeError("broken"))))).to.equal(
        "TypeError: broken",
      );
    });

    it("come out of an apply whose result is an input", async () => {
      const program = () => {
        const { arn } = new aws.sns.Topic("t");
        new aws.sqs.Queue("q", { name: arn.apply<string>(refuse) });
      };
      expect(await failure(plan(program))).to.equal(
        'Error: error serializing property "name": 2 problems in Pulumi.dev.yaml',
      );
    });

    it("of one stack leave another that is planned at the same time alone", async () => {
      const late = () => {
        new aws.sns.Topic("t").arn.apply(() => Promise.reject(new Error("dev alone")));
      };
      const [dev, prod] = await Promise.all([
        failure(plan(late, "dev")),
        plan(() => ({ topic: new aws.sns.Topic("t").arn.apply((arn) => arn.length) }), "prod"),
      ]);
      expect(dev).to.equal("Error: dev alone");
      expect(prod.resources.length).to.equal(2);
    });
  });
});
