import type { StateValue } from "@aws-sdk/client-cloudwatch";
import { expect } from "chai";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import path from "node:path";
import { spawn, spawnSync } from "node:child_process";
import { setTimeout } from "node:timers/promises";
import { parse, stringify } from "yaml";
import { frozenFile } from "../../../../../test/helpers/frozen.ts";
import { PROJECT } from "../../../../../test/helpers/project.ts";
import { bundleApp, BUNDLE_PATH } from "../../../../../components/registry/bundle.ts";
import { freePort } from "../../../src/local/free-port.ts";
import type { RunCommand } from "../../../src/lib/command.ts";
import type { SmokeWorld } from "../../../src/pipeline/delivery/smoke.ts";
import { writeSmokeStack } from "../../../src/pipeline/smoke/stack-file.ts";
import {
  report,
  walk,
  walkPassed,
  type Parts,
  type Station,
  type Walk,
} from "../../../src/pipeline/smoke/walk.ts";

const ROOT = path.resolve(import.meta.dirname, "../../../../..");
const SUFFIX = "--stack smoke --non-interactive --color=never";

/** A state with an alarm on a band, and one on a limit. */
const STATE = JSON.stringify({
  deployment: {
    resources: [
      { type: "aws:sns/topic:Topic" },
      ...[
        ["traffic-1", "ANOMALY_DETECTION_BAND(m, 3)"],
        ["cpu-1", "m * 2"],
      ].map(([name, expression]) => ({
        type: "aws:cloudwatch/metricAlarm:MetricAlarm",
        outputs: { name, metricQueries: [{ id: "m" }, { expression }] },
      })),
    ],
  },
});

/** An account in which deployments do what they should, or what a test says. */
class Account {
  readonly calls: string[] = [];
  revision = 0;
  answers = 200;
  parts: Parts = { shifts: false, alarms: false, bands: false };
  /** What CloudWatch has of alarms on bands. */
  bands = [
    { AlarmName: "traffic-1", StateValue: "INSUFFICIENT_DATA" as StateValue, StateReason: "New." },
  ];
  url = "http://a.test";
  albDnsName = "a.test";
  /** Called with each command line. */
  seen: (line: string) => void = () => undefined;
  readonly interruption = new AbortController();
  readonly broken = new Map<string, { code: number; stderr: string }>();

  readonly run: RunCommand = (command, args) => {
    const line = [command, ...args].join(" ");
    this.calls.push(line.replace(` ${SUFFIX}`, ""));
    this.seen(line);
    const fault = [...this.broken].find(([part]) => line.includes(part))?.[1];
    if (fault !== undefined) return Promise.resolve({ stdout: "", ...fault });
    if (args[0] === "up") {
      if (/(broken|failing)-app/.test(line))
        return Promise.resolve({
          code: 1,
          stdout: "error: the deployment was rolled back",
          stderr: "",
        });
      this.revision += 1;
    }
    const taskDefinitionArn = `smoke:${this.revision}`;
    const { url, albDnsName } = this;
    const outputs = { url, albDnsName, taskDefinitionArn };
    const stdout =
      args[1] === "output" ? JSON.stringify(outputs) : args[1] === "export" ? STATE : "";
    return Promise.resolve({ code: 0, stdout, stderr: "" });
  };

  private seconds = 0;
  readonly world: SmokeWorld = {
    fetch: () => Promise.resolve(new Response(null, { status: this.answers })),
    now: () => (this.seconds += 1) * 1000,
    sleep: () => Promise.resolve(),
  };

  walk(): Promise<Station[]> {
    const { run, world } = this;
    const parameters: Walk = {
      ...{ run, world, root: "/r", project: "koa-fargate", stack: "smoke", healthPath: "/readyz" },
      secretsProvider: "awskms://alias/key",
      apps: { good: "./app", bad: "./broken-app", failing: "./failing-app" },
      parts: this.parts,
      alarms: (names) =>
        Promise.resolve(this.bands.filter(({ AlarmName }) => names.includes(AlarmName))),
      progress: () => undefined,
      signal: this.interruption.signal,
    };
    return walk(parameters);
  }
}

const results = (stations: readonly Station[]): string[] =>
  stations.map(({ name, passed }) => `${passed ? "ok" : "FAIL"} ${name}`);

describe("Walk through a real account", () => {
  let account: Account;
  beforeEach(() => {
    account = new Account();
  });

  it("deploys, changes, breaks, is fixed and destroys", async () => {
    expect(results(await account.walk())).to.deep.equal([
      "ok init",
      "ok up",
      "ok request",
      "ok nothing to do",
      "ok rollout",
      "ok bad image",
      "ok rollback",
      "ok request after all",
      "ok destroy",
    ]);
    expect(account.calls.filter((call) => !call.includes("stack output"))).to.deep.equal([
      "pulumi stack init smoke --secrets-provider awskms://alias/key --non-interactive --color=never",
      "pulumi up --yes --skip-preview --suppress-outputs",
      "pulumi preview --expect-no-changes",
      "pulumi config set --path koa-fargate:environment.SMOKE second",
      "pulumi up --yes --skip-preview --suppress-outputs",
      "pulumi up --yes --skip-preview --suppress-outputs --config koa-fargate:appPath=./broken-app",
      "pulumi up --yes --skip-preview --suppress-outputs --config koa-fargate:appPath=./app",
      "pulumi destroy --yes",
      "pulumi stack rm smoke --yes --non-interactive --color=never",
    ]);
  });

  it("shifts traffic to and fro, and breaks while it does, where that is asked for", async () => {
    account.parts = { shifts: true, alarms: true, bands: false };
    const stations = await account.walk();
    expect(walkPassed(stations, account.parts)).to.equal(true);
    expect(stations.slice(8).map(({ name }) => name)).to.deep.equal([
      "rollout, asked",
      "shift",
      "shift back",
      "bad image, shifting",
      "failing version",
      "good again",
      "nothing after shifts",
      "destroy",
    ]);
    const shifts = account.calls.filter((call) => call.includes("deploymentStrategy"));
    expect(shifts.map((call) => call.split(" ")[5])).to.deep.equal(["blue-green", "canary"]);
    expect(account.calls.filter((call) => call.includes("failing-app"))).to.have.length(1);
  });

  it("asks CloudWatch for the alarms on bands, of which none may call in a stack that is new", async () => {
    account.parts = { ...account.parts, bands: true };
    const last = async (): Promise<Station | undefined> =>
      (await account.walk()).find(({ name }) => name === "anomaly bands");

    expect(await last()).to.include({
      passed: true,
      detail: "traffic-1: INSUFFICIENT_DATA, New.",
    });
    account.bands = [{ AlarmName: "traffic-1", StateValue: "ALARM", StateReason: "Out." }];
    expect(await last()).to.include({
      passed: false,
      detail: "of traffic-1 CloudWatch has\ntraffic-1: ALARM, Out.",
    });
    account.bands = [];
    expect(await last()).to.include({ passed: false, detail: "of traffic-1 CloudWatch has\n" });
  });

  it("has no use for a failing version where no alarm would notice", async () => {
    account.parts = { shifts: true, alarms: false, bands: false };
    const stations = await account.walk();
    expect(stations.map(({ name }) => name)).to.not.include("failing version");
    expect(walkPassed(stations, account.parts)).to.equal(true);
  });

  it("notices a request that fails while a version is rolled out", async () => {
    account.parts = { shifts: true, alarms: false, bands: false };
    account.seen = (line) => {
      if (line.includes("environment.SMOKE third")) account.answers = 503;
      else if (account.calls.at(-2)?.startsWith("pulumi up")) account.answers = 200;
    };
    const station = (await account.walk())[8];
    expect([station?.name, station?.passed]).to.deep.equal(["rollout, asked", false]);
    expect(station?.detail).to.match(
      /^\d+ of \d+ requests failed while it was deployed, the first with 503\.$/,
    );
  });

  it("destroys what a failed deployment left", async () => {
    account.broken.set("pulumi up", { code: 1, stderr: "error: quota" });
    const stations = await account.walk();
    expect(results(stations)).to.deep.equal(["ok init", "FAIL up", "ok destroy"]);
    expect(stations[1]?.detail).to.equal("pulumi up ended with exit code 1: error: quota");
  });

  it("stops before anything is made when the stack cannot be", async () => {
    account.broken.set("stack init", { code: 3, stderr: "error: no backend" });
    expect(results(await account.walk())).to.deep.equal(["FAIL init"]);
  });

  it("notices a service that does not answer", async () => {
    account.answers = 503;
    const stations = await account.walk();
    expect(results(stations)).to.deep.equal(["ok init", "ok up", "FAIL request", "ok destroy"]);
    expect(stations[2]?.detail).to.match(/GET http:\/\/a\.test\/readyz answered 503\.$/);
  });

  it("notices a preview that is not empty", async () => {
    account.broken.set("--expect-no-changes", { code: 7, stderr: "" });
    expect((await account.walk())[3]).to.include({
      passed: false,
      detail: "A second preview still wants to change something.",
    });
  });

  it("notices a change that was not rolled out", async () => {
    const { run } = account;
    const stuck: RunCommand = async (command, args, options) => {
      const result = await run(command, args, options);
      account.revision = 1;
      return result;
    };
    Object.assign(account, { run: stuck });
    expect((await account.walk())[4]).to.include({
      passed: false,
      detail: "smoke:1 still runs after a change of environment.",
    });
  });

  it("notices a bad version that is called a success", async () => {
    account.broken.set("broken-app", { code: 0, stderr: "" });
    expect((await account.walk())[5]).to.include({
      passed: false,
      detail: "pulumi up reported success for a bad version, ./broken-app.",
    });
  });

  it("notices a failure that does not say that it was rolled back", async () => {
    account.broken.set("broken-app", { code: 255, stderr: "panic" });
    expect((await account.walk())[5]).to.include({
      passed: false,
      detail: "pulumi up failed, but did not say that it was rolled back: panic",
    });
  });

  it("says what is left when it cannot be destroyed", async () => {
    account.broken.set("destroy", { code: 1, stderr: "error: bucket is not empty" });
    expect((await account.walk()).at(-1)).to.include({
      name: "destroy",
      passed: false,
      detail:
        "pulumi destroy ended with exit code 1. What is left costs money: pulumi destroy --stack smoke. error: bucket is not empty",
    });
  });
});

describe("A walk that is interrupted", () => {
  it("destroys what it made, at the next station", async () => {
    const account = new Account();
    account.seen = (line) => {
      if (line.startsWith("pulumi up")) account.interruption.abort();
    };
    expect(results(await account.walk())).to.deep.equal(["ok init", "ok up", "ok destroy"]);
  });

  it("does not wait for a service that does not answer", async () => {
    const account = new Account();
    account.answers = 503;
    let outputs = 0;
    account.seen = (line) => {
      // The first is for what `up` came to, the second for the request's address.
      if (line.startsWith("pulumi stack output") && ++outputs === 2) account.interruption.abort();
    };
    const stations = await account.walk();
    expect(results(stations)).to.deep.equal(["ok init", "ok up", "FAIL request", "ok destroy"]);
    expect(stations[2]?.detail).to.equal("The walk was interrupted.");
  });
});

describe("Walk of a stack whose domain leads to another one", () => {
  it("asks its own load balancer under that name", async () => {
    const balancer = createServer((_, answer) => answer.end()).listen(0, "127.0.0.1");
    await once(balancer, "listening");
    const account = new Account();
    // A name that leads nowhere; and the account's own answers are not asked.
    account.url = `http://service.test:${(balancer.address() as AddressInfo).port}`;
    account.albDnsName = "127.0.0.1";
    account.answers = 503;
    try {
      expect((await account.walk())[2]).to.include({
        name: "request",
        passed: true,
        detail: `${account.url} at 127.0.0.1 answered, 0 of 5 requests failed at first`,
      });
    } finally {
      balancer.closeAllConnections();
      balancer.close();
    }
  });
});

describe("Report of the walk", () => {
  it("names every station, reached or not, and the cost", () => {
    const stations = [
      { name: "init", passed: true, seconds: 2, detail: "stack smoke" },
      { name: "up", passed: false, seconds: 598, detail: "pulumi up ended\nsecond line" },
      { name: "destroy", passed: true, seconds: 600, detail: "nothing is left" },
    ];
    expect(report(stations, { shifts: false, alarms: true, bands: false }, 0.6)).to.equal(
      [
        "  ok    init                     2 s  stack smoke",
        "  FAIL  up                     598 s  pulumi up ended",
        "                                     second line",
        "  -     request              not reached",
        "  -     nothing to do        not reached",
        "  -     rollout              not reached",
        "  -     bad image            not reached",
        "  -     rollback             not reached",
        "  -     request after all    not reached",
        "  ok    destroy                600 s  nothing is left",
        "",
        "The walk FAILED, in 20 min; about 0.20 USD, without traffic and storage.",
        "",
      ].join("\n"),
    );
  });
});

describe("Stack file of the walk", () => {
  for (const stack of ["dev", "prod"])
    it(`has the settings of ${stack}, but short-lived, and no key of another stack`, async () => {
      const folder = mkdtempSync(path.join(tmpdir(), "smoke-"));
      try {
        const [source, target] = [
          path.join(folder, "source.yaml"),
          path.join(folder, "target.yaml"),
        ];
        const keys = "secretsprovider: awskms://alias/key\nencryptedkey: AQ==\n";
        const config = Object.fromEntries(frozenFile(stack));
        writeFileSync(source, keys + stringify({ config }));
        const names = { project: PROJECT, stack: "smoke-1" };
        expect(await writeSmokeStack(source, target, names)).to.equal("awskms://alias/key");

        const written = parse(readFileSync(target, "utf8")) as { config: Record<string, unknown> };
        // Which a project with a long name needs.
        const prefix = `${PROJECT}:namePrefix`;
        expect(written).to.deep.equal({
          config: {
            ...config,
            ...(prefix in written.config ? { [prefix]: written.config[prefix] } : {}),
            "aws:defaultTags": { tags: { project: PROJECT, stack: "smoke-1" } },
            [`${PROJECT}:awakeHours`]: "always",
            [`${PROJECT}:approval`]: "none",
            [`${PROJECT}:deletionProtection`]: false,
            [`${PROJECT}:auditTrail`]: "none",
            [`${PROJECT}:alarmEmails`]: [],
            [`${PROJECT}:permissionsBoundaryArn`]: "",
          },
        });
      } finally {
        rmSync(folder, { recursive: true });
      }
    });

  it("names a version that bundles, and ends at once", () => {
    const bundle = bundleApp(
      path.join(ROOT, "packages/workbench/src/pipeline/smoke/broken-app"),
    ).get(BUNDLE_PATH);
    const { status, stderr } = spawnSync(process.execPath, ["-"], {
      input: Buffer.from(bundle ?? new Uint8Array()),
      encoding: "utf8",
    });
    expect([status, stderr]).to.deep.equal([1, "smoke test: this version ends at once\n"]);
  });

  it("names a version that is healthy, answers 500 where the walk asks, and ends when told", async () => {
    const file = path.join(ROOT, "packages/workbench/src/pipeline/smoke/failing-app/index.js");
    const port = await freePort();
    const env = { ...process.env, PORT: String(port) };
    const child = spawn(process.execPath, [file], { env });
    const ask = async (at: string): Promise<number> =>
      (await fetch(`http://127.0.0.1:${port}${at}`, { headers: { connection: "close" } })).status;
    while (!(await ask("/livez").catch(() => false))) await setTimeout(50);
    expect([await ask("/readyz"), await ask("/smoke")]).to.deep.equal([200, 500]);
    child.kill();
    expect(await once(child, "exit")).to.deep.equal([0, null]);
  });
});
