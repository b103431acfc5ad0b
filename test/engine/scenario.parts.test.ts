import { expect } from "chai";
import { chmodSync, readdirSync, readFileSync, utimesSync, writeFileSync } from "node:fs";
import path from "node:path";
import { parseImage } from "@koa-fargate/workbench/live/registry/reference.ts";
import { goBack, release } from "@koa-fargate/workbench/live/release/release.ts";
import { Engine, type Result } from "./engine.ts";
import { ImageRepository } from "./image-repository.ts";
import { resourcesByUrn } from "./state.ts";
import { PROJECT } from "../helpers/project.ts";
import { engineIsHere } from "../helpers/parts.ts";

/** A listener in an exported state. */
interface Listener {
  urn: string;
  type: string;
  id: string;
  inputs: { port: number; defaultActions: [{ type: string }] };
}

/** First-run success hides second-run failure: one life of a stack, step after step, on the real engine. */
describe("The life of a stack on the real engine", function () {
  let engine: Engine;
  let first = "";
  let second = "";
  let repository: ImageRepository;

  before(async function () {
    if (!engineIsHere()) this.skip();
    engine = await Engine.start();
    await engine.succeed(["stack", "init", "dev"]);
  });

  after(async () => {
    // Unset where the tests were skipped.
    await (engine as Engine | undefined)?.stop();
  });

  it("is created, and is unchanged after a touch and under another umask", async () => {
    await up();
    await unchanged();
    first = await output("imageUri");

    const source = path.join(engine.project, "app");
    for (const entry of readdirSync(source, { recursive: true, withFileTypes: true })) {
      const file = path.join(entry.parentPath, entry.name);
      utimesSync(file, 1, 1);
      // As a checkout under this umask leaves them.
      chmodSync(file, entry.isDirectory() ? 0o700 : 0o600);
    }
    await unchanged([], "077");
  });

  it("fails `up` for a deployment that ECS rolled back, and again while nothing is fixed", async () => {
    changeApp("0.2.0");
    await engine.control({ outcome: "rolls-back" });
    const first = await engine.pulumi(["up", "--stack", "dev", "--yes", "--skip-preview"]);
    const second = await engine.pulumi(["up", "--stack", "dev", "--yes", "--skip-preview"]);

    for (const result of [first, second]) {
      expect(result.code).to.equal(1);
      expect(said(result, "the deployment was rolled back")).to.deep.equal([
        "error: the deployment was rolled back: revision 2 is not running, revision 1 is.",
      ]);
    }
    expect(await output("url")).to.match(new RegExp(`^http://${PROJECT}-dev-`));
  });

  it("succeeds once the app is fixed", async () => {
    changeApp("0.2.1");
    await up();
    await unchanged();
  });

  it("changes to canary, and ECS's weights are no drift", async () => {
    set("deploymentStrategy", "canary");
    set("spotPercent", "0");
    await up();
    changeApp("0.3.0");
    await up();
    await unchanged(["--refresh"]);
  });

  it("refuses to become rolling while the green group carries the traffic", async () => {
    set("deploymentStrategy", "rolling");
    const refused = await engine.pulumi(["preview", "--stack", "dev"]);
    set("deploymentStrategy", "canary");

    expect(refused.code).to.equal(1);
    expect(said(refused, "deploymentStrategy would become rolling")).to.have.length(1);
  });

  it("becomes rolling once the blue group carries it again", async () => {
    changeApp("0.4.0");
    await up();
    await unchanged(["--refresh"]);
    set("deploymentStrategy", "rolling");
    await up();
    await unchanged(["--refresh"]);
  });

  it("gets a certificate and gives it back, and the listener of port 80 stays the same", async () => {
    const before = await listenerOfPort80();
    set("certificateArn", "arn:aws:acm:eu-west-1:123456789012:certificate/abc");
    set("domainName", "api.example.com");
    await up();
    await unchanged();
    expect(await listenerOfPort80()).to.deep.equal({ ...before, action: "redirect" });

    unset("certificateArn");
    unset("domainName");
    await up();
    await unchanged(["--refresh"]);
    expect(await listenerOfPort80()).to.deep.equal(before);
  });

  it("takes the listener over from a stack that knew it by its name with a certificate", async () => {
    const state = await engine.succeed(["stack", "export", "--stack", "dev"]);
    const file = path.join(engine.project, "state.json");
    writeFileSync(file, state.replaceAll("load-balancer-http", "load-balancer-redirect"));
    await engine.succeed(["stack", "import", "--stack", "dev", "--file", file]);

    const before = await listenerOfPort80();
    await up();
    expect(await listenerOfPort80()).to.deep.equal({
      ...before,
      urn: before.urn.replace("load-balancer-redirect", "load-balancer-http"),
    });
    await unchanged();
  });

  it("sleeps without being woken or reported as drift", async () => {
    await engine.control({ asleep: true });
    await unchanged(["--refresh"]);
    const { code, stdout } = await engine.pulumi([
      "up",
      "--stack",
      "dev",
      "--yes",
      "--skip-preview",
    ]);
    await engine.control({ asleep: false });

    expect(code).to.equal(0);
    expect(said({ code, stdout, stderr: "" }, "warning: asleep")).to.have.length(1);
  });

  it("promotes two releases, each by its digest", async () => {
    second = await output("imageUri");
    expect(second).to.not.equal(first);
    repository = new ImageRepository(await lifecyclePolicy());
    for (const image of [first, second]) {
      const { digest } = parseImage(image);
      await release(repository, {
        digest,
        at: new Date(repository.now),
        inUse: [parseImage(await output("imageUri")).digest],
        copy: (tag) => {
          repository.push(digest, tag);
          return Promise.resolve();
        },
        configure: () => {
          set("image", image);
          return Promise.resolve();
        },
      });
      await up();
      expect(await output("imageUri")).to.equal(image);
      await unchanged();
    }
  });

  it("loses neither of them to the registry's lifecycle policy in 40 pushes", () => {
    const pushes = Array.from({ length: 40 }, (_, index) => `sha256:push-${index + 1}`);
    for (const digest of pushes) {
      // The tag of a release without a pin, as any other tool would push it.
      repository.push(digest, `release-${digest}`);
      repository.expire();
    }

    // The two oldest of 42 releases count among the 30 newest pushes no more; only their pins keep them.
    expect(repository.digests).to.deep.equal([
      parseImage(first).digest,
      parseImage(second).digest,
      ...pushes.slice(-30),
    ]);
  });

  it("rolls back to the first by its digest", async () => {
    await goBack(repository, {
      digest: parseImage(first).digest,
      inUse: [parseImage(second).digest],
      configure: () => {
        set("image", first);
        return Promise.resolve();
      },
    });
    await up();
    expect(await output("imageUri")).to.equal(first);
    await unchanged(["--refresh"]);
  });

  it("builds the app again, and then has nothing to do", async () => {
    unset("image");
    await up();
    expect(await output("imageUri")).to.equal(second);
    await unchanged();
  });

  const up = (): Promise<string> =>
    engine.succeed(["up", "--stack", "dev", "--yes", "--skip-preview"]);

  const unchanged = (flags: readonly string[] = [], umask = "022"): Promise<string> =>
    engine.succeed(["preview", "--stack", "dev", "--expect-no-changes", ...flags], { umask });

  const output = async (name: string): Promise<string> =>
    (await engine.succeed(["stack", "output", name, "--stack", "dev"])).trim();

  async function listenerOfPort80(): Promise<{ urn: string; id: string; action: string }> {
    const text = await engine.succeed(["stack", "export", "--stack", "dev"]);
    const { deployment } = JSON.parse(text) as { deployment: { resources: Listener[] } };
    const listeners = deployment.resources.filter(
      ({ type, inputs }) => type === "aws:lb/listener:Listener" && inputs.port === 80,
    );
    expect(listeners).to.have.length(1);
    const [{ urn, id, inputs }] = listeners as [Listener];
    return { urn, id, action: inputs.defaultActions[0].type };
  }

  /** The lifecycle policy as the state has it. */
  async function lifecyclePolicy(): Promise<string> {
    const state = resourcesByUrn(await engine.succeed(["stack", "export", "--stack", "dev"]));
    const policies = [...state].filter(([urn]) => urn.includes("aws:ecr/lifecyclePolicy"));
    expect(policies).to.have.length(1);
    return String(policies[0]?.[1]["policy"]);
  }

  /** Comments do not reach the bundle; the version of the package does. */
  function changeApp(version: string): void {
    const file = path.join(engine.project, "app/package.json");
    const app = JSON.parse(readFileSync(file, "utf8")) as object;
    writeFileSync(file, JSON.stringify({ ...app, version }));
  }

  const stackFile = (): string => path.join(engine.project, "Pulumi.dev.yaml");

  function set(key: string, value: string): void {
    unset(key);
    const text = readFileSync(stackFile(), "utf8");
    writeFileSync(
      stackFile(),
      text.replace("config:\n", `config:\n  ${PROJECT}:${key}: ${value}\n`),
    );
  }

  function unset(key: string): void {
    const text = readFileSync(stackFile(), "utf8");
    writeFileSync(stackFile(), text.replace(new RegExp(`^ +${PROJECT}:${key}: .*\n`, "m"), ""));
  }
});

/** Lines of the output that hold `text`, each once: the CLI repeats diagnostics. */
function said({ stdout, stderr }: Result, text: string): string[] {
  const lines = (stdout + stderr)
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line.includes(text) && !line.startsWith("pulumi:pulumi:Stack"));
  return [...new Set(lines)];
}
