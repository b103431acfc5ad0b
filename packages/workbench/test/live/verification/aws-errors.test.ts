import { expect } from "chai";
import { awsErrorKind, awsErrorText } from "../../../src/live/verification/aws-errors.ts";
import { awsError } from "./stub.ts";

const refused = (address: string): Error =>
  Object.assign(new Error(`connect ECONNREFUSED ${address}:443`), { code: "ECONNREFUSED" });

describe("awsErrorText", () => {
  const cases: readonly [string, unknown, string][] = [
    ["an answer of AWS", awsError("AccessDenied", "not allowed"), "AccessDenied: not allowed"],
    ["a closed port", refused("10.0.0.1"), "connect ECONNREFUSED 10.0.0.1:443"],
    [
      "a name with several addresses",
      Object.assign(new AggregateError([refused("::1"), refused("127.0.0.1")]), {
        code: "ECONNREFUSED",
      }),
      "connect ECONNREFUSED ::1:443",
    ],
    ["a code alone", Object.assign(new Error(""), { code: "EPIPE" }), "EPIPE"],
    [
      "several lines",
      new Error("no JSON\n  Deserialization error"),
      "no JSON Deserialization error",
    ],
    ["a sentence with its end", awsError("Denied", "Not you."), "Denied: Not you"],
    ["no error at all", "text", "text"],
  ];
  for (const [name, error, text] of cases)
    it(`tells ${name} in one line`, () => {
      expect(awsErrorText(error)).to.equal(text);
    });
});

describe("awsErrorKind", () => {
  it("tells what passes from what does not", () => {
    expect(awsErrorKind(refused("10.0.0.1"))).to.equal("passing");
    expect(awsErrorKind(awsError("ServerException", "", 503))).to.equal("passing");
    expect(awsErrorKind(awsError("ThrottlingException", ""))).to.equal("throttled");
    expect(awsErrorKind(awsError("AccessDenied", ""))).to.equal("denied");
    expect(awsErrorKind(awsError("ExpiredTokenException", ""))).to.equal("credentials");
    expect(awsErrorKind(undefined)).to.equal("other");
  });
});
