import { expect } from "chai";
import type { CommandResult } from "@koa-fargate/workbench/lib/command.ts";
import { EXIT } from "@koa-fargate/workbench/pipeline/delivery/pulumi.ts";
import type { Life } from "./life.ts";

/** A certificate that nobody asks for: callers of the test come to the load balancer's own port. */
const CERTIFICATE =
  "arn:aws:acm:eu-west-1:000000000000:certificate/11111111-2222-3333-4444-555555555555";

/** What the app says of a secret that holds no hashes. */
const REFUSED = /^cause {3}the app ended with exit code 1: "the configuration was refused.*$/;

/** What a step leaves is where the next one begins: without it the rest would only fail again. */
export function skipAfterFailure(): void {
  beforeEach(function () {
    if (this.currentTest?.parent?.tests.some(({ state }) => state === "failed") === true)
      this.skip();
  });
}

/** The first steps of a fresh stack. */
export function creation(life: () => Life): void {
  it("previews the first deployment", async () => {
    await life().init();
    succeeded(await life().pulumi("preview"));
  });

  it("is created, and answers callers", async () => {
    succeeded(await life().up());
    expect(await life().targets()).to.deep.equal(["healthy"]);
    expect(await life().version()).to.equal("0.1.0");
  });

  it("then has nothing to do", () => unchanged(life()));
}

/** What becomes of it, to its end. */
export function changes(life: () => Life): void {
  let first = "";

  it("rolls a change of the app out", async () => {
    first = await life().output("imageUri");
    life().set("appPath", life().app("0.2.0"));
    succeeded(await life().up());
    expect(await life().output("imageUri")).to.not.equal(first);
    expect(await life().version()).to.equal("0.2.0");
    await unchanged(life());
  });

  it("takes a certificate, and gives port 80 to the redirect", async () => {
    life().set("certificateArn", CERTIFICATE);
    life().set("domainName", "api.example.com");
    succeeded(await life().up());
    expect(await life().listeners()).to.deep.equal([
      "443 HTTPS fixed-response",
      "80 HTTP redirect",
    ]);
    await unchanged(life());
  });

  it("gives the certificate up, and port 80 serves again", async () => {
    life().set("certificateArn", undefined);
    life().set("domainName", undefined);
    succeeded(await life().up());
    expect(await life().listeners()).to.deep.equal(["80 HTTP fixed-response"]);
    expect(await life().version()).to.equal("0.2.0");
    await unchanged(life());
  });

  it("fails for a version that ends at once, with its cause, and keeps the one before", async () => {
    const good = life().app("0.2.0");
    life().set("appPath", "./packages/workbench/src/pipeline/smoke/broken-app");
    const result = await life().up();
    life().set("appPath", good);

    expect(result.code).to.not.equal(0);
    expect(cause(result)).to.equal(
      'cause   the app ended with exit code 1: "smoke test: this version ends at once" (last line of the log)',
    );
    expect(await life().version()).to.equal("0.2.0");
  });

  it("fails for a malformed secret, with its cause", async () => {
    life().set("secrets", { TOKEN_HASH: await life().aws.secret("not-a-hash") });
    const result = await life().up();
    life().set("secrets", undefined);

    expect(result.code).to.not.equal(0);
    expect(cause(result)).to.match(REFUSED);
    // The emulator takes a task that runs for a moment for a good one, and may have stopped the old one by then. ECS waits for
    // its health; that the version before is kept, the test above shows with one that ends at once.
    if ((await life().targets()).length > 0) expect(await life().version()).to.equal("0.2.0");
  });

  it("waits for a version that is slow but healthy, and stops nothing", async () => {
    const good = life().app("0.2.0");
    life().set("appPath", "./test/fixtures/apps/slow");
    const result = await life().up();
    life().set("appPath", good);

    succeeded(result);
    expect(await life().targets()).to.deep.equal(["healthy"]);
    expect(await life().version()).to.equal("0.0.0");
  });

  it("goes back to the first app, and to the image that it has already", async () => {
    life().set("appPath", life().app("0.1.0"));
    succeeded(await life().up());
    expect(await life().output("imageUri")).to.equal(first);
    expect(await life().version()).to.equal("0.1.0");
    await unchanged(life());
  });

  it("is destroyed, and leaves nothing", async () => {
    succeeded(await life().pulumi("destroy", "--yes"));
    expect(await life().aws.cloud.left()).to.deep.equal([]);
  });

  /** ECS calls a first deployment completed, while its tasks end and are started again and again. */
  it("fails for a first deployment that never serves, whatever ECS calls it", async () => {
    life().set("secrets", { TOKEN_HASH: await life().aws.secret("not-a-hash") });
    const result = await life().up();

    expect(result.code).to.not.equal(0);
    expect(cause(result)).to.match(REFUSED);
    succeeded(await life().pulumi("destroy", "--yes"));
    expect(await life().aws.cloud.left()).to.deep.equal([]);
  });
}

async function unchanged(life: Life): Promise<void> {
  const { code, stdout, stderr } = await life.pulumi("preview", "--expect-no-changes");
  expect(code, stdout + stderr).to.not.equal(EXIT.changesUnexpected);
  expect(code, stdout + stderr).to.equal(0);
}

function succeeded({ code, stdout, stderr }: CommandResult): void {
  expect(code, stdout + stderr).to.equal(0);
}

/** The line of the post-mortem that says why; the CLI repeats it. */
function cause({ stdout, stderr }: CommandResult): string {
  const lines = (stdout + stderr).split("\n").map((line) => line.trim());
  return [...new Set(lines.filter((line) => line.startsWith("cause ")))].join("\n");
}
