import { expect } from "chai";
import path from "node:path";
import { serviceFolder, stateBucketName } from "../../../src/pipeline/bootstrap/names.ts";
import { PROJECT } from "../../../../../test/helpers/project.ts";

describe("Names of the account's resources", () => {
  it("are the service's, from its own folder and from that of bootstrap", () => {
    const root = process.cwd();
    expect(serviceFolder(root)).to.equal(root);
    expect(serviceFolder(path.join(root, "bootstrap"))).to.equal(root);
    expect(stateBucketName("123456789012", "eu-west-1")).to.equal(
      `${PROJECT}-state-123456789012-eu-west-1`,
    );
  });
});
