import { expect } from "chai";
import { riskSentences } from "../../../src/review/diff/risk/sentences.ts";
import { risks, type PlannedInputs } from "../../../src/review/diff/risk/risks.ts";
import { UNKNOWN, type ResourceChange } from "../../../src/review/diff/types.ts";
import type { Json } from "../../../src/plan/types.ts";
import { change, changes } from "./change.ts";

const angle = (text: string): string => `<${text}>`;

const found = (resources: ResourceChange[], planned?: PlannedInputs) =>
  risks(changes(...resources), planned);
const weakened = (resources: ResourceChange[], planned?: PlannedInputs): string[] =>
  riskSentences(found(resources, planned).weakened, angle);
const redundancy = (...resources: ResourceChange[]): string[] =>
  riskSentences(found(resources).redundancy, angle);

const LISTENER = "aws:lb/listener:Listener";
const TASK = "aws:ecs/taskDefinition:TaskDefinition";
const SERVICE = "aws:ecs/service:Service";
const NAT = "aws:ec2/natGateway:NatGateway";
const ROUTE = "aws:ec2/route:Route";
const TARGET = "aws:appautoscaling/target:Target";

describe("Security weakened", () => {
  it("guards and records that are taken away, which is no downtime", () => {
    const gone = [
      change("aws:wafv2/webAclAssociation:WebAclAssociation", "load-balancer", {
        operation: "delete",
      }),
      change("aws:cloudtrail/trail:Trail", "trail", { operation: "delete" }),
      change("aws:ec2/flowLog:FlowLog", "network", { operation: "delete" }),
    ];
    expect(weakened(gone)).to.deep.equal([
      "web ACL association <load-balancer> is deleted: requests are not filtered any more",
      "flow log <network> is deleted: connections in the network are not recorded any more",
      "trail <trail> is deleted: calls of the account's API are not recorded there any more",
    ]);
    expect(found(gone).downtime).to.deep.equal([]);
  });

  it("no web ACL that leaves a load balancer for the distribution before it", () => {
    const association = change("aws:wafv2/webAclAssociation:WebAclAssociation", "load-balancer", {
      operation: "delete",
    });
    const distribution = (after: NonNullable<ResourceChange["after"]>): ResourceChange =>
      change("aws:cloudfront/distribution:Distribution", "distribution", {
        operation: "create",
        after,
      });
    expect(weakened([association, distribution({ webAclId: UNKNOWN })])).to.deep.equal([]);
    for (const without of [{}, { webAclId: "" }])
      expect(weakened([association, distribution(without)])).to.deep.equal([
        "web ACL association <load-balancer> is deleted: requests are not filtered any more",
      ]);
  });

  it("TLS that is given up, by a listener that goes, changes its protocol, or serves what it redirected", () => {
    expect(
      weakened([
        change(LISTENER, "a-https", { operation: "delete", before: { protocol: "HTTPS" } }),
        change(LISTENER, "b-http", {
          before: { protocol: "HTTP", defaultActions: [{ type: "redirect" }] },
          after: { protocol: "HTTP", defaultActions: [{ type: "forward" }] },
        }),
        change(LISTENER, "c", { before: { protocol: "HTTPS" }, after: { protocol: "HTTP" } }),
        change(LISTENER, "d-plain", { operation: "delete", before: { protocol: "HTTP" } }),
      ]),
    ).to.deep.equal([
      "listener <a-https> is deleted: what it took by TLS is refused, or taken unencrypted by another",
      "listener <b-http> serves requests that it redirected before, to HTTPS as a rule",
      "listener <c> takes requests unencrypted, by <HTTP>",
    ]);
  });

  it("TLS policies by the oldest version that they let in", () => {
    const policy = (before: string, after: string): number =>
      weakened([
        change(LISTENER, "https", { before: { sslPolicy: before }, after: { sslPolicy: after } }),
      ]).length;
    const [best, good, old, oldest] = [
      "ELBSecurityPolicy-TLS13-1-3-2021-06",
      "ELBSecurityPolicy-TLS13-1-2-Res-PQ-2025-09",
      "ELBSecurityPolicy-TLS-1-1-2017-01",
      "ELBSecurityPolicy-2016-08",
    ];
    expect([policy(best, good), policy(good, old), policy(old, oldest)]).to.deep.equal([1, 1, 1]);
    expect([policy(good, good), policy(oldest, old), policy(old, good)]).to.deep.equal([0, 0, 0]);
    expect(policy(good, "ELBSecurityPolicy-FS-1-2-2019-08")).to.equal(0);
  });

  it("settings of logs, keys, images and tasks", () => {
    const from = (type: string, before: Record<string, Json>, after: Record<string, Json>) =>
      change(type, "it", { before, after });
    expect(
      weakened([
        from("aws:lb/loadBalancer:LoadBalancer", { accessLogs: { enabled: true } }, {}),
        from("aws:cloudtrail/trail:Trail", {}, { enableLogging: false }),
        from("aws:kms/key:Key", { enableKeyRotation: true }, { enableKeyRotation: false }),
        from("aws:cloudwatch/logGroup:LogGroup", { kmsKeyId: "arn:key" }, {}),
        from(
          "aws:ecr/repository:Repository",
          { imageTagMutability: "IMMUTABLE" },
          { imageTagMutability: "MUTABLE" },
        ),
        from(SERVICE, {}, { enableExecuteCommand: true }),
      ]).sort(),
    ).to.deep.equal([
      "ECS service <it> lets commands be run inside of its tasks",
      "encryption key <it> is not rotated any more",
      "image repository <it> lets another image be pushed under a tag that is there",
      "load balancer <it> does not record requests any more",
      "log group <it> is not encrypted by a key of its own any more",
      "trail <it> does not record any more",
    ]);
  });

  it("a web ACL that loses a rule, or only counts", () => {
    const rule = (name: string, overrideAction: Json): Json => ({ name, overrideAction });
    const type = "aws:wafv2/webAcl:WebAcl";
    expect(
      weakened([
        change(type, "acl", {
          before: { rules: [rule("a", { none: {} }), rule("b", { none: {} })] },
          after: { rules: [rule("b", { count: {} }), rule("c", { none: {} })] },
        }),
      ]),
    ).to.deep.equal([
      "web ACL <acl> does not have the rule <a> any more",
      "web ACL <acl> only counts what the rule <b> blocked",
    ]);
  });

  const container = (rest: Record<string, Json>): Record<string, Json> => ({
    containerDefinitions: JSON.stringify([{ name: "app", ...rest }]),
  });
  const strict = container({
    readonlyRootFilesystem: true,
    user: "65532:65532",
    linuxParameters: { capabilities: { drop: ["ALL"] } },
    secrets: [
      { name: "API_KEYS", valueFrom: "arn" },
      { name: "TOKEN", valueFrom: "arn" },
    ],
    environment: [
      { name: "AUTH", value: "api-key" },
      { name: "NOTE", value: "off" },
    ],
  });
  const loose = container({
    privileged: true,
    user: "root",
    secrets: [],
    environment: [
      { name: "AUTH", value: "none" },
      { name: "NOTE", value: "none" },
      { name: "TOKEN", value: "x" },
      { name: "TLS_VERIFY", value: "false" },
    ],
  });
  const LOOSE = [
    "task definition <api> lets its container change its own files",
    "task definition <api> runs its container privileged",
    "task definition <api> runs its container as root, if its image names no user",
    "task definition <api> leaves its container Linux capabilities",
    "task definition <api> does not get the secret <API_KEYS> any more",
    "task definition <api> gets <TOKEN> as plain text in place of a secret",
    "task definition <api> sets <AUTH> to <none>",
  ];

  it("containers that may do more, and lose secrets or their switches of protection", () => {
    const of = (before: Record<string, Json>, after: Record<string, Json>): string[] =>
      weakened([change(TASK, "api", { operation: "replace", before, after })]);
    expect(of(strict, loose)).to.deep.equal(LOOSE);
    expect(of(strict, strict)).to.deep.equal([]);
  });

  it("of containers that a preview does not know, by the offline plan", () => {
    const task = change(TASK, "api", {
      ...{ operation: "replace", before: strict },
      after: { containerDefinitions: UNKNOWN },
    });
    expect(weakened([task])).to.deep.equal([]);
    expect(weakened([task], new Map([[task.urn, loose]]))).to.deep.equal(LOOSE);
  });
});

describe("Redundancy lost", () => {
  it("fewer tasks, subnets and nodes, and no way back by itself", () => {
    const breaker = (rollback: boolean): Json => ({ enable: true, rollback });
    expect(
      redundancy(
        change(TARGET, "api", {
          before: { minCapacity: 3, maxCapacity: 12 },
          after: { minCapacity: 1, maxCapacity: 12 },
        }),
        change(SERVICE, "api", {
          before: {
            networkConfiguration: { subnets: ["a", "b", "c"] },
            deploymentCircuitBreaker: breaker(true),
          },
          after: {
            networkConfiguration: { subnets: ["a", "b"] },
            deploymentCircuitBreaker: breaker(false),
          },
        }),
      ),
    ).to.deep.equal([
      "scalable target <api> keeps at least <1> instead of <3> tasks",
      "ECS service <api> is in <2> instead of <3> subnets",
      "ECS service <api> does not go back by itself when tasks of a deployment fail",
    ]);
  });

  it("Spot capacity alone", () => {
    const spot = { capacityProvider: "FARGATE_SPOT", weight: 1 };
    const sure = { capacityProvider: "FARGATE", base: 1, weight: 0 };
    const service = (before: Json, after: Json) =>
      redundancy(
        change(SERVICE, "api", {
          before: { capacityProviderStrategies: before },
          after: { capacityProviderStrategies: after },
        }),
      );
    expect(service([sure, spot], [spot])).to.deep.equal([
      "ECS service <api> may run on Spot capacity alone",
    ]);
    expect(service([spot], [sure, spot])).to.deep.equal([]);
  });

  it("NAT gateways that others stand in for: no downtime", () => {
    const fewer = [
      change(NAT, "network-2", { operation: "delete" }),
      change(ROUTE, "network-private-2", {
        properties: [{ path: "natGatewayId", before: "b", after: "a", replaces: false }],
      }),
    ];
    expect(redundancy(...fewer)).to.deep.equal([
      "NAT gateway <network-2> is deleted: private tasks of its zone use another's, and lose their way out with that one",
    ]);
    expect(found(fewer).downtime).to.deep.equal([]);
  });
});

describe("Ways out", () => {
  const gone = [
    change(NAT, "network-1", { operation: "delete" }),
    change(ROUTE, "network-private-1", { operation: "delete" }),
  ];
  const service = (name: string, before: boolean, after: boolean) =>
    change(SERVICE, name, {
      before: { networkConfiguration: { assignPublicIp: before } },
      after: { networkConfiguration: { assignPublicIp: after } },
    });
  const downtime = (resources: ResourceChange[], planned?: PlannedInputs): number =>
    found(resources, planned).downtime.length;

  it("are not missed by tasks that move to public subnets, unless others stay", () => {
    const moving = service("api", false, true);
    expect(downtime(gone)).to.equal(2);
    expect(downtime([...gone, moving])).to.equal(0);
    expect(downtime([...gone, moving, service("worker", false, false)])).to.equal(2);
    const worker = { networkConfiguration: { assignPublicIp: false } };
    const planned = new Map([[change(SERVICE, "worker").urn, worker]]);
    expect(downtime([...gone, moving], planned)).to.equal(2);
  });
});

describe("Newly public", () => {
  const open = (cidrIpv4: string): number =>
    found([
      change("aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule", "rule", {
        operation: "create",
        after: { cidrIpv4, ipProtocol: "tcp", fromPort: 443, toPort: 443 },
      }),
    ]).exposure.length;

  it("also half of the internet, and no private range", () => {
    expect(["0.0.0.0/0", "128.0.0.0/1", "64.0.0.0/3", "::/0", "2000::/3"].map(open)).to.deep.equal([
      1, 1, 1, 1, 1,
    ]);
    expect(["10.0.0.0/8", "203.0.113.0/24", "fc00::/7", "2600:1f00::/24"].map(open)).to.deep.equal([
      0, 0, 0, 0,
    ]);
  });
});
