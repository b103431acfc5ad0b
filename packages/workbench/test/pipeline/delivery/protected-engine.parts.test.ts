import { expect } from "chai";
import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import type { RunCommand } from "../../../src/lib/command.ts";
import { deploy } from "../../../src/pipeline/delivery/deployment.ts";
import { frozenFileWithApp, planFrozen } from "../../../../../test/helpers/frozen.ts";
import { Engine } from "../../../../../test/engine/engine.ts";
import { resourcesByUrn } from "../../../../../test/engine/state.ts";
import { failure } from "./fakes.ts";
import { PROJECT } from "../../../../../test/helpers/project.ts";
import { engineIsHere } from "../../../../../test/helpers/parts.ts";

describe("Deployment of a change that deletes a protected resource, on the real engine", function () {
  let engine: Engine;

  before(async function () {
    if (!engineIsHere()) this.skip();
    engine = await Engine.start();
    const project = path.join(engine.project, "Pulumi.yaml");
    writeFileSync(project, `main: small.ts\n${readFileSync(project, "utf8")}`);
  });
  after(async () => {
    // Unset where the tests were skipped.
    await (engine as Engine | undefined)?.stop();
  });

  const program = (name: string, options: string): void => {
    writeFileSync(
      path.join(engine.project, "small.ts"),
      `import { ComponentResource } from "@pulumi/pulumi";
new ComponentResource("test:index:Small", "${name}", {}, ${options});\n`,
    );
  };
  const names = async (): Promise<string[]> =>
    [...resourcesByUrn(await engine.succeed(["stack", "export", "--stack", "dev"])).keys()].map(
      (urn) => urn.split("::").at(-1) ?? "",
    );

  it("is refused before anything changes", async () => {
    const said: string[] = [];
    const run: RunCommand = async (_, args) => {
      const { code, stdout, stderr } = await engine.pulumi(args);
      said.push(stdout, stderr);
      return { code: code ?? 1, stdout, stderr };
    };
    const plan = await planFrozen({ stack: "dev", file: frozenFileWithApp("dev") });
    const image = `r@sha256:${"1".repeat(64)}`;
    await engine.succeed(["stack", "init", "dev"]);
    program("kept", "{ protect: true }");
    await deploy({ run }, plan, image);
    expect(await names()).to.have.members([`${PROJECT}-dev`, "kept"]);

    // By its own this one would be created before the engine finds out what to delete.
    program("added", "{}");
    said.length = 0;
    expect(await failure(deploy({ run }, plan, image))).to.equal(
      `dev: pulumi up of ${image} ended with exit code 1; its output says why.`,
    );
    expect(said.join("\n")).to.include("because it is protected");
    expect(await names()).to.have.members([`${PROJECT}-dev`, "kept"]);
  });
});
