import { expect } from "chai";
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { readAccount, writeAccount } from "../../../src/pipeline/bootstrap/account-file.ts";
import { projectName } from "../../../src/project/namespaces.ts";
import { failure } from "../delivery/fakes.ts";

const BOOTSTRAP = path.resolve(import.meta.dirname, "../../../../../bootstrap");

const BOOTSTRAP_PROJECT = projectName(BOOTSTRAP);

/** As the template has it: its owner's names another account and region. */
const TEMPLATE = `# One file per AWS account.
# <...> marks what only you can know.
config:
  aws:region: eu-west-1
  aws:defaultTags:
    tags:
      project: ${BOOTSTRAP_PROJECT}
  ${BOOTSTRAP_PROJECT}:allowedAccountIds:
    - <id of the AWS account>
  ${BOOTSTRAP_PROJECT}:githubSubjectPrefix: <repo:ORG@ID/REPO@ID>
`;

describe("Account file", () => {
  let folder: string;
  let file: string;
  beforeEach(() => {
    folder = mkdtempSync(path.join(tmpdir(), "account-"));
    file = path.join(folder, "Pulumi.account.yaml");
    cpSync(path.join(BOOTSTRAP, "Pulumi.yaml"), path.join(folder, "Pulumi.yaml"));
    writeFileSync(file, TEMPLATE);
  });
  afterEach(() => {
    rmSync(folder, { recursive: true });
  });

  it("of the template says what is missing", async () => {
    expect(await failure(readAccount(file))).to.equal(
      `${file} holds placeholders of the template. Run once with --account-id <12 digits> and --github owner/name, or --subject-prefix repo:ORG@ID/REPO@ID; docs/getting-started.md says where to find them.`,
    );
  });

  it("of another project is refused", async () => {
    const text = readFileSync(file, "utf8").replaceAll(/^ {2}[a-z-]+-bootstrap:/gm, "  other:");
    writeFileSync(file, text);
    expect(await failure(readAccount(file))).to.match(
      /: other:allowedAccountIds and 1 more key of other are read by nobody: Pulumi\.yaml calls the project \S+-bootstrap\. /,
    );
  });

  it("of a region in another partition is refused, whatever says it", async () => {
    const owner = { accountId: "012345678901", subjectPrefix: "repo:o@1/r@2" };
    for (const region of ["cn-north-1", "us-gov-west-1"])
      expect(await failure(readAccount(file, { ...owner, region }))).to.equal(
        `${file}: aws:region is ${region}, but everything here is made, planned and tested for the regions of AWS's standard partition alone; ARNs, endpoints, prices and features are others in that one. Choose a region such as eu-west-1.`,
      );
  });

  it("takes the owner's values and keeps its comments", async () => {
    const comments = (): string[] =>
      readFileSync(file, "utf8")
        .split("\n")
        .filter((line) => line.startsWith("#"));
    const before = comments();
    await writeAccount(file, { accountId: "012345678901", subjectPrefix: "repo:o@1/r@2" });

    expect(await readAccount(file)).to.deep.equal({
      accountId: "012345678901",
      subjectPrefix: "repo:o@1/r@2",
      region: "eu-west-1",
      stacks: ["dev", "prod"],
    });
    expect(comments()).to.deep.equal(before);
  });
});
