import { expect } from "chai";
import { redact, redactedText, redactValue } from "../../../src/review/comment/redact.ts";

/** Put together here, so that scanners of this repository find no secret in it. */
const join = (...parts: string[]): string => parts.join("");
const SECRETS: readonly (readonly [name: string, text: string, left: string])[] = [
  ["AWS access key", join("id AKIA", "IOSFODNN7EXAMPLE."), "id [redacted]."],
  ["AWS session key", join("ASIA", "IOSFODNN7EXAMPLE"), "[redacted]"],
  [
    "AWS secret key",
    join("aws_secret_access_key = wJalrXUtnFEMI/K7MDENG/", "bPxRfiCYEXAMPLEKEY"),
    "aws_secret_access_key = [redacted]",
  ],
  [
    "private key",
    "x\n-----BEGIN RSA PRIVATE KEY-----\nabc\n-----END RSA PRIVATE KEY-----\ny",
    "x\n[redacted]\ny",
  ],
  ["private key, cut off", "-----BEGIN PRIVATE KEY-----\nabc", "[redacted]"],
  ["GitHub token", join("ghp_", "0123456789abcdefghijABCDEFGHIJ"), "[redacted]"],
  ["GitHub fine-grained token", join("github_pat_", "11ABCDEFG0123456789_abcdef"), "[redacted]"],
  ["GitLab token", join("glpat-", "0123456789abcdefghij"), "[redacted]"],
  ["npm token", join("npm_", "0123456789abcdefghijABCDEFGHIJ012345"), "[redacted]"],
  ["Slack token", join("xoxb-", "1234567890-abcdef"), "[redacted]"],
  ["Stripe key", join("sk_live_", "0123456789abcdefghij"), "[redacted]"],
  ["Pulumi token", join("pul-", "0123456789abcdef0123456789abcdef01234567"), "[redacted]"],
  ["JSON web token", join("eyJhbGciOiJIUzI1NiJ9", ".eyJzdWIiOiIxIn0.abc-def"), "[redacted]"],
  ["bearer", "Authorization: Bearer abcdefghijklmnop123", "Authorization: Bearer [redacted]"],
  ["address", "postgres://admin:hunter2@db:5432/app", "postgres://[redacted]@db:5432/app"],
  ["assignment", 'DB_PASSWORD="correct-horse"', 'DB_PASSWORD="[redacted]"'],
  ["JSON", '{"apiKey": "abcdef123456"}', '{"apiKey": "[redacted]"}'],
];

describe("redact", () => {
  for (const [name, text, left] of SECRETS)
    it(name, () => {
      expect(redact(text)).to.equal(left);
    });

  it("leaves what is no secret", () => {
    for (const text of [
      "arn:aws:secretsmanager:eu-west-1:123456789012:secret:api-keys-Ab1Cd2",
      "token: [secret]",
      "sha256:0241bd4562203046745d77f091a22810c77c74e388b9017a87dce9e07ba736bf",
      "https://sns.eu-west-1.amazonaws.com/?Action=x",
      "secretsmanager:GetSecretValue",
      "the password is kept elsewhere",
    ])
      expect(redact(text)).to.equal(text);
  });
});

describe("redactValue", () => {
  it("goes by the name above a value, or beside it", () => {
    expect(
      redactValue("containers", [
        {
          name: "app",
          cpu: 256,
          environment: [
            { name: "DB_PASSWORD", value: "plain words" },
            { name: "PORT", value: "8080" },
          ],
          secrets: [{ name: "API_KEY", valueFrom: "arn:aws:ssm:eu-west-1:1:parameter/x" }],
        },
      ]),
    ).to.deep.equal([
      {
        name: "app",
        cpu: 256,
        environment: [
          { name: "DB_PASSWORD", value: "[redacted]" },
          { name: "PORT", value: "8080" },
        ],
        secrets: [{ name: "API_KEY", valueFrom: "arn:aws:ssm:eu-west-1:1:parameter/x" }],
      },
    ]);
  });

  it("looks into texts that hold JSON", () => {
    expect(redactValue("x", '{"masterPassword":"plain words"}')).to.deep.equal({
      masterPassword: "[redacted]",
    });
  });

  it("shows an environment variable by its value", () => {
    expect(redactedText("environment[PORT]", { name: "PORT", value: "8080" })).to.equal("8080");
    expect(redactedText("environment[API_TOKEN]", { name: "API_TOKEN", value: "plain" })).to.equal(
      "[redacted]",
    );
    expect(redactedText("size", 12)).to.equal("12");
  });
});
