import { expect } from "chai";
import { validationRecord } from "../../../components/edge/validation.ts";

const option = (domainName: string) => ({
  domainName,
  resourceRecordName: `_1.${domainName}.`,
  resourceRecordType: "CNAME",
  resourceRecordValue: `_2.${domainName}.acm-validations.aws.`,
});

describe("the record that proves a name", () => {
  const options = [option("www.example.com"), option("example.com")];

  it("is found by its name, in whatever order ACM tells them", () => {
    expect(validationRecord(options, "example.com")).to.equal(options[1]);
  });

  it("is refused for a name that the certificate lacks", () => {
    expect(() => validationRecord(options, "api.example.com")).to.throw(
      "The certificate names www.example.com, example.com, but not api.example.com.",
    );
  });
});
