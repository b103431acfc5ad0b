import { expect } from "chai";
import { REQUIRED_CHECKS } from "../../../src/pipeline/bootstrap/rules.ts";
import { writeFrozenFiles } from "../../../../../test/helpers/frozen.ts";
import { once } from "node:events";
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { childEnvironment } from "../../../../../test/helpers/environment.ts";
import { PROJECT } from "../../../../../test/helpers/project.ts";
import { tool } from "../../../../../test/helpers/tool.ts";

const REPOSITORY = path.resolve(import.meta.dirname, "../../../../..");
const ACCOUNT = "111122223333";
const S3 = `s3://${PROJECT}-state-${ACCOUNT}-eu-west-1?region=eu-west-1`;
const IDENTITY = `<GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><GetCallerIdentityResult><Arn>arn:aws:iam::${ACCOUNT}:user/admin</Arn><UserId>U</UserId><Account>${ACCOUNT}</Account></GetCallerIdentityResult></GetCallerIdentityResponse>`;

/** As in a fresh account: no bucket, no environment. Writing commands would show in the file. */
const PULUMI = `#!/bin/sh
echo "pulumi $*" >> "$CALLS"
echo "error: unable to check if bucket is accessible: blob (code=NotFound): NoSuchBucket" >&2
exit 255
`;
const GH = `#!/bin/sh
echo "gh $*" >> "$CALLS"
case "$*" in
  "auth status") exit 0;;
  "api users/"*) echo '{"id":7}'; exit 0;;
  "api repos/octo-org/octo-repo") echo '{"id":654321,"name":"octo-repo","created_at":"2026-08-01T00:00:00Z","visibility":"public","owner":{"login":"octo-org","id":123456,"type":"Organization"},"permissions":{"admin":true}}'; exit 0;;
  "api repos/o/r") echo '{"id":2,"name":"r","created_at":"2026-08-01T00:00:00Z","visibility":"public","owner":{"login":"o","id":1,"type":"User"},"permissions":{"admin":true}}'; exit 0;;
esac
echo "gh: Not Found (HTTP 404)" >&2
exit 1
`;

const ACCOUNT_FILE = "bootstrap/Pulumi.account.yaml";
/** The file as the template has it. */
const FRESH = `config:
  aws:region: eu-west-1
  ${PROJECT}-bootstrap:allowedAccountIds:
    - <id of the AWS account>
  ${PROJECT}-bootstrap:githubSubjectPrefix: <repo:ORG@ID/REPO@ID>
`;
const OWN = ["--account-id", ACCOUNT, "--subject-prefix", "repo:o@1/r@2"];

describe("npm run bootstrap", function () {
  let root: string;
  let sts: Server;
  before(async () => {
    root = mkdtempSync(path.join(tmpdir(), "bootstrap-cli-"));
    for (const name of ["packages", "bootstrap", "config", "package.json", "Pulumi.yaml"])
      cpSync(path.join(REPOSITORY, name), path.join(root, name), { recursive: true });
    writeFrozenFiles(root);
    writeFileSync(path.join(root, ACCOUNT_FILE), FRESH);
    symlinkSync(path.join(REPOSITORY, "node_modules"), path.join(root, "node_modules"));
    for (const [name, text] of Object.entries({ pulumi: PULUMI, gh: GH }))
      writeFileSync(path.join(root, name), text, { mode: 0o755 });
    sts = createServer((_, response) => response.end(IDENTITY)).listen(0, "127.0.0.1");
    await once(sts, "listening");
  });
  after(() => {
    sts.close();
    rmSync(root, { recursive: true });
  });

  const bootstrap = (...args: string[]) => {
    writeFileSync(path.join(root, "calls"), "");
    const env = childEnvironment({
      PATH: `${root}:${process.env["PATH"] ?? ""}`,
      HOME: root,
      CALLS: path.join(root, "calls"),
      AWS_ENDPOINT_URL: `http://127.0.0.1:${(sts.address() as AddressInfo).port}`,
      AWS_ACCESS_KEY_ID: "test",
      AWS_SECRET_ACCESS_KEY: "test",
    });
    // The copy's own, which works on the copy.
    const file = path.join(root, "packages/workbench/src/pipeline/bootstrap/cli.ts");
    return tool(file, args, { cwd: root, env });
  };

  it("shows every step in a fresh account, and does none", async () => {
    const { code, stdout, stderr } = await bootstrap(
      ...["--dry-run", ...OWN, "--github", "o/r", "--reviewer", "ann"],
    );
    expect([code, stderr]).to.deep.equal([0, ""]);
    const role = (name: string) => `arn:aws:iam::${ACCOUNT}:role/${PROJECT}-ci/${PROJECT}-${name}`;
    const variables = (environment: string, name: string) =>
      Object.entries({
        AWS_ACCOUNT_ID: ACCOUNT,
        AWS_REGION: "eu-west-1",
        AWS_ROLE_ARN: role(name),
        PULUMI_BACKEND_URL: S3,
      }).map(
        ([key, value]) =>
          `        gh variable set ${key} --repo o/r --env ${environment} --body ${value}`,
      );
    const stack = (name: string, number: number) => [
      `to do ${number}/10 Stack ${name}`,
      `        pulumi stack init ${name} --secrets-provider awskms://alias/${PROJECT}-${name}-state?region=eu-west-1`,
      `        It writes the encrypted key into Pulumi.${name}.yaml: commit that.`,
      `to do ${number + 1}/10 Boundary of the roles of stack ${name}`,
      `        permissionsBoundaryArn: arn:aws:iam::${ACCOUNT}:policy/${PROJECT}-ci/${PROJECT}-service-boundary-${name}`,
      `        It is written into Pulumi.${name}.yaml: commit that.`,
    ];
    expect(stdout.trimEnd().split("\n")).to.deep.equal([
      "to do 1/4 A folder for the first state",
      "        pulumi stack init account in .local/bootstrap/account",
      "to do 2/4 State bucket, keys, identity provider and roles",
      `        in account ${ACCOUNT}, region eu-west-1, for dev and prod`,
      "        cost: 1 USD a month for each of 3 keys",
      "to do 3/4 The state into its bucket",
      `        pulumi stack export, then import into ${S3}`,
      "to do 4/4 Up to date with the program",
      "        pulumi up, where the roles need other permissions than they have",
      ...stack("dev", 1),
      ...stack("prod", 3),
      "to do 5/10 GitHub environment preview-dev",
      ...variables("preview-dev", "preview-dev"),
      "to do 6/10 GitHub environment dev",
      "        deployed from main alone, if no other rule is there",
      ...variables("dev", "deploy-dev"),
      "to do 7/10 GitHub environment preview-prod",
      ...variables("preview-prod", "preview-prod"),
      "to do 8/10 GitHub environment prod",
      "        deployed from main alone, if no other rule is there",
      "        approved by ann",
      ...variables("prod", "deploy-prod"),
      "to do 9/10 Rules of main",
      "        changed by pull requests alone, on the newest commit, after these checks:",
      `        ${REQUIRED_CHECKS.join(", ")}`,
      "to do 10/10 The workflows may use the account",
      "        gh variable set DELIVERY --repo o/r --body on",
    ]);
    const calls = readFileSync(path.join(root, "calls"), "utf8");
    expect(calls).to.not.match(/stack init|stack import|pulumi up|--method|variable set/);
    expect(readFileSync(path.join(root, ACCOUNT_FILE), "utf8")).to.equal(FRESH);
  });

  it("prints what docs/getting-started.md shows of it", async () => {
    const page = readFileSync(path.join(REPOSITORY, "docs/getting-started.md"), "utf8");
    const [, line = "", block = ""] =
      /^ {4}npm run bootstrap -- (.* --dry-run)\n\n((?: {4}.*\n)+)/m.exec(page) ?? [];
    const shown = block.split("\n").map((text) => text.slice(4));
    const { code, stdout } = await bootstrap(...line.split(" "));
    expect(code).to.equal(0);
    const printed = stdout.split("\n");
    // `...` stands for the rest of a line, and at the end for the rest of all.
    for (const [index, text] of shown.slice(0, shown.indexOf("...")).entries())
      if (text.endsWith("..."))
        expect(printed[index]?.startsWith(text.slice(0, -3)), printed[index]).to.equal(true);
      else expect(printed[index]).to.equal(text);
    expect(shown.indexOf("...")).to.be.above(8);
  });

  it("derives the subject of the repository's tokens, and changes nothing before GitHub may be changed", async () => {
    const { code, stdout } = await bootstrap("--dry-run", ...OWN.slice(0, 2), "--github", "o/r");
    expect([code, stdout.split("\n")[0]]).to.deep.equal([
      0,
      "The tokens of its workflows begin with repo:o@1/r@2, by the day that the repository was made. Where that was changed since, say --subject-prefix.",
    ]);
    const unknown = await bootstrap("--yes", ...OWN, "--github", "o/other");
    expect([unknown.code, unknown.stderr]).to.deep.equal([
      1,
      "GitHub knows no repository o/other, or not for this login: gh auth status says which it is.\n",
    ]);
    expect(readFileSync(path.join(root, ACCOUNT_FILE), "utf8")).to.equal(FRESH);
  });

  it("refuses what cannot be right before it writes any of it", async () => {
    const wrong = ["--account-id", "12", "--subject-prefix", "o/r", "--region", "Ireland"];
    const { code, stderr } = await bootstrap("--yes", ...wrong);
    expect([code, stderr]).to.deep.equal([
      1,
      [
        "--account-id is 12, but it has to be the 12 digits of an AWS account.",
        "--subject-prefix is o/r, but it has to be repo:ORG@ID/REPO@ID, or repo:ORG/REPO of a repository that has no numbers in its tokens.",
        "--region is Ireland, but it has to be an AWS region, such as eu-west-1.",
        "",
      ].join("\n"),
    ]);
    expect(readFileSync(path.join(root, ACCOUNT_FILE), "utf8")).to.equal(FRESH);
    const repository = await bootstrap("--github", "https://github.com/o/r");
    expect([repository.code, repository.stderr]).to.deep.equal([
      2,
      "--github is https://github.com/o/r, but it has to be owner/name of a repository.\n",
    ]);
  });

  it("refuses another account's credentials", async () => {
    const { code, stderr } = await bootstrap("--dry-run", ...OWN, "--account-id", "999988887777");
    expect([code, stderr]).to.deep.equal([
      1,
      `The credentials are for account ${ACCOUNT}, but bootstrap/Pulumi.account.yaml names 999988887777. Switch the credentials, or choose another file by --account.\n`,
    ]);
  });

  it("does nothing while the stack files are of another project", async () => {
    const file = path.join(root, "Pulumi.yaml");
    const text = readFileSync(file, "utf8");
    writeFileSync(file, text.replace(/^name: .*/, "name: another"));
    try {
      const { code, stdout, stderr } = await bootstrap("--yes", ...OWN);
      expect([code, stdout]).to.deep.equal([1, ""]);
      expect(stderr).to.match(
        /^Pulumi\.dev\.yaml: \S+:(\w+) and \d+ more keys of \S+ are read by nobody: Pulumi\.yaml calls the project another\. Write another:\1, or let npm run rename -- another write them all\.\n$/,
      );
      expect(readFileSync(path.join(root, "calls"), "utf8")).to.equal("");
    } finally {
      writeFileSync(file, text);
    }
  });

  it("refuses options that contradict each other", async () => {
    const { code, stderr } = await bootstrap("--github", "o/r", "--reviewer", "a", "--no-reviewer");
    expect([code, stderr]).to.deep.equal([
      2,
      "--reviewer and --no-reviewer contradict each other: leave one out.\n",
    ]);
  });
});
