import { expect } from "chai";
import { comparePlans } from "@koa-fargate/workbench/review/diff/compare.ts";
import { risks } from "@koa-fargate/workbench/review/diff/risk/risks.ts";
import type { Json, Plan } from "@koa-fargate/workbench/plan/types.ts";
import { digest } from "@koa-fargate/workbench/plan/mocks/resource.ts";
import { LOG_FIELDS } from "../../components/edge/cloudfront.ts";
import { SECRET_HEADERS } from "../../components/load-balancer/waf-rules.ts";
import { services as pathAndHost } from "../../examples/second-service/services.ts";
import program from "../../index.ts";
import { planFrozen } from "../helpers/frozen.ts";
import { PROJECT } from "../helpers/project.ts";
import { edgeProblems } from "./helpers/edge.ts";
import { invariants } from "./helpers/invariants.ts";
import { all, at, byName, component, names, one, parsed, planOf, show } from "./helpers/plans.ts";

const domainName = "api.example.com";
const named = { edge: "cloudfront", hostedZone: "example.com", domainName };
const viewers = "arn:aws:acm:us-east-1:123456789012:certificate/abc";
/** The list of CloudFront's addresses, as plans have it. */
const LIST = `pl-${digest("com.amazonaws.global.cloudfront.origin-facing").slice(0, 8)}`;
const ALIAS = ["name", "zoneId", "evaluateTargetHealth"] as const;

/** Resources of CloudFront and of what stands behind it, by type and name. */
const front = (plan: Plan): string[] =>
  plan.resources
    .filter(
      (resource) =>
        resource.custom &&
        ["distribution", "distribution-acl", "domain", "internal-balancer", "records"].includes(
          component(plan, resource),
        ),
    )
    .map(({ type, name }) => `${type.split(":").at(-1) ?? ""} ${name}`)
    .sort();

const distribution = (plan: Plan) => one(plan, "cloudfront/distribution:Distribution");
const origin = (plan: Plan) => one(plan, "VpcOrigin");
const balancer = (plan: Plan) => one(plan, "lb/loadBalancer:LoadBalancer");

const BALANCER = [
  "Listener internal-balancer-http",
  "ListenerRule internal-balancer-forward",
  "LoadBalancer internal-balancer",
  "SecurityGroup internal-balancer",
  "TargetGroup internal-balancer-blue",
];
const DISTRIBUTION = [
  "Distribution distribution",
  "LogDelivery distribution",
  "LogDeliveryDestination distribution",
  "LogDeliverySource distribution",
  "VpcOrigin distribution",
];

describe("CloudFront before the load balancer", () => {
  it("without a domain: HTTPS by CloudFront's own name, before an internal load balancer", async () => {
    const plan = await planOf("dev", { edge: "cloudfront" });
    const { inputs, outputs } = distribution(plan);

    expect(front(plan)).to.deep.equal(
      [...BALANCER, "SecurityGroupIngressRule internal-balancer-80", ...DISTRIBUTION].sort(),
    );
    expect(inputs).to.deep.equal({
      enabled: true,
      comment: `${PROJECT}-dev`,
      aliases: [],
      httpVersion: "http2and3",
      isIpv6Enabled: true,
      origins: [
        {
          originId: "load-balancer",
          domainName: balancer(plan).outputs["dnsName"],
          vpcOriginConfig: {
            vpcOriginId: origin(plan).outputs["id"],
            originReadTimeout: 10,
            originKeepaliveTimeout: 55,
          },
        },
      ],
      defaultCacheBehavior: {
        targetOriginId: "load-balancer",
        viewerProtocolPolicy: "redirect-to-https",
        allowedMethods: ["DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT"],
        cachedMethods: ["GET", "HEAD"],
        compress: true,
        // CachingDisabled, AllViewer and SecurityHeadersPolicy.
        cachePolicyId: "4135ea2d-6df8-44a3-9df3-4b5a84be39ad",
        originRequestPolicyId: "216adef6-5c7f-47e4-b989-5492eafa07d3",
        responseHeadersPolicyId: "67f7725c-6f97-4210-82d7-5512b31e9d03",
      },
      restrictions: { geoRestriction: { restrictionType: "none" } },
      viewerCertificate: { cloudfrontDefaultCertificate: true },
    });
    expect(plan.outputs["url"]).to.equal(`https://${show(outputs["domainName"])}`);
    expect(plan.outputs["distributionDnsName"]).to.equal(outputs["domainName"]);
    expect(edgeProblems(plan)).to.deep.equal([]);
  });

  it("the load balancer lies in private subnets, has no public address, and lets CloudFront's servers in alone", async () => {
    const plan = await planOf("dev", { edge: "cloudfront" });
    const { inputs, outputs } = balancer(plan);
    const subnets = byName(plan, "Subnet", (subnet) => subnet.outputs["id"]);
    const [call] = plan.invokes.filter(({ token }) => token.includes("getManagedPrefixList"));

    expect(inputs["internal"]).to.equal(true);
    expect(inputs["subnets"]).to.deep.equal([
      subnets["network-private-1"],
      subnets["network-private-2"],
    ]);
    // CloudFront has appended the caller's address, and the app trusts the last one.
    expect(inputs["xffHeaderProcessingMode"]).to.equal("preserve");
    expect(call?.args).to.deep.equal({ name: "com.amazonaws.global.cloudfront.origin-facing" });
    expect(one(plan, "SecurityGroupIngressRule", "internal-balancer-80").inputs).to.deep.equal({
      securityGroupId: one(plan, "SecurityGroup", "internal-balancer").outputs["id"],
      description: "CloudFront",
      ipProtocol: "tcp",
      fromPort: 80,
      toPort: 80,
      prefixListId: LIST,
    });
    expect(origin(plan).inputs).to.deep.equal({
      vpcOriginEndpointConfig: {
        name: `${PROJECT}-dev-http-${show(outputs["arnSuffix"]).split("/").at(-1) ?? ""}`,
        arn: outputs["arn"],
        httpPort: 80,
        httpsPort: 443,
        originProtocolPolicy: "http-only",
        originSslProtocols: { items: ["TLSv1.2"], quantity: 1 },
      },
    });
  });

  it("a stack before a load balancer asks for no list of CloudFront's", async () => {
    const plan = await planOf("dev");

    expect(plan.invokes.map(({ token }) => token).filter((token) => token.includes("Prefix")))
      .to // prettier-ignore
      .deep.equal([]);
    expect(balancer(plan).inputs).not.to.have.any.keys("internal", "xffHeaderProcessingMode");
  });

  it("with a zone: a certificate for each side by one proof, HTTPS all the way to the load balancer, names that lead to CloudFront", async () => {
    const plan = await planOf("dev", named);
    const { inputs, outputs } = distribution(plan);
    const issued = byName(plan, "CertificateValidation", ({ outputs: { certificateArn } }) =>
      show(certificateArn),
    );

    expect(front(plan)).to.deep.equal(
      [
        ...BALANCER,
        "Listener internal-balancer-https",
        "SecurityGroupIngressRule internal-balancer-443",
        ...DISTRIBUTION,
        ...["Certificate domain", "Certificate domain-viewer"],
        ...["CertificateValidation domain", "CertificateValidation domain-viewer"],
        `Record domain-${domainName}`,
        ...["a", "aaaa"].map((type) => `Record records-${domainName}-${type}`),
      ].sort(),
    );
    expect(inputs["aliases"]).to.deep.equal([domainName]);
    expect(inputs["viewerCertificate"]).to.deep.equal({
      acmCertificateArn: issued["domain-viewer"],
      sslSupportMethod: "sni-only",
      minimumProtocolVersion: "TLSv1.2_2021",
    });
    expect(one(plan, "Certificate", "domain-viewer").inputs).to.deep.equal({
      region: "us-east-1",
      domainName,
      subjectAlternativeNames: [],
      validationMethod: "DNS",
    });
    expect(issued["domain-viewer"]).to.match(/^arn:aws:acm:us-east-1:/);
    expect(
      one(plan, "lb/listener:Listener", "internal-balancer-https").inputs["certificateArn"],
    ).to.equal(issued["domain"]);
    expect(at(origin(plan).inputs, "vpcOriginEndpointConfig", "originProtocolPolicy")).to.equal(
      "https-only",
    );
    for (const type of ["a", "aaaa"]) {
      const [alias] = one(plan, "Record", `records-${domainName}-${type}`).inputs[
        "aliases"
      ] as Record<(typeof ALIAS)[number], Json>[];
      expect(ALIAS.map((key) => alias?.[key])).to.deep.equal([
        outputs["domainName"],
        "Z2FDTNDATAQYW2",
        false,
      ]);
    }
    expect(plan.outputs["url"]).to.equal(`https://${domainName}`);
    expect(edgeProblems(plan)).to.deep.equal([]);
  });

  it("a certificate by its ARN is CloudFront's", async () => {
    const plan = await planOf("dev", { edge: "cloudfront", domainName, certificateArn: viewers });

    expect(at(distribution(plan).inputs, "viewerCertificate", "acmCertificateArn")).to.equal(
      viewers,
    );
    expect(distribution(plan).inputs["aliases"]).to.deep.equal([domainName]);
    expect(names(all(plan, "lb/listener:Listener"))).to.deep.equal(["internal-balancer-http"]);
    expect(edgeProblems(plan)).to.deep.equal([]);
    expect(edgeProblems(await planOf("dev", { ...named, certificateArn: viewers }))).to.deep.equal(
      [],
    );
  });

  it("its web ACL and what that logs are in CloudFront's region, without the stack's key, and no other is left", async () => {
    const plan = await planOf("prod", { ...named, certificateArn: "" });
    const acl = one(plan, "WebAcl");
    const group = one(plan, "LogGroup", "distribution-acl");

    expect(acl.inputs["scope"]).to.equal("CLOUDFRONT");
    expect(acl.outputs["arn"]).to.match(/^arn:aws:wafv2:us-east-1:\d{12}:global\/webacl\//);
    expect(distribution(plan).inputs["webAclId"]).to.equal(acl.outputs["arn"]);
    expect(all(plan, "WebAclAssociation")).to.deep.equal([]);
    for (const type of ["WebAcl", "WebAclLoggingConfiguration"])
      expect(one(plan, type).inputs["region"]).to.equal("us-east-1");
    expect([group.inputs["region"], group.inputs["kmsKeyId"]]).to.deep.equal(["us-east-1", undefined]); // prettier-ignore
    expect(
      at(parsed(one(plan, "LogResourcePolicy", "distribution-acl").inputs["policyDocument"]), ...["Statement", 0, "Condition", "ArnLike", "aws:SourceArn"]), // prettier-ignore
    ).to.match(/^arn:aws:logs:us-east-1:/);
    expect(edgeProblems(plan)).to.deep.equal([]);
  });

  it("its log goes to the logs bucket, which lets it in, and holds nothing by which callers prove who they are", async () => {
    const plan = await planOf("dev", { edge: "cloudfront" });
    const region = "us-east-1";
    const logs = one(plan, "s3/bucket:Bucket", "storage-logs").outputs["arn"];
    const policy = parsed(one(plan, "BucketPolicy", "storage-logs-policy").inputs["policy"]);
    const account = show(distribution(plan).outputs["arn"]).split(":")[4] ?? "";

    expect(one(plan, "LogDeliverySource").inputs).to.deep.equal({
      ...{ region, name: `${PROJECT}-dev`, logType: "ACCESS_LOGS" },
      resourceArn: distribution(plan).outputs["arn"],
    });
    expect(one(plan, "LogDeliveryDestination").inputs).to.deep.equal({
      ...{ region, name: `${PROJECT}-dev`, outputFormat: "json" },
      deliveryDestinationConfiguration: { destinationResourceArn: logs },
    });
    expect(one(plan, "LogDelivery").inputs).to.deep.equal({
      region,
      deliverySourceName: `${PROJECT}-dev`,
      deliveryDestinationArn: one(plan, "LogDeliveryDestination").outputs["arn"],
      recordFields: LOG_FIELDS,
    });
    const secret = [...SECRET_HEADERS, "cookie"].map((header) => `cs(${header})`);
    expect(LOG_FIELDS.filter((field) => secret.includes(field.toLowerCase()))).to.deep.equal([]);
    expect(
      (at(policy, "Statement") as { Sid: string }[]).find(({ Sid }) => Sid === "DistributionLogs"),
    ).to.deep.equal({
      Sid: "DistributionLogs",
      Effect: "Allow",
      Principal: { Service: "delivery.logs.amazonaws.com" },
      Action: ["s3:PutObject"],
      Resource: [`${show(logs)}/AWSLogs/${account}/CloudFront/*`],
      Condition: {
        StringEquals: {
          "aws:SourceAccount": account,
          "s3:x-amz-acl": "bucket-owner-full-control",
        },
        ArnLike: { "aws:SourceArn": `arn:aws:logs:us-east-1:${account}:delivery-source:*` },
      },
    });
  });

  it("is protected where what holds traffic is", async () => {
    expect(
      distribution(await planOf("prod", { ...named, certificateArn: "" })).options.protect,
    ).to.equal(true);
    expect(distribution(await planOf("dev", { edge: "cloudfront" })).options.protect).not.to.equal(
      true,
    );
  });

  it("a change of what leads into the VPC makes a new way beside the old one", async () => {
    const [before, after] = await Promise.all([
      planOf("dev", { edge: "cloudfront" }),
      planOf("dev", named),
    ]);
    const changed = comparePlans(before, after).resources.find(
      ({ type }) => type === "aws:cloudfront/vpcOrigin:VpcOrigin",
    );

    expect(changed?.operation).to.equal("replace");
    expect(origin(after).options.deleteBeforeReplace).not.to.equal(true);
  });

  it("is planned whole before anything exists", async () => {
    const first = await planFrozen({ stack: "dev", phase: "first-preview", overrides: named });

    expect(front(first)).to.deep.equal(front(await planOf("dev", named)));
  });

  it("services with a path or a host name of their own are called by its names", async () => {
    const plan = await planFrozen({
      stack: "dev",
      overrides: { edge: "cloudfront" },
      program: () => program({ offline: true, services: pathAndHost }),
    });
    const { services, url } = plan.outputs as {
      services: Record<string, { url?: string }>;
      url: string;
    };
    // Tasks move once the distribution stands.
    for (const { name, dependencies } of all(plan, "ecs/service:Service"))
      expect(dependencies, name).to.include(distribution(plan).urn);
    const urls = Object.values(services).flatMap((service) => service.url ?? []);

    expect(urls).not.to.deep.equal([]);
    expect(urls.filter((each) => !each.startsWith(url))).to.deep.equal([]);
  });

  describe("with everything set", () => {
    invariants("prod", () =>
      planOf("prod", {
        ...named,
        certificateArn: "",
        createHostedZone: true,
        extraDomainNames: ["www.example.com"],
      }),
    );
  });
});

describe("edge that changes on a stack", () => {
  const changes = async (before: object, after: object) =>
    comparePlans(
      await planOf("dev", before as Record<string, unknown>),
      await planOf("dev", after as Record<string, unknown>),
    ).resources;

  for (const [what, before, after] of [
    ["to cloudfront", {}, { edge: "cloudfront" }],
    ["back", { edge: "cloudfront" }, {}],
    ["to cloudfront, with a domain", { hostedZone: "example.com", domainName }, named],
  ] as const)
    it(`${what}: both load balancers stand until the tasks have moved, and nothing else is replaced but the rule between them`, async () => {
      const found = await changes(before, after);
      const of = (operation: string): string[] =>
        found
          .filter((change) => change.operation === operation)
          .map(({ name }) => name)
          .sort();

      expect(of("replace")).to.deep.equal([
        "api-tasks-from-load-balancer",
        "api-tasks-load-balancer-egress",
      ]);
      const [old, young] =
        what === "back"
          ? ["internal-balancer", "load-balancer"]
          : ["load-balancer", "internal-balancer"];
      expect(of("delete")).to.include.members([old, `${old}-blue`, `${old}-http`]);
      expect(of("create")).to.include.members([young, `${young}-blue`, `${young}-http`]);
      expect(
        found.filter(
          ({ type, operation }) =>
            /:(Bucket|Table|LogGroup|Key|Repository|Topic|Zone|Cluster|Service)$/.test(type) &&
            operation !== "update",
        ),
      ).to.deep.equal([]);
    });

  it("its downtime, and the way without, are said of the load balancer; a protected one is refused", async () => {
    const said = async (stack: string, before: object, after: object): Promise<string[]> => {
      const [old, young] = [before, after].map((more) =>
        planOf(stack, { ...named, ...{ certificateArn: "" }, ...more }),
      );
      const { downtime } = risks(
        comparePlans(await (old ?? planOf(stack)), await (young ?? planOf(stack))),
      );
      return downtime
        .filter(({ noun }) => noun === "load balancer")
        .map(({ resource, consequence }) => `${resource.name}: ${consequence}`);
    };
    const plain = { edge: "load-balancer" };

    for (const [before, after, name] of [
      [plain, {}, "load-balancer"],
      [{}, plain, "internal-balancer"],
    ] as const)
      expect(await said("dev", before, after)).to.deep.equal([
        `${name}: its own name leads nowhere any more, and by a domain requests fail from when its last task has ended until DNS leads to what stands before the new one, some minutes. A second stack beside this one, and a record that moves when it answers, avoid that`,
      ]);
    const canary = { deploymentStrategy: "canary", spotPercent: 0 };
    expect((await said("dev", { ...plain, ...canary }, canary))[0]).to.match(
      /avoid that\. Deploy it as rolling, and set deploymentStrategy again afterwards: no source says how ECS shifts traffic between load balancers$/,
    );
    expect(await said("prod", plain, {})).to.deep.equal([
      "load-balancer: protected, so the deployment will be refused",
    ]);
  });

  it("tasks move once the distribution stands, and names follow them", async () => {
    const plan = await planOf("dev", named);
    const service = one(plan, "ecs/service:Service");

    expect(service.dependencies).to.include(distribution(plan).urn);
    expect(one(plan, "Record", `records-${domainName}-a`).dependencies).to.include(service.urn);
  });
});

describe("checks of CloudFront notice", () => {
  const rows: [string, string, string, Record<string, Json>, string][] = [
    [
      "a distribution that skips the web ACL",
      "Distribution",
      "distribution",
      { webAclId: "" },
      "distribution does not ask the web ACL distribution-acl",
    ],
    [
      "a web ACL of a load balancer",
      "WebAcl",
      "distribution-acl",
      { scope: "REGIONAL" },
      "distribution-acl has the scope REGIONAL, not CLOUDFRONT",
    ],
    [
      "a record that goes round the distribution",
      "Record",
      `records-${domainName}-a`,
      { aliases: [{ name: "other.elb.amazonaws.com", zoneId: "Z2FDTNDATAQYW2" }] },
      `records-${domainName}-a leads to name other.elb.amazonaws.com, but the distribution's is `,
    ],
    [
      "a name that the distribution does not serve",
      "Distribution",
      "distribution",
      { aliases: ["other.example.com"] },
      `distribution serves other.example.com, but callers use ${domainName}`,
    ],
    [
      "another load balancer behind it",
      "VpcOrigin",
      "distribution",
      { vpcOriginEndpointConfig: { arn: "arn:other", originProtocolPolicy: "https-only" } },
      "distribution does not lead to the load balancer",
    ],
    [
      "plain HTTP to a load balancer that serves HTTPS",
      "VpcOrigin",
      "distribution",
      { vpcOriginEndpointConfig: { originProtocolPolicy: "http-only" } },
      "distribution asks by HTTP, but internal-balancer-https serves",
    ],
    [
      "plain HTTP of callers",
      "Distribution",
      "distribution",
      { defaultCacheBehavior: { viewerProtocolPolicy: "allow-all" } },
      "distribution answers plain HTTP",
    ],
    [
      "another certificate of the viewers'",
      "Distribution",
      "distribution",
      { viewerCertificate: { acmCertificateArn: viewers } },
      `the distribution serves ${viewers}, not domain-viewer`,
    ],
  ];
  for (const [what, type, name, inputs, sentence] of rows)
    it(what, async () => {
      const plan = await planOf("prod", { ...named, certificateArn: "" });
      const { urn } = one(plan, type, name);
      const resources = plan.resources.map((resource) =>
        resource.urn === urn
          ? { ...resource, inputs: { ...resource.inputs, ...inputs } }
          : resource,
      );

      const found = edgeProblems({ ...plan, resources });
      expect(found.filter((problem) => problem.startsWith(sentence))).to.have.length(1);
    });

  it("a viewers' certificate of the stack's region", async () => {
    const plan = await planOf("dev", named);
    const resources = plan.resources.map((resource) => ({
      ...resource,
      outputs: JSON.parse(
        JSON.stringify(resource.outputs).replaceAll("acm:us-east-1", "acm:eu-west-1"),
      ) as typeof resource.outputs,
    }));

    expect(edgeProblems({ ...plan, resources })).to.include(
      "domain-viewer is of eu-west-1, not of us-east-1",
    );
  });
});
