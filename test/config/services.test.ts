import { expect } from "chai";
import { brokenServices } from "../../config/service-rules.ts";
import { sizedServices } from "../../config/service-sizes.ts";
import { priorityOf, ruleOf, type HttpService, type Services } from "../../config/services.ts";
import { valuesWith } from "./helpers/values.ts";

const api = { kind: "http" } as const;
const admin: HttpService = { kind: "http", path: "/admin" };

const sentences = (services: Omit<Services, "api">): string[] =>
  brokenServices({ api, ...services }).map(({ key, reason }) => `${key} ${reason}`);

describe("services.ts", () => {
  const cases: [string, Omit<Services, "api">, string[]][] = [
    ["the main service alone", {}, []],
    ["a path, and a host", { admin, docs: { kind: "http", host: "docs.example.com" } }, []],
    [
      "neither path nor host",
      { admin: { kind: "http" } },
      [
        'services.ts: admin has neither path nor host, so it would take every request from api. Give it one, such as path: "/admin".',
      ],
    ],
    [
      "a path with a slash at its end",
      { admin: { kind: "http", path: "/admin/" } },
      [
        'services.ts: admin has the path "/admin/". Use one such as /admin, without a slash at its end: it takes all below it too.',
      ],
    ],
    [
      "a name that is too long for a target group",
      { "administration-api": { kind: "worker" } },
      [
        "services.ts: administration-api is no name for a service. Use 1 to 17 letters in lower case, digits and hyphens.",
      ],
    ],
    [
      "build without an app",
      { worker: { kind: "worker", build: "dockerfile" } },
      [
        "services.ts: worker has build, but runs the main service's image. Give it an appPath, or set the key build.",
      ],
    ],
    [
      "a schedule that is none",
      { nightly: { kind: "scheduled", schedule: "0 3 * * *" } },
      [
        'services.ts: nightly has the schedule "0 3 * * *". Use cron(0 3 * * ? *), rate(1 hour) or at(2026-12-01T03:00:00).',
      ],
    ],
    [
      "two of the same path",
      { admin, other: { ...admin } },
      ["services.ts: admin takes the same requests as other. Give one another path."],
    ],
    [
      "two of the same priority",
      { a: { ...admin, path: "/a", priority: 7 }, b: { ...admin, path: "/b", priority: 7 } },
      [
        "services.ts: a has the priority 7, and so has b. Give one a priority of its own: priority: 8.",
      ],
    ],
    [
      "a path below another one, asked after it",
      {
        wide: { kind: "http", path: "/v2", priority: 5 },
        narrow: { kind: "http", path: "/v2/beta", priority: 6 },
      },
      [
        "services.ts: narrow would get no request, since wide takes them before it (priority 5). Give it a smaller priority: priority: 4.",
      ],
    ],
    [
      "a side-car whose image may change",
      { worker: { kind: "worker", sideCars: { proxy: { image: "envoy:latest" } } } },
      [
        "services.ts: worker.sideCars.proxy has the image envoy:latest, which may be another one tomorrow. Name a version or a digest.",
      ],
    ],
    [
      "a side-car that would be the app",
      { worker: { kind: "worker", sideCars: { app: { image: "envoy:1" }, twin: {} } } },
      [
        "services.ts: worker.sideCars.app is called as the service's own container. Choose another name.",
        'services.ts: worker.sideCars.twin has neither image nor command, so it would be the app once more. Give it an image, or a command such as ["dist/server.js", "proxy"].',
      ],
    ],
  ];
  for (const [name, services, expected] of cases)
    it(`${name}: ${expected.length === 0 ? "accepted" : "refused"}`, () => {
      expect(sentences(services)).to.deep.equal(expected);
    });

  it("a priority is the name's own, two of the listener's before the main service's 100 and 200", () => {
    const names = Array.from({ length: 500 }, (_, index) => `service-${index}`);
    const forward = names.map((name) => ruleOf(name, admin).priorities.forward);
    const shifting = names.map((name) => ruleOf(name, admin).priorities.shifting);

    expect(Math.min(...shifting)).to.equal(1);
    expect(Math.max(...forward)).to.equal(98);
    expect(new Set(forward.map((priority) => priority % 2))).to.deep.equal(new Set([0]));
    expect(priorityOf("admin", admin)).to.equal(priorityOf("admin", { ...admin, path: "/x" }));
    expect(priorityOf("admin", { ...admin, priority: 3 })).to.equal(3);
  });
});

describe("the key services", () => {
  const services: Services = {
    api,
    admin,
    worker: { kind: "worker", environment: { QUEUE: "a", LEVEL: "info" } },
    nightly: { kind: "scheduled", schedule: "rate(1 day)" },
  };
  const sized = (
    settings: Record<string, Record<string, unknown>>,
    stack: Record<string, unknown> = {},
  ) => sizedServices(services, valuesWith({ ...stack, services: settings }));
  const problems = (settings: Record<string, Record<string, unknown>>): string[] =>
    sized(settings).problems.map(({ key, reason }) => `${key} ${reason}`);

  it("gives sizes their defaults whatever the main service has, and the rest the stack's", () => {
    const { services: found } = sized(
      { worker: { taskCpu: 512, taskMemoryMiB: 1024, environment: { LEVEL: "debug" } } },
      { taskCpu: 1024, taskMemoryMiB: 2048, spotPercent: 70, environment: { MODE: "small" } },
    );
    const [, worker] = found;

    expect(found.map(({ name, values }) => [name, values.taskCpu])).to.deep.equal([
      ["admin", 256],
      ["worker", 512],
      ["nightly", 256],
    ]);
    expect(worker?.values.spotPercent).to.equal(70);
    expect(worker?.values.environment).to.deep.equal({ QUEUE: "a", LEVEL: "debug" });
    expect(worker?.values.secrets).to.deep.equal({});
  });

  const cases: [string, Record<string, Record<string, unknown>>, string[]][] = [
    [
      "a misspelt service",
      { wroker: { taskCpu: 512 } },
      ["services.wroker is not a service of services.ts. Did you mean worker?"],
    ],
    [
      "the main service",
      { api: { taskCpu: 512 } },
      [
        "services.api is the main service, whose keys stand by themselves: set taskCpu of the stack.",
      ],
    ],
    [
      "a misspelt key",
      { worker: { taskCpus: 512 } },
      [
        "services.worker.taskCpus is not a key of a service of the kind worker. Did you mean taskCpu?",
      ],
    ],
    [
      "a value of the wrong kind",
      { worker: { taskCpu: "much" } },
      ['services.worker.taskCpu is "much", but it has to be a whole number, 256 to 16384.'],
    ],
    [
      "a size that Fargate does not have",
      { worker: { taskMemoryMiB: 4096 } },
      [
        "services.worker.taskMemoryMiB is 4096, but 256 CPU units allow 512, 1024 or 2048. Raise taskCpu to 512 or lower the memory.",
      ],
    ],
    [
      "more tasks than the maximum",
      { worker: { desiredCount: 5 } },
      ["services.worker.desiredCount is 5, above maxCapacity (2). Lower it or raise maxCapacity."],
    ],
    [
      "a secret in plain text",
      { nightly: { environment: { DB_PASSWORD: "x" } } },
      [
        "services.nightly.environment sets DB_PASSWORD, which looks like a secret, in plain text. Store it in Secrets Manager and name its ARN under secrets.",
      ],
    ],
  ];
  for (const [name, settings, expected] of cases)
    it(`${name}: refused`, () => {
      expect(problems(settings)).to.deep.equal(expected);
    });
});
