import { expect } from "chai";
import { comparePlans } from "@koa-fargate/workbench/review/diff/compare.ts";
import type { Json, Plan } from "@koa-fargate/workbench/plan/types.ts";
import { planFrozen } from "../helpers/frozen.ts";
import { edgeProblems } from "./helpers/edge.ts";
import { invariants } from "./helpers/invariants.ts";
import { all, at, byName, component, names, one, planOf } from "./helpers/plans.ts";

const HTTPS = "load-balancer-https";
const certificateArn = "arn:aws:acm:eu-west-1:123456789012:certificate/abc";
const domainName = "api.example.com";
const named = { hostedZone: "example.com", domainName };
const withExtra = { ...named, extraDomainNames: ["www.example.com", "example.com"] };

/** Resources of the front door, by type and name. */
const edge = (plan: Plan): string[] =>
  plan.resources
    .filter((resource) => ["domain", "records"].includes(component(plan, resource)))
    .map(({ type, name }) => `${type.split(":").at(-1) ?? ""} ${name}`)
    .sort();

const listenerCertificate = (plan: Plan): Json | undefined =>
  one(plan, "lb/listener:Listener", HTTPS).inputs["certificateArn"];

const alias = (plan: Plan): Json => {
  const { outputs } = one(plan, "lb/loadBalancer:LoadBalancer");
  const { dnsName = "", zoneId = "" } = outputs;
  return [{ name: dnsName, zoneId, evaluateTargetHealth: false }];
};

const RECORDS = ["DomainRecords records", `Record records-${domainName}-a`].concat([
  `Record records-${domainName}-aaaa`,
]);
const MADE = ["Certificate domain", "CertificateValidation domain", "Domain domain"].concat([
  `Record domain-${domainName}`,
]);

describe("the front door", () => {
  it("without a zone there is none, and a stack with its own certificate and record stays as it was", async () => {
    const plan = await planOf("dev", { domainName, certificateArn });

    expect(edge(plan)).to.deep.equal([]);
    expect(listenerCertificate(plan)).to.equal(certificateArn);
    expect(Object.keys(plan.outputs)).not.to.include("nameServers");
    expect(edge(await planOf("dev"))).to.deep.equal([]);
  });

  it("a zone by its id: certificate, its proof, and both kinds of address, in that zone", async () => {
    const plan = await planOf("dev", { ...named, hostedZone: "Z0123456789ABC" });
    const validation = one(plan, "CertificateValidation");

    expect(edge(plan)).to.deep.equal([...MADE, ...RECORDS].sort());
    expect(plan.invokes.map(({ token }) => token)).not.to.include("aws:route53/getZone:getZone");
    expect(byName(plan, "Record", ({ inputs }) => inputs["zoneId"])).to.deep.equal({
      [`domain-${domainName}`]: "Z0123456789ABC",
      [`records-${domainName}-a`]: "Z0123456789ABC",
      [`records-${domainName}-aaaa`]: "Z0123456789ABC",
    });
    expect(one(plan, "Certificate").inputs).to.deep.equal({
      domainName,
      subjectAlternativeNames: [],
      validationMethod: "DNS",
    });
    expect(validation.inputs).to.deep.equal({
      certificateArn: one(plan, "Certificate").outputs["arn"],
      validationRecordFqdns: [one(plan, "Record", `domain-${domainName}`).outputs["fqdn"]],
    });
    expect(listenerCertificate(plan)).to.equal(validation.outputs["certificateArn"]);
    for (const type of ["A", "AAAA"])
      expect(
        one(plan, "Record", `records-${domainName}-${type.toLowerCase()}`).inputs,
      ).to.deep.equal({ zoneId: "Z0123456789ABC", name: domainName, type, aliases: alias(plan) });
    expect(plan.outputs["url"]).to.equal(`https://${domainName}`);
    expect(edgeProblems(plan)).to.deep.equal([]);
  });

  it("a zone by its name is looked up, and public", async () => {
    const plan = await planOf("dev", named);
    const [call] = plan.invokes.filter(({ token }) => token.includes("getZone"));

    expect(edge(plan)).to.deep.equal([...MADE, ...RECORDS].sort());
    expect(call?.args).to.deep.equal({ name: "example.com", privateZone: false });
    expect(edgeProblems(plan)).to.deep.equal([]);
  });

  it("a zone that is created hands out its name servers, and takes its records with it", async () => {
    const plan = await planOf("prod", { ...named, createHostedZone: true, certificateArn: "" });
    const zone = one(plan, "Zone");

    expect(edge(plan)).to.deep.equal([...MADE, "Zone domain", ...RECORDS].sort());
    expect(zone.inputs).to.deep.equal({ name: "example.com", comment: "Managed by Pulumi" });
    expect(zone.options).to.deep.include({ protect: true, retainOnDelete: true });
    expect(plan.outputs["nameServers"]).to.deep.equal(zone.outputs["nameServers"]);
    expect(one(plan, "Record", `domain-${domainName}`).options).not.to.have.property(
      "retainOnDelete",
    );
    expect(all(plan, "Record").map(({ inputs }) => inputs["zoneId"])).to.deep.equal(
      Array(3).fill(zone.outputs["zoneId"]),
    );
    expect(edgeProblems(plan)).to.deep.equal([]);
  });

  it("a certificate by its ARN goes on working, with records beside it", async () => {
    const plan = await planOf("dev", { ...named, certificateArn });

    expect(edge(plan)).to.deep.equal(["Domain domain", ...RECORDS].sort());
    expect(listenerCertificate(plan)).to.equal(certificateArn);
    expect(edgeProblems(plan)).to.deep.equal([]);
  });

  it("further names stand on the certificate, each proven, and lead to the same place", async () => {
    const plan = await planOf("dev", withExtra);
    const hosts = [domainName, "www.example.com", "example.com"];

    expect(names(all(plan, "Record"))).to.deep.equal(
      hosts
        .flatMap((host) => [`domain-${host}`, `records-${host}-a`, `records-${host}-aaaa`])
        .sort(),
    );
    expect(one(plan, "Certificate").inputs["subjectAlternativeNames"]).to.deep.equal(
      hosts.slice(1),
    );
    expect(edgeProblems(plan)).to.deep.equal([]);
  });

  it("in a zone that others use, a proof is shared with other regions and stays behind", async () => {
    const { inputs, options } = one(await planOf("dev", named), "Record", `domain-${domainName}`);

    expect([inputs["allowOverwrite"], options.retainOnDelete]).to.deep.equal([true, true]);
  });

  it("callers are sent once the service is there", async () => {
    const plan = await planOf("dev", named);
    const service = one(plan, "ecs/service:Service");

    for (const record of all(plan, "Record").filter(({ name }) => name.startsWith("records-")))
      expect(record.dependencies).to.include(service.urn);
  });

  it("takes over a stack with a certificate of its own: the listener takes the new one, and nothing is replaced", async () => {
    const before = await planOf("dev", { domainName, certificateArn });
    const { resources } = comparePlans(before, await planOf("dev", named));
    const there = resources.filter(({ operation }) => operation !== "create");
    const created = resources.filter(({ operation }) => operation === "create");

    expect(
      there.map(({ operation, name, properties }) => [
        operation,
        name,
        properties.map(({ path }) => path),
      ]),
    ).to.deep.equal([["update", HTTPS, ["certificateArn"]]]);
    expect(created.map(({ name }) => name).sort()).to.deep.equal(
      ["domain", "domain", `domain-${domainName}`]
        .concat([`records-${domainName}-a`, `records-${domainName}-aaaa`])
        .sort(),
    );
  });

  it("is planned whole before anything exists", async () => {
    const overrides = { ...withExtra, createHostedZone: true };
    const first = await planFrozen({ stack: "dev", phase: "first-preview", overrides });

    expect(edge(first)).to.deep.equal(edge(await planOf("dev", overrides)));
  });

  it("names that change places change nothing", async () => {
    const swapped = { ...named, extraDomainNames: ["example.com", "www.example.com"] };
    const { resources } = comparePlans(
      await planOf("dev", withExtra),
      await planOf("dev", swapped),
    );

    expect(resources.filter(({ type }) => type.includes("route53"))).to.deep.equal([]);
  });

  describe("with everything set", () => {
    invariants("dev", () => planOf("dev", { ...withExtra, createHostedZone: true }));
  });
});

describe("checks of the front door notice", () => {
  const rows: [string, string, (plan: Plan) => Record<string, Json>, string][] = [
    [
      "a record that leads to another load balancer",
      `records-${domainName}-a`,
      ({}) => ({
        aliases: [{ name: "other.eu-west-1.elb.amazonaws.com", zoneId: "Z32O12XQLNTSW2" }],
      }),
      "records-api.example.com-a leads to name other.eu-west-1.elb.amazonaws.com, but the load balancer's is ",
    ],
    [
      "a record in another region's zone of load balancers",
      `records-${domainName}-aaaa`,
      (plan) => ({
        aliases: [
          {
            name: at(alias(plan), 0, "name") ?? "",
            zoneId: "Z35SXDOTRQ7X7K",
            evaluateTargetHealth: false,
          },
        ],
      }),
      "records-api.example.com-aaaa leads to zoneId Z35SXDOTRQ7X7K, but the load balancer's is ",
    ],
    [
      "a certificate of another name",
      "domain",
      () => ({ domainName: "other.example.com" }),
      "domain names example.com, other.example.com, www.example.com, but callers use ",
    ],
    [
      "a certificate that is not the one served",
      HTTPS,
      () => ({ certificateArn }),
      `the listener serves ${certificateArn}, not domain`,
    ],
    [
      "a proof of another name",
      `domain-${domainName}`,
      () => ({ name: "_0.www.example.com." }),
      `nothing proves ${domainName}`,
    ],
    [
      "a record in another zone",
      `records-${domainName}-a`,
      () => ({ zoneId: "Z0" }),
      "records lie in the zones Z",
    ],
  ];
  for (const [what, name, inputs, sentence] of rows)
    it(what, async () => {
      const plan = await planOf("dev", withExtra);
      const changed = plan.resources.map((resource) =>
        resource.name === name && resource.custom
          ? { ...resource, inputs: { ...resource.inputs, ...inputs(plan) } }
          : resource,
      );

      const found = edgeProblems({ ...plan, resources: changed });
      expect(found.filter((problem) => problem.startsWith(sentence))).to.have.length(1);
    });

  it("a certificate of another region", async () => {
    const plan = await planOf("dev", named);
    const moved = plan.resources.map((resource) => ({
      ...resource,
      outputs: JSON.parse(
        JSON.stringify(resource.outputs).replaceAll("acm:eu-west-1", "acm:us-east-1"),
      ) as typeof resource.outputs,
    }));

    expect(edgeProblems({ ...plan, resources: moved })).to.include(
      "domain is of us-east-1, not of eu-west-1",
    );
  });

  it("a name without one of its addresses", async () => {
    const plan = await planOf("dev", named);
    const resources = plan.resources.filter(({ name }) => name !== `records-${domainName}-aaaa`);

    expect(edgeProblems({ ...plan, resources })).to.deep.equal([
      `${domainName} has records of type A alone`,
    ]);
  });
});
