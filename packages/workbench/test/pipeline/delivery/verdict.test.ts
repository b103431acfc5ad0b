import { expect } from "chai";
import { verdict } from "../../../src/pipeline/delivery/deployment.ts";
import { failure, fakeCommands } from "./fakes.ts";

const answer = (state: string, message: string, code = 0) => ({
  code,
  stdout: JSON.stringify({ stack: "dev", state, ok: code === 0, message }),
});

describe("Verdict on a deployment", () => {
  for (const [state, code] of [
    ["succeeded", 0],
    ["awaiting-approval", 0],
    ["asleep", 3],
  ] as const)
    it(`is good when it is ${state}`, async () => {
      const { run, calls } = fakeCommands({ node: answer(state, "text", code) });
      expect(await verdict(run, "/repository", "dev")).to.deep.equal({ state, message: "text" });
      expect(calls).to.deep.equal(["node packages/workbench/src/live/cli.ts verify dev --json"]);
    });

  it("fails with the reason that ECS gave", async () => {
    const { run } = fakeCommands({ node: answer("rolled-back", "revision 43 is not running", 1) });
    expect(await failure(verdict(run, "/repository", "dev"))).to.equal(
      "dev: revision 43 is not running",
    );
  });

  it("fails when nothing can be said", async () => {
    const { run } = fakeCommands({ node: { code: 5, stderr: "no credentials" } });
    expect(await failure(verdict(run, "/repository", "dev"))).to.equal(
      "dev: the deployment cannot be verified: no credentials",
    );
  });
});
