import { expect } from "chai";
import { callersNames, strayHosts } from "../../config/edge-rules.ts";
import type { Services } from "../../config/services.ts";
import { broken, valuesWith } from "./helpers/values.ts";

const certificateArn = "arn:aws:acm:eu-west-1:123456789012:certificate/abc";
const named = { hostedZone: "example.com", domainName: "api.example.com" };
const long = `${"a".repeat(53)}.example.com`;

/** What the stack sets, and every sentence that refuses it. */
const ROWS: [string, Record<string, unknown>, string[]][] = [
  ["a zone by its name", named, []],
  ["a zone by its id", { ...named, hostedZone: "Z0123456789ABCDEFGHIJ" }, []],
  ["the zone's own name", { ...named, domainName: "example.com" }, []],
  ["a zone to create", { ...named, createHostedZone: true }, []],
  ["a zone, and a certificate of one's own", { ...named, certificateArn }, []],
  ["TLS that is required, with a certificate to make", { ...named, tls: "required" }, []],
  ["further names", { ...named, extraDomainNames: ["www.example.com", "example.com"] }, []],
  ["a domain still to come", { ...named, domainName: "<your domain>" }, []],
  ["a zone still to come", { ...named, hostedZone: "<your zone>" }, []],
  ["64 characters", { ...named, domainName: long.slice(1) }, []],
  [
    "65 characters on a certificate of one's own",
    { ...named, domainName: long, certificateArn },
    [],
  ],
  ["failover, awake", { ...named, routing: "failover" }, []],
  ["CloudFront without a domain", { edge: "cloudfront", tls: "required" }, []],
  ["CloudFront with a zone", { ...named, edge: "cloudfront" }, []],
  [
    "CloudFront with a certificate of its region",
    {
      edge: "cloudfront",
      domainName: "api.example.com",
      certificateArn: certificateArn.replace("eu-west-1", "us-east-1"),
    },
    [],
  ],
  [
    "CloudFront with a certificate of the stack's region",
    { edge: "cloudfront", domainName: "api.example.com", certificateArn },
    [
      "certificateArn is a certificate of eu-west-1, but edge is cloudfront, which takes certificates of us-east-1 alone. Request one in us-east-1.",
    ],
  ],
  [
    "CloudFront with a name and no certificate",
    { edge: "cloudfront", domainName: "api.example.com" },
    [
      "domainName is api.example.com, but edge is cloudfront, which serves a name by its certificate alone. Set hostedZone, or certificateArn, or remove the name: callers then use CloudFront's own.",
    ],
  ],
  [
    "CloudFront with what its load balancer cannot do",
    {
      ...named,
      edge: "cloudfront",
      routing: "latency",
      ingressCidrs: ["0.0.0.0/0", "203.0.113.0/24"],
      deploymentStrategy: "blue-green",
      testListenerPort: 8443,
      testIngressCidrs: ["203.0.113.0/24"],
      requestTimeoutSeconds: 121,
      deregistrationDelaySeconds: 121,
      idleTimeoutSeconds: 121,
      stopTimeoutSeconds: 120,
      vpcId: "vpc-0a1b2c3d4e5f60718",
      publicSubnetIds: ["subnet-0a1b2c3d4e5f60718", "subnet-1a1b2c3d4e5f60718"],
      privateSubnetIds: ["subnet-2a1b2c3d4e5f60718"],
    },
    [
      "routing is latency, but edge is cloudfront, and CloudFront lets one distribution alone have a name, so no other stack could share it. Use simple, or edge load-balancer.",
      "ingressCidrs holds 0.0.0.0/0, 203.0.113.0/24, but edge is cloudfront, so the load balancer sees CloudFront alone and cannot tell callers apart. Remove it; a rule of the web ACL can.",
      "testListenerPort is 8443, but edge is cloudfront, so the load balancer has no public address that testers could call. Set it to 0.",
      "requestTimeoutSeconds is 121, but edge is cloudfront, which waits 120 seconds at most. Lower it.",
      "privateSubnetIds names fewer than two subnets, but edge is cloudfront, whose load balancer lies in private ones of two zones. Name them.",
      "stopTimeoutSeconds is 120, but draining may take 128 (drainDelaySeconds + requestTimeoutSeconds + 5). Raise it or lower these.",
    ],
  ],
  [
    "routing without a zone",
    { routing: "weighted" },
    [
      "routing is weighted, but hostedZone is empty, so the stack has no record to route by. Set hostedZone, or simple.",
    ],
  ],
  [
    "geolocation without places",
    { ...named, routing: "geolocation" },
    [
      "geolocations is empty, but routing is geolocation: no caller would be sent here. Name places such as continent:EU, and default in one stack.",
    ],
  ],
  [
    "places without geolocation",
    { ...named, geolocations: ["default", "country:DE"] },
    [
      "geolocations names default, country:DE, but routing is simple. Set routing to geolocation, or remove the list.",
    ],
  ],
  [
    "routing by a health check that cannot get in, of a stack that sleeps",
    {
      ...named,
      routing: "latency",
      ingressCidrs: ["203.0.113.0/24"],
      awakeHours: "Mon-Fri 07:00-20:00",
    },
    [
      "routing is latency, but ingressCidrs keeps Route 53's health checkers out, so the stack would count as unhealthy. Use simple, or add 0.0.0.0/0.",
      "routing is latency, but the stack sleeps outside of awakeHours (Mon-Fri 07:00-20:00) and would count as unhealthy then. Use simple, or set awakeHours to always.",
    ],
  ],
  [
    "65 characters",
    { ...named, domainName: long },
    [
      "domainName has 65 characters, but the first name of a certificate may have 64. Set a shorter one, and this one under extraDomainNames.",
    ],
  ],
  [
    "a zone without a name",
    { hostedZone: "example.com" },
    ["domainName is empty, but hostedZone is example.com. Set the host name that callers use."],
  ],
  [
    "a name outside the zone",
    { ...named, domainName: "api.badexample.com", extraDomainNames: ["www.example.org"] },
    [
      "domainName is api.badexample.com, which does not lie in hostedZone (example.com). Choose a name that ends in .example.com, or the zone of this one.",
      "extraDomainNames holds www.example.org, which does not lie in hostedZone (example.com). Remove it: a stack's names share one zone.",
    ],
  ],
  [
    "the same name twice",
    { ...named, extraDomainNames: ["api.example.com"] },
    ["extraDomainNames holds api.example.com, which is domainName. Remove it."],
  ],
  [
    "a zone to create by an id",
    { ...named, hostedZone: "Z0123456789ABC", createHostedZone: true },
    [
      "createHostedZone is true, but hostedZone is Z0123456789ABC, the id of a zone that exists. Write the name of the zone to create, or set createHostedZone to false.",
    ],
  ],
  [
    "names and a zone to create, but no zone",
    { createHostedZone: true, extraDomainNames: ["www.example.com"] },
    [
      "createHostedZone is true, but hostedZone is empty. Set the name of the zone to create.",
      "extraDomainNames names www.example.com, but hostedZone is empty, so the stack makes no record of it. Set hostedZone, or remove the list.",
    ],
  ],
];

describe("rules of names and their zone", () => {
  for (const [name, settings, sentences] of ROWS)
    it(`${name}: ${sentences.length === 0 ? "accepted" : "refused"}`, () => {
      expect(broken(settings)).to.deep.equal(sentences);
    });
});

describe("names of single services", () => {
  const api = { kind: "http" } as const;
  const declared: Services = {
    api,
    admin: { ...api, host: "admin.example.com" },
    shop: { ...api, host: "www.example.com", path: "/shop" },
    docs: { ...api, path: "/docs" },
  };

  it("are callers' names too, each once, after the stack's own", () => {
    const values = valuesWith({ ...named, extraDomainNames: ["www.example.com"] });

    expect(callersNames({ ...values, declared })).to.deep.equal([
      "api.example.com",
      "www.example.com",
      "admin.example.com",
    ]);
  });

  it("have to lie in the zone, where its name is known", () => {
    const stray = { ...declared, other: { ...api, host: "other.example.org" } };
    const sentences = (settings: Record<string, unknown>, services: Services = stray) =>
      strayHosts(services, valuesWith(settings)).map(({ key, reason }) => `${key} ${reason}`);

    expect(sentences(named)).to.deep.equal([
      "hostedZone is example.com, but services.ts has the host other.example.org, which does not lie in it. Change one of the two: a stack's names share one zone.",
    ]);
    expect(sentences(named, declared)).to.deep.equal([]);
    expect(sentences({ ...named, hostedZone: "Z0123456789ABC" })).to.deep.equal([]);
    expect(sentences({})).to.deep.equal([]);
  });

  it("have to have a certificate, where CloudFront serves them", () => {
    const edge = { edge: "cloudfront" };
    const sentences = (settings: Record<string, unknown>) =>
      strayHosts(declared, valuesWith(settings)).map(({ key, reason }) => `${key} ${reason}`);

    expect(sentences(edge)[0]).to.equal(
      "hostedZone is empty, but services.ts has the host admin.example.com, and edge is cloudfront, which serves a name by its certificate alone. Set hostedZone, or certificateArn, or give the service a path in place of the host.",
    );
    expect(sentences({ ...edge, hostedZone: "example.com" })).to.deep.equal([]);
    expect(
      sentences({ ...edge, certificateArn: "arn:aws:acm:us-east-1:1:certificate/a" }),
    ).to.deep.equal([]);
  });
});
