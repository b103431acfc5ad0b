import { expect } from "chai";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { cutBytes, workflow } from "../../../src/pipeline/delivery/github-actions.ts";

describe("What a step tells its workflow", () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(path.join(tmpdir(), "workflow-"));
  });
  afterEach(() => {
    rmSync(folder, { recursive: true });
  });

  it("is an output that no value can break out of", () => {
    const file = path.join(folder, "output");
    workflow({ GITHUB_OUTPUT: file }).output("image", "a\nEOF\nother=1");
    const [head = "", ...rest] = readFileSync(file, "utf8").split("\n");
    const delimiter = head.slice("image<<".length);
    expect(delimiter).to.match(/^value-[0-9a-f-]{36}$/);
    expect(rest).to.deep.equal(["a", "EOF", "other=1", delimiter, ""]);
  });

  it("is a summary below GitHub's limit", () => {
    const file = path.join(folder, "summary");
    workflow({ GITHUB_STEP_SUMMARY: file }).summary("é".repeat(600_000));
    const written = readFileSync(file);
    expect(written.byteLength).to.be.within(999_990, 1_000_001);
    expect(written.toString()).to.match(/é\n\n\(cut: the artifact of this run has all of it\)\n$/);
  });

  it("leaves a short text alone", () => {
    expect(cutBytes("short", 100)).to.equal("short");
  });
});
