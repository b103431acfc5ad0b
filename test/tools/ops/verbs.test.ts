import { expect } from "chai";
import {
  answers,
  deploymentArn,
  STARTED,
  taskArn,
  taskDefinition,
  type World,
} from "../../components/verification/answers.ts";
import { awsError, give, type Answers } from "../../components/verification/stub.ts";
import { digest, FakePulumi, outputsOf, repositoryOf, runVerb, type Ran } from "./harness.ts";

const OLD = { revision: 42, running: 3 };
const GOOD: World = {
  deployment: { status: "SUCCESSFUL", target: { revision: 43, running: 3 }, source: OLD },
};
const PAUSED: World = {
  strategy: "BLUE_GREEN",
  primary: 43,
  deployment: {
    status: "IN_PROGRESS",
    stage: "POST_SCALE_UP",
    target: { revision: 43, running: 3, weight: 0 },
    source: { ...OLD, weight: 100 },
    hooks: [{ hookId: "pause-1", targetType: "PAUSE", status: "AWAITING_ACTION" }],
  },
};
const commands = ({ calls }: Ran, ...names: string[]) =>
  calls.filter(({ command }) => names.includes(command));

describe("npm run verify", () => {
  it("prints the verdict and ends with 0", async () => {
    const { code, stdout, stderr } = await runVerb(["verify", "prod"], { answers: answers(GOOD) });
    expect([code, stdout, stderr]).to.deep.equal([
      0,
      ["revision 43 runs: 3 of 3 tasks, 1 healthy"],
      [],
    ]);
  });

  const ends: [string, World, Answers, number][] = [
    [
      "a rollback",
      {
        primary: 42,
        deployment: { status: "ROLLBACK_SUCCESSFUL", target: { revision: 43 }, source: OLD },
      },
      {},
      1,
    ],
    ["a sleeping service", { ...GOOD, desired: 0, running: 0 }, {}, 3],
    ["a deployment that awaits approval", PAUSED, {}, 0],
    [
      "a time-out",
      { primary: 43, deployment: { status: "IN_PROGRESS", target: { revision: 43 }, source: OLD } },
      {},
      4,
    ],
    ["the wrong account", GOOD, { GetCallerIdentity: { Account: "999999999999" } }, 5],
  ];
  for (const [name, world, extra, exitCode] of ends) {
    it(`ends with ${exitCode} for ${name}`, async () => {
      const { code } = await runVerb(["verify", "prod"], {
        answers: { ...answers(world), ...extra },
      });
      expect(code).to.equal(exitCode);
    });
  }

  it("gives up after --timeout", async () => {
    const { code, clock } = await runVerb(["verify", "prod", "--timeout", "30s"], {
      answers: answers({
        primary: 43,
        deployment: { status: "IN_PROGRESS", target: { revision: 43 }, source: OLD },
      }),
    });
    expect([code, clock.seconds]).to.deep.equal([4, 30]);
  });

  it("speaks JSON", async () => {
    const { stdout } = await runVerb(["verify", "prod", "--json"], { answers: answers(GOOD) });
    expect(stdout.map((line) => JSON.parse(line) as unknown)).to.deep.equal([
      {
        stack: "prod",
        state: "succeeded",
        ok: true,
        elapsedSeconds: 0,
        message: "revision 43 runs: 3 of 3 tasks, 1 healthy",
      },
    ]);
  });
});

describe("npm run status", () => {
  const table: Answers = {
    ...answers(GOOD),
    ListTasks: { taskArns: [taskArn("1f0c2d4e5a6b")] },
    DescribeTasks: {
      tasks: [
        {
          taskArn: taskArn("1f0c2d4e5a6b"),
          taskDefinitionArn: taskDefinition(43),
          lastStatus: "RUNNING",
          healthStatus: "HEALTHY",
          availabilityZone: "eu-west-1a",
          capacityProviderName: "FARGATE_SPOT",
          startedAt: STARTED,
        },
      ],
    },
    DescribeTaskDefinition: {
      taskDefinition: {
        containerDefinitions: [{ image: `${repositoryOf("prod")}@${digest("a")}` }],
      },
    },
  };

  it("shows what runs, its tasks and the last deployments", async () => {
    const { code, stdout } = await runVerb(["status", "prod"], {
      answers: { ...table, ...historyAnswers },
    });
    expect(code).to.equal(0);
    expect(stdout.join("\n")).to.equal(
      [
        "prod   https://prod.example.com   eu-west-1   account 123456789012",
        "",
        "  runs   revision 43: 3 of 3 tasks, 1 healthy",
        "  image  registry-prod@aaaaaaaaaaaa",
        "",
        "  tasks",
        "     1f0c2d4e  revision 43  running  healthy  eu-west-1a  fargate spot  since 2026-03-01 12:00 UTC",
        "",
        "  deployments",
        "     revision 43  successful           2026-03-01 12:04 UTC  registry-prod@aaaaaaaaaaaa",
        "     revision 42  rollback successful  2026-03-01 12:03 UTC  registry-prod@bbbbbbbbbbbb",
        "     revision 41  successful           2026-03-01 12:02 UTC  registry-prod@aaaaaaaaaaaa",
        "     revision 40  successful           2026-03-01 12:01 UTC  registry-prod@cccccccccccc",
      ].join("\n"),
    );
  });

  it("tells that what was asked for does not run, and that somebody has to approve", async () => {
    const { stdout } = await runVerb(["status", "prod"], {
      pulumi: new FakePulumi({ prod: outputsOf("prod", 44) }),
      answers: {
        ...answers(PAUSED),
        ListTasks: {},
        DescribeTaskDefinition: { taskDefinition: {} },
      },
    });
    expect(stdout.join("\n").split("\n").slice(2, 5)).to.deep.equal([
      "  runs    revision 43: 3 of 3 tasks, 1 healthy",
      "  asked   revision 44, which does not run: npm run verify -- prod says why",
      "  awaits  npm run approve -- prod, or reject",
    ]);
  });

  it("speaks JSON", async () => {
    const { stdout } = await runVerb(["status", "prod", "--json"], { answers: table });
    const status = JSON.parse(stdout.join("")) as Record<string, unknown>;
    expect(Object.keys(status)).to.deep.equal([
      "stack",
      "url",
      "asked",
      "running",
      "image",
      "desired",
      "runningTasks",
      "healthyTargets",
      "awaitingApproval",
      "tasks",
      "deployments",
    ]);
    expect([status["asked"], status["running"], status["runningTasks"]]).to.deep.equal([
      "43",
      "43",
      3,
    ]);
  });
});

/** Revision 43 runs image a, 42 (b) was rolled back, 41 ran a too, 40 ran c. */
const PAST: [number, string, string][] = [
  [43, "SUCCESSFUL", "a"],
  [42, "ROLLBACK_SUCCESSFUL", "b"],
  [41, "SUCCESSFUL", "a"],
  [40, "SUCCESSFUL", "c"],
];
const at = (revision: number): Date => new Date(STARTED.getTime() + (revision - 39) * 60_000);
const imageOfRevision = (revision: number): string | undefined => {
  const letter = PAST.find(([number]) => number === revision)?.[2];
  return letter === undefined ? undefined : `${repositoryOf("prod")}@${digest(letter)}`;
};
const historyAnswers: Answers = {
  ListServiceDeployments: {
    serviceDeployments: PAST.map(([revision, status]) => ({
      serviceDeploymentArn: deploymentArn(revision),
      targetServiceRevisionArn: `revision/${revision}`,
      createdAt: at(revision),
      status,
    })).toReversed(),
  },
  DescribeServiceRevisions: ({ serviceRevisionArns }: { serviceRevisionArns: string[] }) => ({
    serviceRevisions: serviceRevisionArns.map((serviceRevisionArn) => {
      // Of the newest deployment by its own name, of those of the past by ours.
      const revision = serviceRevisionArn.startsWith("revision/")
        ? Number(serviceRevisionArn.slice(9))
        : Number(serviceRevisionArn.slice(-4)) - 4000;
      const [image, imageDigest] = (imageOfRevision(revision) ?? "").split("@");
      return {
        serviceRevisionArn,
        taskDefinition: taskDefinition(revision),
        containerImages: [{ containerName: "app", image, imageDigest }],
      };
    }),
  }),
};

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
    const ran = await runVerb(["rollback", "prod", "--yes"], { pulumi, answers: world(43, "abc") });

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
    const { stderr } = await runVerb(["rollback", "prod", "--yes"], {
      pulumi,
      answers: world(42, "abc"),
    });
    expect(stderr).to.deep.equal([
      "prod is to run the image bbbbbbbbbbbb of revision 42, which ECS rolled back to (config key image).",
    ]);
  });

  it("does not deploy the image that failed because of its settings", async () => {
    const pulumi = new FakePulumi({ prod: outputsOf("prod") });
    const { code, stderr } = await runVerb(["rollback", "prod", "--yes"], {
      pulumi,
      answers: world(41, "abc"),
    });
    expect(code).to.equal(1);
    expect(stderr).to.deep.equal([
      "Revision 43 has the same image as revision 41, which runs: they differ in settings, not in the app. Take the change of the settings back and run pulumi up --stack prod.",
    ]);
    expect(pulumi.written).to.deep.equal([]);
  });

  it("changes nothing when the image is gone", async () => {
    const pulumi = new FakePulumi({ prod: outputsOf("prod") });
    const ran = await runVerb(["rollback", "prod", "--yes"], { pulumi, answers: world(43, "ab") });
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
      const { stderr } = await runVerb(["rollback", "prod", "--to", to, "--no-up"], {
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
      const { code, stderr } = await runVerb(["rollback", "prod", "--to", to, "--yes"], {
        answers: world(43, "abc"),
      });
      expect([code, stderr]).to.deep.equal([2, [sentence]]);
    });
  }

  it("does not deploy unasked", async () => {
    const pulumi = new FakePulumi({ prod: outputsOf("prod") });
    const { code, stderr } = await runVerb(["rollback", "prod"], { pulumi });
    expect(code).to.equal(2);
    expect(stderr).to.deep.equal([
      "This deploys, and there is no terminal to ask on. Add --yes to deploy, or --no-up to change the configuration alone.",
    ]);
  });

  it("ends as `pulumi up` does", async () => {
    const pulumi = new FakePulumi({ prod: outputsOf("prod") });
    pulumi.upExitCode = 255;
    const { code } = await runVerb(["rollback", "prod"], {
      pulumi,
      answers: world(43, "abc"),
      interactive: true,
    });
    expect([code, pulumi.ups]).to.deep.equal([255, [{ stack: "prod", yes: false }]]);
  });
});

describe("npm run approve and reject", () => {
  /** Paused until the decision, then `after`. */
  function deciding(after: World, lag = 0): () => Answers {
    // Descriptions that still show the hook as waiting, once it was decided.
    let left = Infinity;
    return () => ({
      ...answers(left <= 0 ? after : PAUSED),
      ContinueServiceDeployment: () => {
        left = lag;
        return {};
      },
      DescribeServiceDeployments: (input: object, call: number) => {
        const world = left <= 0 ? after : PAUSED;
        left -= 1;
        return give(answers(world)["DescribeServiceDeployments"] ?? {}, input, call);
      },
    });
  }

  it("waits until ECS shows the decision", async () => {
    const ran = await runVerb(["approve", "prod"], {
      answers: deciding({ ...GOOD, strategy: "BLUE_GREEN" }, 2),
    });
    expect([ran.code, ran.stdout, ran.clock.slept]).to.deep.equal([
      0,
      ["revision 43 runs: 3 of 3 tasks, 1 healthy"],
      [3, 3],
    ]);
  });

  it("approves, waits, and verifies", async () => {
    const ran = await runVerb(["approve", "prod"], {
      answers: deciding({ ...GOOD, strategy: "BLUE_GREEN" }),
    });
    expect([ran.code, ran.stdout]).to.deep.equal([
      0,
      ["revision 43 runs: 3 of 3 tasks, 1 healthy"],
    ]);
    expect(commands(ran, "ContinueServiceDeployment")).to.deep.equal([
      {
        command: "ContinueServiceDeployment",
        input: {
          serviceDeploymentArn: deploymentArn(43),
          hookId: "pause-1",
          action: "CONTINUE",
        },
      },
    ]);
  });

  it("rejects, waits for the rollback, and says how the state agrees again", async () => {
    const ran = await runVerb(["reject", "prod"], {
      answers: deciding({
        strategy: "BLUE_GREEN",
        primary: 42,
        deployment: { status: "ROLLBACK_SUCCESSFUL", target: { revision: 43 }, source: OLD },
      }),
    });
    expect([ran.code, ran.stdout, ran.stderr]).to.deep.equal([
      0,
      ["rejected"],
      ["Revision 42 serves. `npm run rollback -- prod` makes the stack's state agree."],
    ]);
    expect(commands(ran, "ContinueServiceDeployment")[0]?.input["action"]).to.equal("ROLLBACK");
  });

  it("does not wait with --no-wait", async () => {
    const { stdout } = await runVerb(["approve", "prod", "--no-wait", "--json"], {
      answers: deciding(GOOD),
    });
    expect(stdout).to.deep.equal(['{"stack":"prod","decision":"approved"}']);
  });

  it("says that nothing waits", async () => {
    const { code, stderr } = await runVerb(["approve", "prod"], { answers: answers(GOOD) });
    expect([code, stderr]).to.deep.equal([
      1,
      ["No deployment of prod waits for approval: the newest one, of revision 43, is successful."],
    ]);
  });
});

describe("npm run scale", () => {
  it("sets the bounds in the configuration, the desired count within them, and deploys", async () => {
    const pulumi = new FakePulumi({ prod: outputsOf("prod") });
    pulumi.config = { desiredCount: "3" };
    const { code } = await runVerb(["scale", "prod", "4", "16", "--yes"], { pulumi });
    expect(code).to.equal(0);
    expect(pulumi.written).to.deep.equal([
      { stack: "prod", values: { minCapacity: 4, maxCapacity: 16, desiredCount: 4 } },
    ]);
    expect(pulumi.ups).to.deep.equal([{ stack: "prod", yes: true }]);
  });

  it("leaves a desired count alone that lies within", async () => {
    const pulumi = new FakePulumi({ prod: outputsOf("prod") });
    pulumi.config = { desiredCount: "3" };
    await runVerb(["scale", "prod", "2", "3", "--yes"], { pulumi });
    expect(pulumi.written).to.deep.equal([
      { stack: "prod", values: { minCapacity: 2, maxCapacity: 3 } },
    ]);
  });

  it("wakes a sleeping service at once with --now, and changes no configuration", async () => {
    const pulumi = new FakePulumi({ prod: outputsOf("prod") });
    pulumi.config = { awakeHours: "Mon-Fri 07:00-20:00" };
    const { code, bounds, stderr } = await runVerb(["scale", "prod", "1", "2", "--now"], {
      pulumi,
    });
    expect([code, pulumi.written, pulumi.ups]).to.deep.equal([0, [], []]);
    expect(bounds).to.deep.equal([
      { region: "eu-west-1", clusterName: "api-c1", serviceName: "api-5f2e", min: 1, max: 2 },
    ]);
    expect(stderr).to.deep.equal([
      "prod keeps 1 to 2 tasks until its schedule (Mon-Fri 07:00-20:00) moves them again.",
    ]);
  });

  const wrong: [string[], string][] = [
    [["0", "2"], "MIN is 0, but takes a whole number from 1 on."],
    [["3", "2"], "MAX is 2, but takes a whole number from 3 on."],
    [["x", "2"], "MIN is x, but takes a whole number from 1 on."],
  ];
  for (const [args, sentence] of wrong) {
    it(`refuses ${args.join(" to ")}`, async () => {
      const { code, stderr } = await runVerb(["scale", "prod", ...args, "--yes"]);
      expect([code, stderr]).to.deep.equal([2, [sentence]]);
    });
  }
});

describe("npm run logs", () => {
  const event = (eventId: string, seconds: number, task: string, message: string) => ({
    eventId,
    timestamp: STARTED.getTime() + seconds * 1000,
    logStreamName: `app/app/${task}`,
    message,
  });

  it("shows the lines of all tasks by time, from ten minutes back", async () => {
    const ran = await runVerb(["logs", "prod"], {
      answers: {
        FilterLogEvents: (input: { nextToken?: string }) =>
          input.nextToken === undefined
            ? { events: [event("2", 2, "bbbbbbbb", "second\n")], nextToken: "more" }
            : { events: [event("1", 1, "aaaaaaaa", "first")] },
      },
    });
    expect([ran.code, ran.stdout]).to.deep.equal([
      0,
      ["12:00:01 aaaaaa first", "12:00:02 bbbbbb second"],
    ]);
    expect(ran.calls[0]?.input).to.deep.equal({
      logGroupName: "api-9d8c",
      startTime: STARTED.getTime() + 20 * 60_000,
    });
  });

  it("takes one task, a filter and the last lines", async () => {
    const ran = await runVerb(
      ["logs", "prod", "--task", "1f0c2d", "--tail", "1", "--filter", "ERROR", "--json"],
      {
        answers: {
          ...answers(GOOD),
          FilterLogEvents: {
            events: [event("1", 1, "1f0c2d4e", "ERROR a"), event("2", 2, "1f0c2d4e", "ERROR b")],
          },
        },
      },
    );
    expect(ran.stdout).to.deep.equal([
      `{"timestamp":${STARTED.getTime() + 2000},"task":"1f0c2d4e","message":"ERROR b"}`,
    ]);
    expect(commands(ran, "FilterLogEvents")[0]?.input).to.deep.equal({
      logGroupName: "api-9d8c",
      startTime: STARTED.getTime() + 30 * 60_000 - 24 * 60 * 60_000,
      filterPattern: "ERROR",
      logStreamNamePrefix: "app/app/1f0c2d",
    });
  });

  it("follows until Ctrl-C, shows late lines once, and outlives a bad moment", async () => {
    const controller = new AbortController();
    const pages = [
      [event("1", 1, "aaaaaaaa", "one")],
      [event("1", 1, "aaaaaaaa", "one"), event("3", 3, "aaaaaaaa", "three")],
      awsError("ThrottlingException", "Rate exceeded"),
      [event("2", 2, "bbbbbbbb", "late"), event("3", 3, "aaaaaaaa", "three")],
    ];
    const ran = await runVerb(["logs", "prod", "--since", "1h", "--follow"], {
      signal: controller.signal,
      answers: {
        FilterLogEvents: (_: unknown, call: number) => {
          if (call === pages.length - 1) controller.abort();
          const page = pages[call];
          return page instanceof Error ? page : { events: page };
        },
      },
    });
    expect(ran.stdout).to.deep.equal([
      "12:00:01 aaaaaa one",
      "12:00:03 aaaaaa three",
      "12:00:02 bbbbbb late",
    ]);
  });

  it("says that there is nothing", async () => {
    const { stderr } = await runVerb(["logs", "prod", "--since", "30s"], {
      answers: { FilterLogEvents: {} },
    });
    expect(stderr).to.deep.equal(["No line in the last 30s. --since looks further back."]);
  });

  it("refuses a time without a unit", async () => {
    const { code, stderr } = await runVerb(["logs", "prod", "--since", "10"]);
    expect([code, stderr]).to.deep.equal([
      2,
      ["--since is 10, but takes a number and a unit: 30s, 10m, 2h or 7d."],
    ]);
  });
});

describe("npm run run-task", () => {
  const NETWORK = { awsvpcConfiguration: { subnets: ["subnet-1"], securityGroups: ["sg-1"] } };

  function task(exitCode: number | undefined, reason?: string): Answers {
    const world = answers(GOOD);
    return {
      ...world,
      DescribeServices: {
        services: [
          {
            status: "ACTIVE",
            networkConfiguration: NETWORK,
            capacityProviderStrategy: [{ capacityProvider: "FARGATE_SPOT", weight: 100 }],
          },
        ],
      },
      RunTask: { tasks: [{ taskArn: taskArn("1f0c2d4e5a6b") }] },
      DescribeTasks: (_: unknown, call: number) => ({
        tasks: [
          call < 2
            ? { taskArn: taskArn("1f0c2d4e5a6b"), lastStatus: "RUNNING" }
            : {
                taskArn: taskArn("1f0c2d4e5a6b"),
                lastStatus: "STOPPED",
                stoppedReason: reason,
                containers: [{ exitCode }],
              },
        ],
      }),
      GetLogEvents: (input: { nextToken?: string }, call: number) => {
        if (call === 0) return awsError("ResourceNotFoundException", "no stream yet");
        const lines: Record<string, string[]> = { start: ["one", "two"], t1: ["three"], t2: [] };
        const page = input.nextToken ?? "start";
        const next: Record<string, string> = { start: "t1", t1: "t2", t2: "t2" };
        return {
          events: (lines[page] ?? []).map((message) => ({ message })),
          nextForwardToken: next[page],
        };
      },
    };
  }

  it("runs in the service's network, on demand, shows the log and ends with the command's exit code", async () => {
    const ran = await runVerb(["run-task", "prod", "--", "dist/migrate.js", "--to", "latest"], {
      answers: task(3, "Essential container in task exited"),
    });
    expect([ran.code, ran.stdout]).to.deep.equal([3, ["one", "two", "three"]]);
    expect(ran.stderr).to.deep.equal([
      "task 1f0c2d4e5a6b is on its way",
      "task 1f0c2d4e ended with exit code 3: Essential container in task exited",
    ]);
    expect(commands(ran, "RunTask")[0]?.input).to.deep.equal({
      cluster: "api-c1",
      taskDefinition: taskDefinition(43),
      count: 1,
      launchType: "FARGATE",
      networkConfiguration: NETWORK,
      overrides: {
        containerOverrides: [{ name: "app", command: ["dist/migrate.js", "--to", "latest"] }],
      },
      enableECSManagedTags: true,
      propagateTags: "TASK_DEFINITION",
      startedBy: "koa-fargate/run-task",
    });
  });

  it("runs another revision when asked", async () => {
    const ran = await runVerb(["run-task", "prod", "--revision", "42", "--json", "--", "x.js"], {
      answers: task(0),
    });
    expect([ran.code, ran.stdout]).to.deep.equal([
      0,
      ['{"stack":"prod","taskId":"1f0c2d4e5a6b","exitCode":0,"reason":""}'],
    ]);
    expect(commands(ran, "RunTask")[0]?.input["taskDefinition"]).to.equal(taskDefinition(42));
  });

  it("ends with 1 when the container never ran", async () => {
    const ran = await runVerb(["run-task", "prod", "x.js"], {
      answers: task(undefined, "CannotPullContainerError: not found"),
    });
    expect([ran.code, ran.stderr.at(-1)]).to.deep.equal([
      1,
      "The command did not run: CannotPullContainerError: not found",
    ]);
  });

  it("says why ECS did not start the task", async () => {
    const { code, stderr } = await runVerb(["run-task", "prod", "x.js"], {
      answers: {
        ...task(0),
        RunTask: { tasks: [], failures: [{ reason: "RESOURCE:ENI", detail: "no address" }] },
      },
    });
    expect([code, stderr]).to.deep.equal([
      1,
      ["ECS did not start the task: RESOURCE:ENI: no address."],
    ]);
  });
});
