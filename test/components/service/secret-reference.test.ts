import { expect } from "chai";
import { grantedArns, readSecretReference } from "../../../components/service/secret-reference.ts";

const HOME = "eu-west-1:123456789012";
const SECRET = `arn:aws:secretsmanager:${HOME}:secret`;
const PARAMETER = `arn:aws:ssm:${HOME}:parameter`;

describe("readSecretReference", () => {
  const read: [string, object][] = [
    [`${SECRET}:db-AbCdEf`, { arn: `${SECRET}:db-AbCdEf` }],
    [`${SECRET}:team/db-AbCdEf:password::`, { arn: `${SECRET}:team/db-AbCdEf` }],
    [`${SECRET}:db-AbCdEf::AWSPREVIOUS:`, { arn: `${SECRET}:db-AbCdEf`, stage: "AWSPREVIOUS" }],
    [`${SECRET}:db-AbCdEf:::0a1b`, { arn: `${SECRET}:db-AbCdEf`, versionId: "0a1b" }],
  ];
  for (const [text, expected] of read)
    it(text, () => {
      expect(readSecretReference(text)).to.deep.equal({
        service: "secretsmanager",
        region: "eu-west-1",
        ...expected,
      });
    });

  it(`${PARAMETER}/app/db`, () => {
    expect(readSecretReference(`${PARAMETER}/app/db`)).to.deep.equal({
      service: "ssm",
      region: "eu-west-1",
      arn: `${PARAMETER}/app/db`,
    });
  });

  const refused: [string, RegExp][] = [
    [`${SECRET}:db-AbCdEf:password`, /^has 1 of the parts .+ Write \S+:db-AbCdEf:password::\.$/],
    [`${SECRET}:db-AbCdEf:password:`, /^has 2 of the parts .+ Write \S+:db-AbCdEf:password::\.$/],
    [`${SECRET}:db-AbCdEf:a:b:c:d`, /^has 4 of the parts .+ Write \S+:db-AbCdEf:a:b:c\.$/],
    [`${SECRET}:`, /^is not the ARN of a secret\./],
    [`arn:aws:secretsmanager:${HOME}:db`, /^is not the ARN of a secret\./],
    [`${PARAMETER}/app/db:3`, /^is not the ARN of a parameter\./],
    [`${PARAMETER}//app`, /^is not the ARN of a parameter\./],
  ];
  for (const [text, reason] of refused)
    it(`refuses ${text}`, () => {
      expect(readSecretReference(text)).to.match(reason);
    });
});

describe("grantedArns", () => {
  const cases: [string, string[]][] = [
    [`${SECRET}:db-AbCdEf:password::`, [`${SECRET}:db-AbCdEf`]],
    [`${SECRET}:db`, [`${SECRET}:db-??????`]],
    [`${SECRET}:team/app-db`, [`${SECRET}:team/app-db-??????`]],
    // A name that ends as the suffix of an ARN does.
    [`${SECRET}:my-secret`, [`${SECRET}:my-secret`, `${SECRET}:my-secret-??????`]],
    [`${PARAMETER}/app/db`, [`${PARAMETER}/app/db`]],
  ];
  for (const [text, arns] of cases)
    it(text, () => {
      const reference = readSecretReference(text);
      expect(typeof reference === "string" ? reference : grantedArns(reference)).to.deep.equal(
        arns,
      );
    });
});
