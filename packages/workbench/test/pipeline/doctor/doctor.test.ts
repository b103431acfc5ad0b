import { expect } from "chai";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { CommandError, runCommand, type RunCommand } from "../../../src/lib/command.ts";
import type { Dependencies } from "../../../src/pipeline/doctor/checks.ts";
import { examine, report } from "../../../src/pipeline/doctor/doctor.ts";
import { checkRepository } from "../../../src/pipeline/doctor/repository-checks.ts";
import { missingRules, requiredChecks } from "../../../src/pipeline/bootstrap/rules.ts";
import type { Plan } from "../../../src/plan/types.ts";
import { PROJECT } from "../../../../../test/helpers/project.ts";
import { tool } from "../../../../../test/helpers/tool.ts";

const BOUNDARY = "arn:aws:iam::111122223333:policy/bound";

const plan = (changes: Partial<Plan> = {}): Plan => ({
  project: "koa-fargate",
  stack: "prod",
  config: {
    "aws:region": "eu-west-1",
    allowedAccountIds: ["111122223333"],
    permissionsBoundaryArn: BOUNDARY,
  },
  resources: [],
  invokes: [],
  outputs: {},
  warnings: [],
  ...changes,
});

/** Programs by their first words; others are not installed. */
const programs =
  (answers: Readonly<Record<string, string>>): RunCommand =>
  (command, args) => {
    const line = [command, ...args].join(" ");
    const answer = Object.entries(answers).find(([start]) => line.startsWith(start))?.[1];
    return answer === undefined
      ? Promise.reject(new CommandError(`${command} is not on PATH.`, 127))
      : Promise.resolve({ code: answer === "fails" ? 1 : 0, stdout: answer, stderr: "" });
  };

const HEALTHY: Readonly<Record<string, string>> = {
  "node --version": "v24.21.0\n",
  "docker version": "28.2.2\n",
  "pulumi version": "v3.270.0\n",
  "pulumi whoami": '{"url":"s3://state"}',
  "pulumi stack output --json --stack prod": "{}",
  "gh repo view": "o/r\n",
  "gh auth status": "",
  "gh api repos/o/r/rules/branches/main": JSON.stringify(missingRules([], false)),
  "gh api repos/o/r/environments/prod": JSON.stringify({
    protection_rules: [
      {
        type: "required_reviewers",
        reviewers: [{ type: "User", reviewer: { id: 1, login: "ann" } }],
      },
    ],
  }),
  "gh api repos/o/r": JSON.stringify({
    ...{ id: 2, name: "r", created_at: "2026-08-01T00:00:00Z", visibility: "public" },
    ...{ owner: { login: "o", id: 1, type: "User" }, permissions: { admin: true } },
  }),
  "gh variable list": "[]",
};

const dependencies = (changes: Partial<Dependencies> = {}): Dependencies => ({
  run: programs(HEALTHY),
  nodeVersion: "24.21.0",
  env: { PATH: "/usr/bin" },
  sdkVersion: "3.270.0",
  stacks: () => Promise.resolve(["prod"]),
  plan: () => Promise.resolve(plan()),
  account: () => Promise.resolve("111122223333"),
  loadBalancers: () => Promise.resolve({ used: 3, limit: 50 }),
  ...changes,
});

/** Findings other than ok. */
async function wrong(changes: Partial<Dependencies>, offline = false): Promise<string[]> {
  const findings = await examine(dependencies(changes), { offline });
  return findings
    .filter(({ level }) => level !== "ok")
    .map(({ name, level, text, advice }) => `${level} ${name}: ${text} -> ${advice}`);
}

describe("Doctor", () => {
  it("says when main is not guarded, prod approved by nobody, or GitHub's plan lacks what the pipeline uses", async () => {
    const gitHub = (changes: Record<string, string>) =>
      wrong({ run: programs({ ...HEALTHY, ...changes }) });
    expect(await gitHub({ "gh api repos/o/r/rules/branches/main": "[]" })).to.deep.equal([
      "warn GitHub: main: It is not guarded: a commit that no check passed can get there, and main is what deploys. -> npm run bootstrap -- --github o/r makes the ruleset.",
    ]);
    expect(await gitHub({ "gh api repos/o/r/rules/branches/main": "fails" })).to.deep.equal([
      "warn GitHub: main: GitHub has no rules for this private repository on its plan: a commit that no check passed can get onto main, and main is what deploys. -> GitHub Pro or Team has them, and so has every public repository.",
    ]);
    const open = { "gh api repos/o/r/environments/prod": "{}" };
    expect(await gitHub(open)).to.deep.equal([
      "warn GitHub: prod: Nobody approves it: every merge deploys it. -> npm run bootstrap -- --github owner/name --reviewer <login>, if that is not meant.",
    ]);
    const byHand = { "gh variable list": '[{"name":"PROMOTION","value":"by-hand"}]' };
    expect(await gitHub({ ...open, ...byHand })).to.deep.equal([]);
    const team = {
      "gh api repos/o/r": (HEALTHY["gh api repos/o/r"] ?? "").replace("public", "private"),
      "gh api user": '{"login":"o","plan":{"name":"pro"}}',
    };
    expect(await gitHub(team)).to.deep.equal([
      "fail GitHub: signatures: GitHub has no attestations for private repositories on the plan pro: deployments fail where they sign. -> gh variable set ATTESTATIONS --repo o/r --body off",
    ]);
    const none = Object.entries(HEALTHY).filter(([line]) => !line.startsWith("gh "));
    expect(await wrong({ run: programs(Object.fromEntries(none)) })).to.deep.equal([
      "warn GitHub: gh is not here, is not signed in, or finds no repository of GitHub's. -> Nothing to do, if the pipeline deploys nothing. Else install it, and gh auth login.",
    ]);
  });

  it("finds a machine and an account healthy", async () => {
    const findings = await examine(dependencies(), { offline: false });
    expect(report(findings)).to.equal(
      [
        "ok    Node                        24.21.0 runs this.",
        "ok    Node for pulumi up          24.21.0 is on PATH.",
        "ok    Docker                      28.2.2 answers.",
        "ok    Pulumi CLI                  3.270.0 is on PATH.",
        "ok    Pulumi backend              s3://state answers.",
        "ok    GitHub                      o/r is public.",
        "ok    GitHub: main                It is changed by pull requests alone, after their checks.",
        "ok    GitHub: prod                It is approved by ann.",
        "ok    prod: configuration         It is complete, and the plan works.",
        "ok    prod: stack                 It is in the backend.",
        "ok    prod: boundary of roles     arn:aws:iam::111122223333:policy/bound bounds the roles of the stack.",
        "ok    prod: permissions           The pipeline's roles have a row for everything in the plan.",
        "ok    prod: Elastic IP addresses  The plan asks for 0; a new account may have 5 in a region.",
        "ok    prod: VPCs                  The plan asks for 0; a new account may have 5 in a region.",
        "ok    prod: Fargate vCPUs         The plan asks for 0 vCPU; a new account may have 6 in a region.",
        "ok    prod: region                eu-west-1, from Pulumi.prod.yaml.",
        "ok    prod: account               The credentials are for 111122223333, in eu-west-1.",
        "ok    prod: load balancers        3 of 50 are in use in eu-west-1.",
        "",
        "0 failed, 0 warnings, 18 ok",
        "",
      ].join("\n"),
    );
  });

  it("calls nothing on the network when it is told so", async () => {
    const network = () => Promise.reject(new Error("network"));
    const findings = await examine(
      dependencies({
        account: network,
        loadBalancers: network,
        run: (command, args, options) => {
          if (args[0] === "whoami" || args[0] === "stack") throw new Error("network");
          return programs(HEALTHY)(command, args, options);
        },
      }),
      { offline: true },
    );
    expect(findings.map(({ level }) => level)).to.deep.equal(
      Array.from({ length: 11 }, () => "ok"),
    );
  });

  it("warns of a type that the pipeline's roles have no permissions for, until it is declared", async () => {
    const resource = { type: "aws:mq/broker:Broker", name: "b", custom: true, inputs: {} };
    const planned = plan({ resources: [resource as unknown as Plan["resources"][number]] });
    const asked = { plan: () => Promise.resolve(planned) };
    expect(await wrong(asked)).to.deep.equal([
      "warn prod: permissions: The pipeline's role has no permission row for aws:mq/broker:Broker: add one under permissions in workbench.config.ts, then run npm run bootstrap. -> CONTRIBUTING.md lists what a new component needs.",
    ]);
    const declared = { permissions: { "aws:mq/broker:Broker": { read: "", write: "" } } };
    expect(await wrong({ ...asked, declared })).to.deep.equal([]);
  });

  it("looks at the stacks that it is given", async () => {
    const planned: string[] = [];
    const asked = dependencies({
      plan: (stack) => {
        planned.push(stack);
        return Promise.resolve(plan({ stack }));
      },
    });
    await examine(asked, { offline: true, stacks: ["dev"] });
    expect(planned).to.deep.equal(["dev"]);
  });

  it("tells an old Node from an old Node on PATH", async () => {
    expect(await wrong({ nodeVersion: "22.1.0" })).to.deep.equal([
      "fail Node: 22.1.0 runs this, but the program needs 24 or later. -> Put Node 24 first on PATH.",
    ]);
    expect(
      await wrong({ run: programs({ ...HEALTHY, "node --version": "v20.0.0" }) }),
    ).to.deep.equal([
      'warn Node for pulumi up: 20.0.0 is on PATH, older than 24. -> For plain pulumi commands: export PATH="$PWD/node_modules/.bin:$PATH"',
    ]);
  });

  it("looks for the Node on PATH beside the one that npm puts there", async () => {
    let asked: string | undefined;
    const run: RunCommand = (command, args, options) => {
      if (command === "node") asked = options?.env?.["PATH"];
      return programs(HEALTHY)(command, args, options);
    };
    await examine(dependencies({ run, env: { PATH: "/p/node_modules/.bin:/usr/bin" } }), {
      offline: true,
    });
    expect(asked).to.equal("/usr/bin");
  });

  it("misses Docker, and Pulumi more", async () => {
    expect(await wrong({ run: programs({ "node --version": "v24.0.0" }) })).to.deep.equal([
      "warn Docker: No Docker daemon answers. -> pulumi up builds the image with Docker: install and start it. The offline plan and npm start do without.",
      "fail Pulumi CLI: pulumi is not on PATH. -> Install 3.270.0: https://www.pulumi.com/docs/install/",
      "fail Pulumi backend: Pulumi is logged in to no backend, or cannot reach it. -> export PULUMI_BACKEND_URL=... as npm run bootstrap prints it, or pulumi login.",
      "warn GitHub: gh is not here, is not signed in, or finds no repository of GitHub's. -> Nothing to do, if the pipeline deploys nothing. Else install it, and gh auth login.",
      "warn prod: stack: The backend does not tell whether it is there. -> Fix the backend first.",
    ]);
  });

  it("finds a daemon that does not answer", async () => {
    const run = programs({ ...HEALTHY, "docker version": "fails" });
    expect((await wrong({ run }))[0]).to.match(/^warn Docker: No Docker daemon answers\./);
  });

  for (const [version, finding] of [
    ["v3.260.1", "warn Pulumi CLI: 3.260.1 is on PATH, but the SDK is 3.270.0."],
    ["v4.0.0", "warn Pulumi CLI: 4.0.0 is on PATH, but the SDK is 3.270.0."],
    ["", "warn Pulumi CLI: It does not tell its version."],
  ] as const)
    it(`warns of a CLI that says ${JSON.stringify(version)}`, async () => {
      const run = programs({ ...HEALTHY, "pulumi version": version });
      expect((await wrong({ run }))[0]?.split(" -> ")[0]).to.equal(finding);
    });

  it("accepts a CLI that is newer than the SDK", async () => {
    expect(
      await wrong({ run: programs({ ...HEALTHY, "pulumi version": "3.300.0" }) }),
    ).to.deep.equal([]);
  });

  it("warns of state in a folder", async () => {
    const run = programs({ ...HEALTHY, "pulumi whoami": '{"url":"file://~"}' });
    expect(await wrong({ run })).to.deep.equal([
      "warn Pulumi backend: file://~ is a folder of this machine. -> State on one machine is lost with it: npm run bootstrap makes a bucket for it.",
    ]);
  });

  it("passes on what the plan says", async () => {
    const warnings = ["domainName is the placeholder <your domain> of the template"];
    expect(await wrong({ plan: () => Promise.resolve(plan({ warnings })) })).to.deep.equal([
      "warn prod: configuration: domainName is the placeholder <your domain> of the template -> Edit Pulumi.prod.yaml.",
    ]);
    const refused = () => Promise.reject(new Error("prod: 1 problem in Pulumi.prod.yaml"));
    expect(await wrong({ plan: refused })).to.deep.equal([
      "fail prod: configuration: prod: 1 problem in Pulumi.prod.yaml -> npm run plan -- prod tells the same.",
    ]);
  });

  it("warns of addresses that a new account may not have", async () => {
    const eip = { type: "aws:ec2/eip:Eip" } as Plan["resources"][number];
    const planned = plan({ resources: [eip, eip, eip] });
    expect(await wrong({ plan: () => Promise.resolve(planned) })).to.deep.equal([
      "warn prod: Elastic IP addresses: The plan asks for 3; a new account may have 5 in a region. -> Yours: aws service-quotas get-service-quota --service-code ec2 --quota-code L-0263D0A3 --query Quota.Value; in use: aws ec2 describe-addresses --query 'length(Addresses)'",
    ]);
  });

  it("counts the vCPUs of all tasks that autoscaling allows, twice for a deployment", async () => {
    const resource = (type: string, inputs: object) =>
      ({ type, inputs }) as unknown as Plan["resources"][number];
    const resources = [
      resource("aws:ecs/taskDefinition:TaskDefinition", { cpu: "512" }),
      resource("aws:ecs/service:Service", { desiredCount: 3 }),
      resource("aws:appautoscaling/target:Target", { maxCapacity: 12 }),
      resource("aws:ec2/vpc:Vpc", {}),
    ];
    expect(await wrong({ plan: () => Promise.resolve(plan({ resources })) })).to.deep.equal([
      "warn prod: Fargate vCPUs: The plan asks for 12 vCPU; a new account may have 6 in a region. -> Yours: aws service-quotas get-service-quota --service-code fargate --quota-code L-3032A538 --query Quota.Value; in use: Service Quotas shows it in the console, AWS Fargate",
    ]);
  });

  it("says that the pipeline's role will be refused without the boundary", async () => {
    const config = { "aws:region": "eu-west-1", allowedAccountIds: ["111122223333"] };
    const unbounded = plan({ config: { ...config, permissionsBoundaryArn: "" } });
    expect(await wrong({ plan: () => Promise.resolve(unbounded) })).to.deep.equal([
      "warn prod: boundary of roles: permissionsBoundaryArn is empty, and the pipeline may only create roles that carry it: its deployments will fail. -> npm run bootstrap writes it into Pulumi.prod.yaml: commit that. Who deploys as an administrator alone needs none.",
    ]);
  });

  it("misses a stack in the backend", async () => {
    const run: RunCommand = (command, args, options) =>
      args[0] === "stack"
        ? Promise.resolve({ code: 6, stdout: "", stderr: "no stack named 'prod' found" })
        : programs(HEALTHY)(command, args, options);
    expect(await wrong({ run })).to.deep.equal([
      "fail prod: stack: It is not in the backend. -> npm run bootstrap makes it, with its own key for secrets. Look first whether PULUMI_BACKEND_URL is the right one.",
    ]);
  });

  it("compares account and region with the stack's", async () => {
    expect(await wrong({ account: () => Promise.resolve("999999999999") })).to.deep.equal([
      "fail prod: account: The credentials are for 999999999999, but allowedAccountIds allows 111122223333. -> Switch the credentials.",
    ]);
    const open = plan({
      config: {
        "aws:region": "eu-west-1",
        allowedAccountIds: [],
        permissionsBoundaryArn: BOUNDARY,
      },
    });
    expect(await wrong({ plan: () => Promise.resolve(open) })).to.deep.equal([
      "warn prod: account: The credentials are for 111122223333, and the stack allows any account. -> pulumi config set --path 'allowedAccountIds[0]' 111122223333 --stack prod",
    ]);
    expect(await wrong({ env: { AWS_REGION: "us-east-1" } })).to.deep.equal([
      "warn prod: region: eu-west-1 in Pulumi.prod.yaml, but AWS_REGION is us-east-1. -> Pulumi follows the file; the aws CLI follows the variable.",
    ]);
  });

  it("says why there are no credentials", async () => {
    const account = () => Promise.reject(new Error("AWS does not know who you are: expired."));
    expect(await wrong({ account })).to.deep.equal([
      "fail prod: account: AWS does not know who you are: expired. -> ",
    ]);
  });

  it("finds a full quota, and does not fail where it cannot be read", async () => {
    const full = () => Promise.resolve({ used: 50, limit: 50 });
    expect(await wrong({ loadBalancers: full })).to.deep.equal([
      "fail prod: load balancers: 50 of 50 are in use in eu-west-1. -> Ask for more in Service Quotas before you deploy a new stack.",
    ]);
    const denied = () => Promise.reject(new Error("AccessDenied"));
    expect(await wrong({ loadBalancers: denied })).to.deep.equal([
      "warn prod: load balancers: Their number could not be read: AccessDenied -> ",
    ]);
  });
});

describe("Doctor, of what GitHub reads in the repository", () => {
  let root = "";
  const file = (name: string, text: string): void => {
    mkdirSync(path.dirname(path.join(root, name)), { recursive: true });
    writeFileSync(path.join(root, name), text);
  };
  const updates = (...entries: string[]): string =>
    `version: 2\nupdates:\n${entries.map((entry) => `  - { package-ecosystem: ${entry} }\n`).join("")}`;
  const OWN = updates(
    ...["github-actions, directory: /", "npm, directory: /", "npm, directory: /app"],
    "docker, directory: /components/registry",
  );
  beforeEach(() => {
    root = mkdtempSync(path.join(tmpdir(), "doctor-"));
  });
  afterEach(() => {
    rmSync(root, { recursive: true });
  });

  /** What it finds of a project in a folder of the repository. */
  async function found(folder = ""): Promise<string[]> {
    const there = path.join(root, folder);
    const run: RunCommand = (command, args, options) =>
      command === "git" ? runCommand(command, args, options) : programs(HEALTHY)(command, args);
    const findings = await checkRepository({ ...dependencies(), run, root: there });
    return findings.map(({ name, level, text, advice }) => `${level} ${name}: ${text}${advice}`);
  }
  const GOOD = "ok GitHub: Dependabot: It looks at every folder that has packages or a base.";
  const missing = (what: string): string =>
    `warn GitHub: Dependabot: .github/dependabot.yml of the repository does not name ${what}: nothing raises what is used there.Add an entry for each: package-ecosystem, directory, schedule and cooldown, as the others have.`;

  it("says which app's packages or base nothing raises, and knows patterns", async () => {
    file(".github/dependabot.yml", OWN);
    file("app/package.json", "{}");
    expect(await found()).to.deep.equal([GOOD]);
    file("workbench.config.ts", 'export default { apps: ["app", "./admin", "nightly"] };\n');
    for (const name of ["admin/package.json", "nightly/package.json"]) file(name, "{}");
    // Without packages there is nothing to raise.
    expect(await found()).to.deep.equal([GOOD]);
    for (const name of ["admin/pnpm-lock.yaml", "nightly/Dockerfile"]) file(name, "");
    expect(await found()).to.deep.equal([missing("npm in /admin, docker in /nightly")]);
    file(
      ".github/dependabot.yml",
      `${OWN}  - { package-ecosystem: npm, directories: ["/adm*"] }\n  - { package-ecosystem: docker, directory: /nightly/ }\n`,
    );
    expect(await found()).to.deep.equal([GOOD]);
  });

  it("says nothing where another tool sees to that, and of another program", async () => {
    file("app/package.json", "{}");
    expect(await found()).to.deep.equal([]);
    expect(await checkRepository(dependencies())).to.deep.equal([]);
  });

  it("says what is missing at the root of a repository of which the project is a folder", async () => {
    file("services/orders/Pulumi.yaml", "name: orders\nruntime: nodejs\n");
    file("services/orders/.github/dependabot.yml", OWN);
    file("services/orders/.github/workflows/pr.yml", "name: pr\non: push\n");
    await runCommand("git", ["init", "--quiet", root]);
    expect(await found("services/orders")).to.deep.equal([
      "warn GitHub: workflows: GitHub reads them at the root of the repository alone, where those of services/orders are missing or out of date: 1 file.npm run docs writes them: commit them.",
      missing(
        "npm in /services/orders, npm in /services/orders/app, docker in /services/orders/components/registry",
      ),
    ]);
    file(".github/workflows/orders-pr.yml", "name: orders-pr\non: push\n");
    file(
      ".github/dependabot.yml",
      updates(
        'npm, directories: ["/services/**"]',
        "docker, directory: /services/orders/components/registry",
      ),
    );
    expect(await found("services/orders")).to.deep.equal([
      "ok GitHub: workflows: They stand at the root of the repository, of which this is services/orders.",
      GOOD,
    ]);
  });

  it("holds main to the checks as a project in a folder has them", async () => {
    const ofFolder = {
      ...HEALTHY,
      "git rev-parse --show-prefix": "packages/workbench/test/\n",
    };
    const unguarded = await wrong({ run: programs(ofFolder) });
    expect(unguarded.map((line) => line.slice(0, 40))).to.deep.equal([
      "warn GitHub: main: It is not guarded: a ",
    ]);
    const checks = requiredChecks({ folder: "a", project: PROJECT, folders: [] });
    const rules = JSON.stringify(missingRules([], false, checks));
    const guarded = { ...ofFolder, "gh api repos/o/r/rules/branches/main": rules };
    expect(await wrong({ run: programs(guarded) })).to.deep.equal([]);
  });
});

describe("npm run doctor", function () {
  const doctor = (...args: string[]) => tool("packages/workbench/src/pipeline/doctor/cli.ts", args);

  it("answers in JSON, with an exit code that follows the findings", async () => {
    const { code, stdout } = await doctor("dev", "--offline", "--json");
    const findings = JSON.parse(stdout) as { name: string; level: string }[];
    const repository = ["GitHub: Dependabot", "GitHub: workflows"];
    expect(
      findings.map(({ name }) => name).filter((name) => !repository.includes(name)),
    ).to.deep.equal([
      "Node",
      "Node for pulumi up",
      "Docker",
      "Pulumi CLI",
      "dev: configuration",
      "dev: boundary of roles",
      "dev: permissions",
      "dev: Elastic IP addresses",
      "dev: VPCs",
      "dev: Fargate vCPUs",
      "dev: region",
    ]);
    expect(code).to.equal(findings.some(({ level }) => level === "fail") ? 1 : 0);
  });

  it("refuses an option that it does not know", async () => {
    const { code, stderr } = await doctor("--offlin");
    expect(code).to.equal(2);
    expect(stderr).to.match(/^Unknown option '--offlin'/);
  });
});
