import { expect } from "chai";
import { answers, taskDefinition } from "./verification/answers.ts";
import { awsError, type Answers } from "./verification/stub.ts";
import {
  commands,
  digest,
  FakePulumi,
  outputsOf,
  repositoryOf,
  runCommandLine,
} from "./harness.ts";
import { historyAnswers, imageOfRevision, OLD } from "./past.ts";

describe("npm run rollback", () => {
  /** The service is on `running`; the registry holds the images of the letters. */
  function world(running: number, held: string): Answers {
    const status = running === 43 ? "SUCCESSFUL" : "ROLLBACK_SUCCESSFUL";
    return {
      ...answers({
        primary: running,
        deployment: { status, target: { revision: 43, running: 3 }, source: OLD },
      }),
      ...historyAnswers,
      DescribeTaskDefinition: ({ taskDefinition: arn }: { taskDefinition: string }) => {
        const image = imageOfRevision(Number(arn.split(":").at(-1)));
        return image === undefined
          ? awsError("ClientException", "Unable to describe task definition.")
          : { taskDefinition: { containerDefinitions: [{ image }] } };
      },
      DescribeImages: ({ imageIds }: { imageIds?: { imageDigest: string }[] }) => {
        const images = Array.from(held, (letter) => ({
          imageDigest: digest(letter),
          imageTags: [`app-${letter}`],
        }));
        const asked = imageIds?.[0]?.imageDigest;
        if (asked === undefined) return { imageDetails: images };
        const found = images.filter(({ imageDigest }) => imageDigest === asked);
        return found.length === 0
          ? awsError("ImageNotFoundException", "not there")
          : { imageDetails: found };
      },
      GetLifecyclePolicy: awsError("LifecyclePolicyNotFoundException", "none"),
      BatchGetImage: { images: [{ imageManifest: "{}", imageManifestMediaType: "m" }] },
      PutImage: {},
    };
  }

  it("goes back to the last other image that was deployed with success, pins it, and deploys", async () => {
    const pulumi = new FakePulumi({ prod: outputsOf("prod") });
    const ran = await runCommandLine(["rollback", "prod", "--yes"], {
      pulumi,
      answers: world(43, "abc"),
    });

    expect(ran.code).to.equal(0);
    expect(ran.stderr).to.deep.equal([
      "prod is to run the image cccccccccccc of revision 40, deployed before (config key image).",
    ]);
    expect(pulumi.written).to.deep.equal([
      { stack: "prod", values: { image: `${repositoryOf("prod")}@${digest("c")}` } },
    ]);
    expect(pulumi.ups).to.deep.equal([{ stack: "prod", yes: true }]);
    // What runs, what was before it, and what is to run.
    expect(commands(ran, "PutImage").map(({ input }) => input["imageTag"])).to.have.members([
      "pinned-aaaaaaaaaaaa",
      "pinned-bbbbbbbbbbbb",
      "pinned-cccccccccccc",
    ]);
  });

  it("makes the state agree with what ECS rolled back to", async () => {
    const pulumi = new FakePulumi({ prod: outputsOf("prod") });
    const { stderr } = await runCommandLine(["rollback", "prod", "--yes"], {
      pulumi,
      answers: world(42, "abc"),
    });
    expect(stderr).to.deep.equal([
      "prod is to run the image bbbbbbbbbbbb of revision 42, which ECS rolled back to (config key image).",
    ]);
  });

  it("does not deploy the image that failed because of its settings", async () => {
    const pulumi = new FakePulumi({ prod: outputsOf("prod") });
    const { code, stderr } = await runCommandLine(["rollback", "prod", "--yes"], {
      pulumi,
      answers: world(41, "abc"),
    });
    expect(code).to.equal(1);
    expect(stderr).to.deep.equal([
      "Revision 43 has the same image as revision 41, which runs: they differ in settings, not in the app. Take the change of the settings back and run pulumi up --stack prod.",
    ]);
    expect(pulumi.written).to.deep.equal([]);
  });

  describe("where ECS has no earlier deployment on record", () => {
    const withoutHistory = (list: object, arns: readonly string[]): Answers => ({
      ...world(43, "abc"),
      ListServiceDeployments: list,
      ListTaskDefinitions: { taskDefinitionArns: arns },
    });
    // The newest first, as they are asked for; 44 was never deployed, and there is no 39.
    const revisions = [44, 43, 42, 41, 40, 39].map(taskDefinition);

    for (const [name, list] of [
      ["it lists none", { serviceDeployments: [] }],
      ["it does not know the call", awsError("UnknownOperationException", "no such call")],
    ] as const)
      it(`goes back to the newest earlier revision with another image: ${name}`, async () => {
        const pulumi = new FakePulumi({ prod: outputsOf("prod") });
        const ran = await runCommandLine(["rollback", "prod", "--yes"], {
          pulumi,
          answers: withoutHistory(list, revisions),
        });
        expect([ran.code, ran.stderr]).to.deep.equal([
          0,
          [
            "prod is to run the image bbbbbbbbbbbb of revision 42 (ECS has no record of how its deployment went) (config key image).",
          ],
        ]);
        expect(commands(ran, "ListTaskDefinitions").map(({ input }) => input)).to.deep.equal([
          { familyPrefix: "api", status: "ACTIVE", sort: "DESC" },
        ]);
        expect(pulumi.ups).to.deep.equal([{ stack: "prod", yes: true }]);
      });

    it("looks past revisions with the image that runs", async () => {
      const { stderr } = await runCommandLine(["rollback", "prod", "--yes"], {
        answers: withoutHistory({ serviceDeployments: [] }, [43, 41, 40].map(taskDefinition)),
      });
      expect(stderr[0]).to.match(/^prod is to run the image cccccccccccc of revision 40 \(/);
    });

    it("says that there is none", async () => {
      const { code, stderr } = await runCommandLine(["rollback", "prod", "--yes"], {
        answers: withoutHistory({ serviceDeployments: [] }, [43, 41].map(taskDefinition)),
      });
      expect([code, stderr]).to.deep.equal([
        1,
        [
          "No deployment of the last 90 days and no earlier revision had another image than the one that runs. Name one: npm run rollback -- prod --to REVISION",
        ],
      ]);
    });
  });

  it("changes nothing when the image is gone", async () => {
    const pulumi = new FakePulumi({ prod: outputsOf("prod") });
    const ran = await runCommandLine(["rollback", "prod", "--yes"], {
      pulumi,
      answers: world(43, "ab"),
    });
    expect(ran.code).to.equal(1);
    expect(ran.stderr).to.deep.equal([
      "The image cccccccccccc of revision 40, deployed before is not in the repository registry-prod any more, so it cannot run. `npm run status -- prod` lists other revisions for --to.",
    ]);
    expect([pulumi.written, pulumi.ups, commands(ran, "PutImage")]).to.deep.equal([[], [], []]);
  });

  const named: [string, string, string][] = [
    ["42", "b", "revision 42"],
    [digest("c"), "c", "that digest"],
    ["app-b", "b", "app-b"],
  ];
  for (const [to, letter, which] of named) {
    it(`goes to ${to.slice(0, 12)} when it is named`, async () => {
      const pulumi = new FakePulumi({ prod: outputsOf("prod") });
      const { stderr } = await runCommandLine(["rollback", "prod", "--to", to, "--no-up"], {
        pulumi,
        answers: world(43, "abc"),
      });
      expect(stderr).to.deep.equal([
        `prod is to run the image ${letter.repeat(12)} of ${which} (config key image).`,
      ]);
      expect(pulumi.ups).to.deep.equal([]);
    });
  }

  const wrong: [string, string][] = [
    [
      "99",
      "There is no task definition of revision 99. `npm run status -- prod` lists the last ones.",
    ],
    ["release-x", "The repository registry-prod has no image with the tag release-x."],
  ];
  for (const [to, sentence] of wrong) {
    it(`refuses ${to}`, async () => {
      const { code, stderr } = await runCommandLine(["rollback", "prod", "--to", to, "--yes"], {
        answers: world(43, "abc"),
      });
      expect([code, stderr]).to.deep.equal([2, [sentence]]);
    });
  }

  it("does not deploy unasked", async () => {
    const pulumi = new FakePulumi({ prod: outputsOf("prod") });
    const { code, stderr } = await runCommandLine(["rollback", "prod"], { pulumi });
    expect(code).to.equal(2);
    expect(stderr).to.deep.equal([
      "This deploys, and there is no terminal to ask on. Add --yes to deploy, or --no-up to change the configuration alone.",
    ]);
  });

  it("ends as `pulumi up` does", async () => {
    const pulumi = new FakePulumi({ prod: outputsOf("prod") });
    pulumi.upExitCode = 255;
    const { code } = await runCommandLine(["rollback", "prod"], {
      pulumi,
      answers: world(43, "abc"),
      interactive: true,
    });
    expect([code, pulumi.ups]).to.deep.equal([255, [{ stack: "prod", yes: false }]]);
  });
});
