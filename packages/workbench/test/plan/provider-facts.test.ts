import { expect } from "chai";
import { readFileSync } from "node:fs";
import { FACTS_FILE, providerFacts } from "../../provider-facts.ts";
import { FACTS, filled, forcesNew } from "../../src/plan/provider/facts.ts";

describe("facts of the AWS provider", () => {
  it("are those of the installed version: else run node packages/workbench/provider-facts.ts", () => {
    expect(FACTS).to.deep.equal(providerFacts());
    expect(readFileSync(FACTS_FILE, "utf8")).to.equal(`${JSON.stringify(FACTS)}\n`);
  });

  it("a change that replaces, by the list, by the documentation, and by an exception of all", () => {
    const cases: [string, string, boolean][] = [
      ["aws:lb/targetGroup:TargetGroup", "port", true],
      ["aws:lb/targetGroup:TargetGroup", "deregistrationDelay", false],
      // What the list does not have, and the documentation says.
      ["aws:cloudwatch/alarmMuteRule:AlarmMuteRule", "name", true],
      ["aws:ecs/taskDefinition:TaskDefinition", "cpu", true],
      ["aws:ecs/taskDefinition:TaskDefinition", "tags", false],
      ["aws:sqs/queue:Queue", "visibilityTimeoutSeconds", false],
    ];
    for (const [type, input, replaces] of cases)
      expect(forcesNew(type, input), `${type} ${input}`).to.equal(replaces);
  });

  it("what the SDK adds where it is left out", () => {
    const type = "aws:ec2/securityGroup:SecurityGroup";

    expect(filled(type, { vpcId: "vpc-1" })).to.deep.equal({
      description: "Managed by Pulumi",
      vpcId: "vpc-1",
    });
    expect(filled(type, { description: "ours" })).to.deep.equal({ description: "ours" });
    expect(filled("aws:ec2/vpc:Vpc", { cidrBlock: "10.0.0.0/16" })).to.deep.equal({
      cidrBlock: "10.0.0.0/16",
    });
  });
});
