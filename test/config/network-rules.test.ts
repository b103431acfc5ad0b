import { expect } from "chai";
import { OWN_VPC } from "../../config/network-rules.ts";
import { broken, projectFile } from "./helpers/values.ts";

type Settings = Record<string, unknown>;
const ACCOUNT = "eu-west-1:123456789012";

function table(rows: [string, Settings, string[]][]): void {
  for (const [name, settings, sentences] of rows) {
    it(`${name}: ${sentences.length === 0 ? "accepted" : "refused"}`, () => {
      expect(broken(settings)).to.deep.equal(sentences);
    });
  }
}

describe("rules of the network", () => {
  describe("range of the VPC", () => {
    const outside = "so that every subnet has room: the load balancer's are /27 at least.";
    const nobody = "which AWS gives to no VPC. Take a private range such as 10.0.0.0/16.";
    const overlaps =
      "of peerCidrs: AWS peers no networks that share addresses. Take another range before the VPC exists, which another one would replace.";
    table([
      ["the largest", { vpcCidr: "172.16.0.0/16" }, []],
      ["the smallest", { vpcCidr: "172.16.224.0/19" }, []],
      [
        "too large",
        { vpcCidr: "10.0.0.0/15" },
        [`vpcCidr is 10.0.0.0/15, but it has to be a /16 to /19, ${outside}`],
      ],
      [
        "too small",
        { vpcCidr: "10.0.0.0/20" },
        [`vpcCidr is 10.0.0.0/20, but it has to be a /16 to /19, ${outside}`],
      ],
      [
        "not the start",
        { vpcCidr: "10.0.5.0/16" },
        ["vpcCidr is 10.0.5.0/16, which is not the start of a range. Write 10.0.0.0/16."],
      ],
      [
        "no range",
        { vpcCidr: "10.0.256.0/16" },
        ["vpcCidr is 10.0.256.0/16, but it has to be an IPv4 range such as 10.0.0.0/16."],
      ],
      ...[
        ["127.0.0.0/16", "127.0.0.0/8"],
        ["0.0.0.0/16", "0.0.0.0/8"],
        ["169.254.0.0/16", "169.254.0.0/16"],
        ["224.0.0.0/16", "224.0.0.0/3"],
        ["255.255.0.0/16", "224.0.0.0/3"],
      ].map(([vpcCidr = "", range = ""]): [string, Settings, string[]] => [
        vpcCidr,
        { vpcCidr },
        [`vpcCidr is ${vpcCidr}, in ${range}, ${nobody}`],
      ]),
      ["beside a network that it is peered with", { peerCidrs: ["10.1.0.0/16"] }, []],
      [
        "around one of two networks that it is peered with",
        { peerCidrs: ["172.31.0.0/16", "10.0.240.0/20"] },
        [`vpcCidr is 10.0.0.0/16, which overlaps 10.0.240.0/20 ${overlaps}`],
      ],
      [
        "within one that it is peered with",
        { vpcCidr: "10.7.0.0/19", peerCidrs: ["10.0.0.0/8"] },
        [`vpcCidr is 10.7.0.0/19, which overlaps 10.0.0.0/8 ${overlaps}`],
      ],
      [
        "beside no range",
        { peerCidrs: ["10.1.0.7/16"] },
        ["peerCidrs holds 10.1.0.7/16, which is not the start of a range. Write 10.1.0.0/16."],
      ],
      ["a range that another VPC would have", { vpcId: "vpc-01234567", ...twoPublic() }, []],
    ]);
  });

  describe("private tasks without NAT", () => {
    const isolated = { taskSubnets: "private", natStrategy: "none" };
    const minimum = ["ecr.api", "ecr.dkr", "logs"];
    const unreachable =
      "but private tasks without NAT reach these services only through endpoints. Add them, or set natStrategy to single.";
    table([
      [
        "no endpoint",
        isolated,
        [`interfaceEndpoints lacks ecr.api, ecr.dkr, logs, ${unreachable}`],
      ],
      ["all endpoints", { ...isolated, interfaceEndpoints: minimum }, []],
      [
        "one endpoint missing",
        { ...isolated, interfaceEndpoints: ["ecr.api", "logs"] },
        [`interfaceEndpoints lacks ecr.dkr, ${unreachable}`],
      ],
      [
        "a secret without its endpoint",
        {
          ...isolated,
          interfaceEndpoints: minimum,
          secrets: { A: `arn:aws:secretsmanager:${ACCOUNT}:secret:a-AbCdEf` },
        },
        [`interfaceEndpoints lacks secretsmanager, ${unreachable}`],
      ],
      [
        "a parameter without its endpoint",
        {
          ...isolated,
          interfaceEndpoints: minimum,
          secrets: { A: `arn:aws:ssm:${ACCOUNT}:parameter/a` },
        },
        [`interfaceEndpoints lacks ssm, ${unreachable}`],
      ],
      [
        "a shell without its endpoint",
        { ...isolated, interfaceEndpoints: minimum, executeCommand: "enabled" },
        [`interfaceEndpoints lacks ssmmessages, ${unreachable}`],
      ],
      [
        "everything with its endpoint",
        {
          ...isolated,
          interfaceEndpoints: [...minimum, "secretsmanager", "ssm", "ssmmessages"],
          executeCommand: "enabled",
          secrets: {
            A: `arn:aws:secretsmanager:${ACCOUNT}:secret:a-AbCdEf`,
            B: `arn:aws:ssm:${ACCOUNT}:parameter/b`,
          },
        },
        [],
      ],
      ["NAT in place of endpoints", { taskSubnets: "private", natStrategy: "single" }, []],
      ["public tasks", { taskSubnets: "public", natStrategy: "none" }, []],
    ]);
  });

  describe("existing VPC", () => {
    const vpcId = "vpc-01234567";
    const notOurs =
      "but vpcId names an existing VPC, whose network is not this stack's. Remove it.";
    const onePublic = { publicSubnetIds: ["subnet-01234567"] };
    table([
      [
        "without subnets",
        { vpcId },
        [
          "publicSubnetIds names 0 subnets, but with vpcId the load balancer needs two public subnets in two zones. Name them.",
        ],
      ],
      [
        "with one public subnet",
        { vpcId, ...onePublic },
        [
          "publicSubnetIds names 1 subnet, but with vpcId the load balancer needs two public subnets in two zones. Name them.",
        ],
      ],
      ["with two public subnets", { vpcId, ...twoPublic() }, []],
      ["with the defaults written out", { vpcId, ...twoPublic(), ...OWN_VPC }, []],
      [
        "with settings of another VPC",
        {
          vpcId,
          ...twoPublic(),
          flowLogs: "all",
          interfaceEndpoints: ["ecr.api", "logs"],
          natStrategy: "single",
          availabilityZoneCount: 3,
          vpcCidr: "10.1.0.0/16",
        },
        [
          `vpcCidr is 10.1.0.0/16, ${notOurs}`,
          `availabilityZoneCount is 3, ${notOurs}`,
          `natStrategy is single, ${notOurs}`,
          `interfaceEndpoints is ecr.api, logs, ${notOurs}`,
          `flowLogs is all, ${notOurs}`,
        ],
      ],
      [
        "private tasks without private subnets",
        { vpcId, ...twoPublic(), taskSubnets: "private" },
        [
          "privateSubnetIds names 0 subnets, but taskSubnets is private, so two are needed in two zones. Name them or set taskSubnets to public.",
        ],
      ],
      [
        "private tasks with private subnets",
        {
          vpcId,
          ...twoPublic(),
          taskSubnets: "private",
          privateSubnetIds: ["subnet-0000000a", "subnet-0000000b"],
        },
        [],
      ],
      [
        "subnets without VPC",
        { ...onePublic, privateSubnetIds: ["subnet-0000000a"] },
        [
          "publicSubnetIds names subnets of an existing VPC, but vpcId is empty. Set vpcId or remove the list.",
          "privateSubnetIds names subnets of an existing VPC, but vpcId is empty. Set vpcId or remove the list.",
        ],
      ],
    ]);
  });

  it("takes the same defaults for unset as Pulumi.yaml", () => {
    const { config } = projectFile();
    const declared = Object.keys(OWN_VPC).map((key) => [key, config[key]?.default]);

    expect(Object.fromEntries(declared)).to.deep.equal(OWN_VPC);
  });

  describe("access", () => {
    table([
      ["callers of one office", { ingressCidrs: ["203.0.113.0/24", "198.51.100.7/32"] }, []],
      ["callers still to be named", { ingressCidrs: ["<range of your office>"] }, []],
      [
        "a range that does not exist",
        { ingressCidrs: ["203.0.113.0/33"] },
        ["ingressCidrs holds 203.0.113.0/33, but it has to be an IPv4 range such as 10.0.0.0/16."],
      ],
      [
        "a range that begins in the middle",
        { ingressCidrs: ["203.0.113.9/24"] },
        [
          "ingressCidrs holds 203.0.113.9/24, which is not the start of a range. Write 203.0.113.0/24.",
        ],
      ],
      ["a database's port beside 443", { egressPorts: ["443", "5432"] }, []],
      [
        "a database's port alone",
        { egressPorts: ["5432"] },
        [
          "egressPorts lacks 443, by which tasks reach the registry, the logs and the table: none would start. Add it.",
        ],
      ],
    ]);
  });
});

function twoPublic(): Settings {
  return { publicSubnetIds: ["subnet-01234567", "subnet-89abcdef"] };
}
