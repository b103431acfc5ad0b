import { expect } from "chai";
import {
  changesAnything,
  previewImage,
  previewStack,
} from "../../../src/pipeline/delivery/pulumi.ts";
import { fakeCommands } from "./fakes.ts";

describe("Preview of a stack", () => {
  it("keeps what the CLI found, without the noise", async () => {
    const step = {
      op: "create",
      urn: "u",
      newState: { stackTrace: [1], sourcePosition: "/home/x" },
    };
    const { run, calls } = fakeCommands({
      "pulumi preview": { stdout: JSON.stringify({ steps: [step], changeSummary: { create: 1 } }) },
    });

    expect(await previewStack({ run }, "dev", { "koa-fargate:image": "r@d" })).to.deep.equal({
      stack: "dev",
      exitCode: 0,
      error: "",
      preview: { steps: [{ op: "create", urn: "u", newState: {} }], changeSummary: { create: 1 } },
    });
    expect(calls).to.deep.equal([
      "pulumi preview --json --stack dev --non-interactive --color=never --config koa-fargate:image=r@d",
    ]);
  });

  it("changes something unless everything stays the same", () => {
    const of = (changeSummary?: Record<string, number>) =>
      changesAnything({
        ...{ stack: "dev", exitCode: 0, error: "" },
        preview: changeSummary === undefined ? null : { changeSummary },
      });
    expect([{ same: 40 }, { same: 40, update: 0 }, {}].map(of)).to.deep.equal([
      false,
      false,
      false,
    ]);
    expect([{ same: 40, update: 1 }, { create: 1 }, undefined].map(of)).to.deep.equal([
      true,
      true,
      true,
    ]);
  });

  it("reports a failure with the errors of the document", async () => {
    const document = {
      diagnostics: [
        { severity: "warning", message: "careful\n" },
        { severity: "error", message: "error: wrong account\n" },
      ],
    };
    const { run } = fakeCommands({
      "pulumi preview": { code: 1, stdout: JSON.stringify(document) },
    });
    expect(await previewStack({ run }, "dev", {})).to.deep.equal({
      stack: "dev",
      exitCode: 1,
      error: "error: wrong account",
      preview: document,
    });
  });

  it("reports a failure that left no document", async () => {
    const { run } = fakeCommands({
      "pulumi preview": { code: 3, stderr: "error: no credentials\n" },
    });
    expect(await previewStack({ run }, "dev", {})).to.deep.equal({
      stack: "dev",
      exitCode: 3,
      error: "error: no credentials",
      preview: null,
    });
  });

  it("takes the image that the repository holds under the same content, else the one just built", () => {
    expect(previewImage("r", "sha256:old", "sha256:new")).to.equal("r@sha256:old");
    expect(previewImage("r", undefined, "sha256:new")).to.equal("r@sha256:new");
    expect(previewImage(undefined, undefined, "sha256:new")).to.equal(undefined);
  });
});
