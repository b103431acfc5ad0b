import { expect } from "chai";
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { workflow } from "./workflow-files.ts";

/** Stands for gh: lists runs that waited when asked for all, and says of each what became of it since. */
const GH = `#!/bin/sh
case "$*" in
  *status=waiting*) printf '%s\\n' $LISTED ;;
  *"--method POST"*) echo "$*" >> "$LOG" ;;
  *runs/$APPROVED\\ *) echo in_progress ;;
  *) echo waiting ;;
esac
`;

describe("A run that asks for prod", () => {
  let root = "";
  beforeEach(() => {
    root = mkdtempSync(path.join(tmpdir(), "supersede-"));
    writeFileSync(path.join(root, "gh"), GH, { mode: 0o755 });
    for (const file of ["log", "summary"]) writeFileSync(path.join(root, file), "");
  });
  afterEach(() => {
    rmSync(root, { recursive: true });
  });

  /** Runs the step of the workflow itself, as GitHub does. @returns what it cancelled, and what its page says */
  function supersede(
    listed: readonly number[],
    approved = 0,
  ): { cancelled: string[]; page: string } {
    const [step] = workflow("deploy.yml").jobs["supersede"]?.steps ?? [];
    const { status, stderr } = spawnSync("bash", ["-e", "-c", step?.run ?? "exit 1"], {
      encoding: "utf8",
      env: {
        PATH: `${root}:${process.env["PATH"] ?? ""}`,
        LISTED: listed.join(" "),
        APPROVED: String(approved),
        LOG: path.join(root, "log"),
        GITHUB_STEP_SUMMARY: path.join(root, "summary"),
        GITHUB_SERVER_URL: "https://github.test",
        GITHUB_REPOSITORY: "o/r",
        GITHUB_RUN_ID: "30",
      },
    });
    expect(status, stderr).to.equal(0);
    const log = readFileSync(path.join(root, "log"), "utf8").trim();
    return {
      cancelled: log === "" ? [] : log.split("\n"),
      page: readFileSync(path.join(root, "summary"), "utf8"),
    };
  }
  const cancel = (run: number): string =>
    `api --method POST repos/o/r/actions/runs/${run}/cancel --silent`;

  it("takes the place of all that wait, and says so", () => {
    expect(supersede([10, 20])).to.deep.equal({
      cancelled: [cancel(10), cancel(20)],
      page: [10, 20]
        .map(
          (run) =>
            `Took the place of https://github.test/o/r/actions/runs/${run}, which waited for approval.\n`,
        )
        .join(""),
    });
  });

  it("never cancels one that was approved meanwhile", () => {
    expect(supersede([10, 20], 10).cancelled).to.deep.equal([cancel(20)]);
  });

  it("is the same by hand", () => {
    const step = (file: string) => workflow(file).jobs["supersede"]?.steps;
    expect(step("control.yml")).to.deep.equal(step("deploy.yml"));
  });

  it("cancels nothing where nothing waits", () => {
    expect(supersede([])).to.deep.equal({ cancelled: [], page: "" });
  });
});
