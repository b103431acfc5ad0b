import { expect } from "chai";
import { readFileSync } from "node:fs";
import { parse } from "yaml";
import { KIND_BY_KEY, SECTIONS } from "../../config/keys.ts";
import { Refusal } from "../../config/kinds.ts";

interface Declaration {
  description: string;
  type: string;
  items?: { type: string };
  default: unknown;
}

const source = readFileSync("Pulumi.yaml", "utf8");
const declared = (parse(source) as { config: Record<string, Declaration> }).config;
const text = (value: unknown): string =>
  typeof value === "string" ? value : JSON.stringify(value);

/** For each key with a pattern: texts that it takes, and texts that it refuses. */
const VALUES: Record<string, { accepts: unknown[]; refuses: unknown[] }> = {
  allowedAccountIds: {
    accepts: [["123456789012"]],
    refuses: [["12345678901"], ["1234567890123"], ["my-account"]],
  },
  appPath: { accepts: ["./app", "services/my api"], refuses: ["", "a\0b"] },
  environment: {
    accepts: [{ A_1: "", _b: "x y" }],
    refuses: [{ "1A": "x" }, { "A-B": "x" }, { A: 1 }],
  },
  secrets: {
    accepts: [
      { A: "arn:aws:secretsmanager:eu-west-1:123456789012:secret:a-AbCdEf:key::" },
      { A: "arn:aws-cn:ssm:cn-north-1:123456789012:parameter/a/b" },
    ],
    refuses: [
      { A: "hunter2" },
      { A: "arn:aws:s3:::bucket" },
      { A: "arn:aws:ssm:eu-west-1:1234:parameter/a" },
    ],
  },
  image: {
    accepts: ["", `a.example/b@sha256:${"0f".repeat(32)}`],
    refuses: ["a.example/b:latest", `a@sha256:${"0F".repeat(32)}`, "a@sha256:00"],
  },
  nodeImage: { accepts: ["node:24", "a.example:5000/b@sha256:0"], refuses: ["", "node 24"] },
  vpcCidr: { accepts: ["10.0.0.0/16"], refuses: ["", "10.0.0.0", "10.0.0.0/16 ", "fd00::/48"] },
  interfaceEndpoints: {
    accepts: [["ecr.api", "bedrock-runtime"]],
    refuses: [["ECR"], ["com.amazonaws eu"], [".ecr"]],
  },
  vpcId: {
    accepts: ["", "vpc-0123456789abcdef0"],
    refuses: ["vpc-", "net-01234567", "vpc-XYZ45678"],
  },
  publicSubnetIds: { accepts: [["subnet-01234567"]], refuses: [["vpc-01234567"], ["subnet-1"]] },
  privateSubnetIds: { accepts: [["subnet-01234567"]], refuses: [["vpc-01234567"], ["subnet-1"]] },
  certificateArn: {
    accepts: [
      "",
      "arn:aws:acm:eu-west-1:123456789012:certificate/abc",
      "arn:aws-us-gov:acm:us-gov-west-1:123456789012:certificate/abc",
    ],
    refuses: ["arn:aws:iam::123456789012:server-certificate/abc", "certificate/abc"],
  },
  domainName: {
    accepts: ["", "api.example.com", "a-1.b.co"],
    refuses: ["example", "https://api.example.com", "API.example.com", "api.example.com."],
  },
  ingressCidrs: { accepts: [["0.0.0.0/0", "203.0.113.0/24"]], refuses: [["::/0"], ["anyone"]] },
  healthPath: { accepts: ["/", "/readyz", "/a/b?c=d&e"], refuses: ["", "readyz", "/a b", "/a#b"] },
  wafCountedRules: {
    accepts: [[], ["GenericRFI_BODY", "AWSManagedIPDDoSList"]],
    refuses: [[""], ["Generic RFI"], ["AWS#Common#GenericRFI_BODY"], [1]],
  },
  egressPorts: {
    accepts: [["1", "443", "9999", "10000", "59999", "64999", "65499", "65529", "65535"]],
    refuses: [["0"], ["65536"], ["65540"], ["70000"], ["100000"], ["0443"], ["https"], [443]],
  },
  awakeHours: {
    accepts: ["always", "Mon-Fri 07:00-20:00", "Sun-Sun 00:00-23:59"],
    refuses: [
      "",
      "never",
      "Mon-Fri",
      "mon-fri 07:00-20:00",
      "Mon-Fri 7:00-20:00",
      "Mon-Fri 07:00-24:00",
    ],
  },
  timeZone: {
    accepts: ["UTC", "Etc/UTC", "Europe/Berlin", "America/Argentina/Buenos_Aires", "Etc/GMT+1"],
    refuses: ["", "+01:00", "Europe Berlin"],
  },
  livenessPath: { accepts: ["", "/livez"], refuses: ["livez", "/a b"] },
  beforeDeployment: {
    accepts: [[], ["dist/server.js", "migrate", "-v", "-v"]],
    refuses: [[""], [1], ["a\0b"]],
  },
  testIngressCidrs: { accepts: [[], ["203.0.113.0/24"]], refuses: [["::/0"], ["anyone"]] },
  permissionsBoundaryArn: {
    accepts: [
      "",
      "arn:aws:iam::123456789012:policy/bound",
      "arn:aws:iam::aws:policy/ReadOnlyAccess",
    ],
    refuses: ["bound", "arn:aws:iam::123456789012:role/bound"],
  },
  alarmEmails: { accepts: [["a@b.example"]], refuses: [["a@b"], ["a b@c.example"], ["#on-call"]] },
};

describe("configuration keys", () => {
  it("Pulumi.yaml and config/keys.ts declare the same keys in the same order", () => {
    expect(Object.keys(declared)).to.deep.equal([...KIND_BY_KEY.keys()]);
  });

  it("no two sections share a key", () => {
    const keys = Object.values(SECTIONS).flatMap((kinds) => Object.keys(kinds));

    expect(keys).to.deep.equal([...KIND_BY_KEY.keys()]);
  });

  it("Pulumi.yaml groups them under the headings of config/keys.ts", () => {
    const headings = [...source.matchAll(/^ {2}# -- (.+?) -+$/gm)].map(([, heading]) => heading);

    expect(headings).to.deep.equal(
      Object.keys(SECTIONS).map((section) =>
        section.replace(/[A-Z]/g, (c) => ` ${c.toLowerCase()}`),
      ),
    );
  });

  for (const [key, kind] of KIND_BY_KEY) {
    const declaration = declared[key];

    it(`${key}: type, default and description of Pulumi.yaml fit config/keys.ts`, () => {
      expect(declaration?.type).to.equal(kind.type);
      expect(declaration?.items?.type).to.equal(kind.type === "array" ? "string" : undefined);
      expect(kind.parse(text(declaration?.default))).to.deep.equal(declaration?.default);
      expect(declaration?.description).to.match(/^[A-Z0-9].*\.$/);
    });
  }

  it("each text, list and map with a pattern has its row below", () => {
    const patterned = [...KIND_BY_KEY].filter(
      ([, kind]) =>
        ["array", "object"].includes(kind.type) ||
        // A text with a pattern takes a placeholder, a choice does not.
        (kind.type === "string" && !(kind.parse("<your own>") instanceof Refusal)),
    );

    expect(Object.keys(VALUES)).to.deep.equal(patterned.map(([key]) => key));
  });

  for (const [key, { accepts, refuses }] of Object.entries(VALUES)) {
    it(`${key} takes what it should and nothing else`, () => {
      const kind = KIND_BY_KEY.get(key);

      for (const value of accepts) expect(kind?.parse(text(value))).to.deep.equal(value);
      for (const value of refuses)
        expect(kind?.parse(text(value)), text(value)).to.be.instanceOf(Refusal);
    });
  }
});
