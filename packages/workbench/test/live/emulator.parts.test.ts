import { expect } from "chai";
import { main } from "../../src/live/cli.ts";
import { systemDependencies } from "../../src/live/command.ts";
import { dockerIsHere } from "../../../../test/helpers/parts.ts";
import { EmulatedAws } from "./emulated-aws.ts";
import { FakePulumi } from "./harness.ts";

/** Ten times as fast: the waits of the commands are made for AWS. */
const SPEED = 10;

describe("The commands against an emulated AWS with real containers", function () {
  const saved = { ...process.env };
  const pulumi = new FakePulumi({});
  let aws: EmulatedAws;
  let good: string;

  before(async function () {
    if (!dockerIsHere()) this.skip();
    const started = await EmulatedAws.start();
    if (started === undefined) this.skip();
    aws = started;
    for (const stack of ["dev", "prod"]) await aws.createRepository(stack);
    good = await aws.push("dev", "app-1", "good");
    pulumi.stacks["dev"] = await aws.createService("dev", good);
    pulumi.stacks["prod"] = await aws.createService(
      "prod",
      await aws.push("prod", "app-0", "good"),
    );
  });

  after(async () => {
    // Unset where the tests were skipped.
    await (aws as EmulatedAws | undefined)?.stop(["dev", "prod"]);
    process.env = saved;
  });

  async function run(...args: string[]) {
    const stdout: string[] = [];
    const stderr: string[] = [];
    const code = await main(args, {
      ...systemDependencies(new AbortController().signal),
      pulumi,
      clock: {
        now: () => performance.now() * SPEED,
        sleep: (milliseconds) =>
          new Promise((resolve) => setTimeout(resolve, milliseconds / SPEED)),
      },
      print: (text) => void stdout.push(text),
      note: (text) => void stderr.push(text),
      interactive: false,
    });
    return { code, stdout, stderr };
  }

  /** What `pulumi up` does after the commands set the image. */
  async function up(stack: string): Promise<void> {
    const image = pulumi.written.at(-1)?.values["image"];
    pulumi.config = { image: String(image) };
    pulumi.stacks[stack] = await aws.deploy(stack, String(image));
  }

  it("verifies the first deployment", async () => {
    const { code, stdout, stderr } = await run("verify", "dev");
    expect(code, stderr.join("\n")).to.equal(0);
    expect(stdout.join("\n")).to.match(/^revision 1 runs: 1 of 1 tasks, stable for 6\d s$/);
  });

  it("shows the status", async () => {
    const { code, stdout } = await run("status", "dev");
    expect(code).to.equal(0);
    const digest = good.slice(good.indexOf("sha256:") + 7).slice(0, 12);
    expect(stdout.join("\n").split("\n").slice(0, 6)).to.deep.equal([
      "dev   eu-west-1   account 000000000000",
      "",
      "  runs   revision 1: 1 of 1 tasks",
      `  image  dev@${digest}`,
      "",
      "  tasks",
    ]);
  });

  it("shows the log", async () => {
    const { code, stdout } = await run("logs", "dev");
    expect(code).to.equal(0);
    expect(stdout.map((line) => line.slice("00:00:00 ".length + 7))).to.deep.equal([
      "serving on 8080",
    ]);
  });

  it("runs a one-off task in the service's image and environment, and ends with its exit code", async () => {
    const { code, stdout, stderr } = await run("run-task", "dev", "--", "server.js", "exit", "3");
    expect(code, stderr.join("\n")).to.equal(3);
    expect(stdout).to.deep.equal(["migrating dev"]);
  });

  it("promotes by digest into the other stack's repository, which then runs it", async () => {
    const digest = good.slice(good.indexOf("@") + 1);
    const { code, stderr, stdout } = await run("promote", "dev", "prod");

    expect(code, stderr.join("\n")).to.equal(0);
    expect(pulumi.written.at(-1)).to.deep.equal({
      stack: "prod",
      values: { image: `${aws.registry}/prod@${digest}` },
    });
    const short = digest.slice(7, 19);
    const promoted = (await aws.images("prod")).find((image) => image.digest === digest);
    expect(promoted?.tags).to.include(`pinned-${short}`);
    expect(promoted?.tags.find((tag) => tag.startsWith("release-"))).to.match(
      new RegExp(`^release-\\d{8}T\\d{6}Z-${short}$`),
    );
    expect(stdout.join("")).to.match(
      new RegExp(
        `^prod is to run ${short} \\(release-\\S+\\), which dev runs\\. Deploy it: pulumi up --stack prod$`,
      ),
    );

    await up("prod");
    expect((await run("verify", "prod")).stdout.join("\n")).to.match(
      /^revision 2 runs: 1 of 1 tasks, stable for 6\d s$/,
    );
  });

  it("tells that a broken release was rolled back, why, and with its log", async () => {
    const broken = await aws.push("prod", "app-2", "broken");
    pulumi.stacks["prod"] = await aws.deploy("prod", broken);

    const { code, stderr } = await run("verify", "prod");

    expect(code).to.equal(1);
    const text = stderr
      .join("\n")
      .split("\n")
      .filter((line) => !/^ +\d+ (?:s|min) /.test(line));
    expect(text[0]).to.equal(
      "the deployment was rolled back: revision 3 is not running, revision 2 is.",
    );
    expect(text.find((line) => line.startsWith("  cause"))).to.equal(
      '  cause   the app refused its configuration: "TABLE_NAME is not set" (last line of the log)',
    );
  });

  it("rolls the state back to what runs", async () => {
    const { code, stderr } = await run("rollback", "prod", "--yes");
    expect(code, stderr.join("\n")).to.equal(0);
    expect(stderr.at(-1)).to.match(
      /^prod is to run the image [0-9a-f]{12} of revision 2, which ECS rolled back to \(config key image\)\.$/,
    );
    await up("prod");
    expect((await run("verify", "prod")).stdout.join("\n")).to.match(
      /^revision 4 runs: 1 of 1 tasks, stable for 6\d s$/,
    );
  });

  it("does not roll back to an image that is gone", async () => {
    const [, other = ""] = (await aws.push("prod", "app-9", "broken")).split("@");
    await aws.deleteImage("prod", other);
    const { code, stderr } = await run("rollback", "prod", "--to", other, "--yes");
    expect(code).to.equal(1);
    expect(stderr).to.deep.equal([
      `The image ${other.slice(7, 19)} of that digest is not in the repository prod any more, so it cannot run. \`npm run status -- prod\` lists other revisions for --to.`,
    ]);
  });
});
