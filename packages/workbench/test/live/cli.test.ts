import { expect } from "chai";
import { readFileSync } from "node:fs";
import { COMMANDS } from "../../src/live/commands.ts";
import { awsError } from "./verification/stub.ts";
import { FakePulumi, outputsOf, runCommandLine } from "./harness.ts";

describe("The commands' command line", () => {
  it("lists every command", async () => {
    const { code, stdout } = await runCommandLine([]);
    expect(code).to.equal(0);
    expect(
      stdout
        .join("\n")
        .split("\n")
        .map((line) => line.trim().split(/ {2,}/)[0]),
    ).to.deep.equal([
      "Commands for a deployed stack, each with --help:",
      ...COMMANDS.map(({ name }) => `npm run ${name}`),
    ]);
  });

  it("refuses an unknown command", async () => {
    const { code, stdout, stderr } = await runCommandLine(["deploy"]);
    expect([code, stdout]).to.deep.equal([2, []]);
    expect(stderr.join("\n").split("\n")[0]).to.equal("deploy is not a command.");
  });

  for (const command of COMMANDS) {
    it(`${command.name} explains itself with examples`, async () => {
      const { code, stdout } = await runCommandLine([command.name, "--help"]);
      const text = stdout.join("\n");
      expect(code).to.equal(0);
      expect(text.startsWith(`npm run ${command.name} -- ${command.usage}\n`)).to.be.true;
      expect(text).to.match(new RegExp(`\n  npm run ${command.name} -- `));
      // Usage declares the options, the lines below it explain each.
      const options = (of: string, pattern: RegExp) =>
        [...of.matchAll(pattern)].map(([, option]) => option).sort();
      expect(options(command.help, /^ {2}(--[\w-]+)/gm)).to.deep.equal(
        options(command.usage, /\[(--[\w-]+)/g),
      );
    });

    it(`${command.name} wants its arguments`, async () => {
      const { code, stderr } = await runCommandLine([command.name]);
      expect(code).to.equal(2);
      expect(stderr).to.deep.equal([`Usage: npm run ${command.name} -- ${command.usage}`]);
    });

    it(`${command.name} stands in docs/operations.md`, () => {
      expect(readFileSync("docs/operations.md", "utf8")).to.include(
        `npm run ${command.name} -- ${command.usage}`,
      );
    });
  }

  it("refuses an unknown option in a sentence", async () => {
    const { code, stderr } = await runCommandLine(["status", "prod", "--nope"]);
    expect(code).to.equal(2);
    expect(stderr).to.deep.equal([
      "Unknown option '--nope'. Usage: npm run status -- STACK [SERVICE] [--json]",
    ]);
  });

  it("says that a stack has no service yet", async () => {
    const { code, stderr } = await runCommandLine(["status", "prod"], {
      pulumi: new FakePulumi({ prod: {} }),
    });
    expect(code).to.equal(2);
    expect(stderr).to.deep.equal([
      "Stack prod has no service yet. Deploy it first: pulumi up --stack prod",
    ]);
  });

  const failures: [string, Error, number, string][] = [
    [
      "missing credentials",
      awsError("CredentialsProviderError", "Could not load credentials from any providers"),
      5,
      "AWS took no credentials: CredentialsProviderError: Could not load credentials from any providers. Log in, or choose a profile with AWS_PROFILE.",
    ],
    [
      "a missing permission",
      awsError("AccessDeniedException", "not authorized to perform: ecs:DescribeServices"),
      5,
      "The credentials do not allow status: AccessDeniedException: not authorized to perform: ecs:DescribeServices",
    ],
    [
      "throttling",
      awsError("ThrottlingException", "Rate exceeded"),
      4,
      "AWS did not answer: ThrottlingException: Rate exceeded. Try again.",
    ],
  ];
  for (const [name, error, exitCode, sentence] of failures) {
    it(`explains ${name}`, async () => {
      const { code, stderr } = await runCommandLine(["status", "prod"], {
        answers: { DescribeServices: error },
      });
      expect(code).to.equal(exitCode);
      expect(stderr).to.deep.equal([sentence]);
    });
  }

  it("reads the state where the last `up` failed and left older outputs, or none", async () => {
    const pulumi = new FakePulumi({ prod: {} });
    const definition = String(outputsOf("prod", 44)["taskDefinitionArn"]);
    pulumi.state = [
      {
        type: "aws:ecs/service:Service",
        urn: "s",
        outputs: {
          cluster: "arn:aws:ecs:eu-west-1:123456789012:cluster/api-c1",
          name: "api-5f2e",
          taskDefinition: definition,
        },
      },
      {
        type: "aws:ecs/taskDefinition:TaskDefinition",
        urn: "t",
        outputs: {
          containerDefinitions: JSON.stringify([
            { logConfiguration: { options: { "awslogs-group": "api-9d8c" } } },
          ]),
        },
      },
    ];
    const { calls, code } = await runCommandLine(["logs", "prod"], {
      pulumi,
      answers: { FilterLogEvents: { events: [] } },
    });
    expect(code).to.equal(0);
    expect(calls[0]?.input["logGroupName"]).to.equal("api-9d8c");
  });
});
