import { spawnSync } from "node:child_process";
import {
  cpSync,
  globSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { placedName, placedText, type Place } from "../../../src/pipeline/delivery/placed.ts";
import { REPOSITORY, steps } from "./workflow-files.ts";
import { isHere } from "../../../../../test/helpers/lacking.ts";

export interface Scenario {
  workflow: string;
  event: string;
  /** The event's payload. */
  payload: unknown;
  /** Configuration variables of the repository. @default the delivery is on */
  variables?: Readonly<Record<string, string>>;
  /** Commands that fail, such as `up prod`, and actions, such as `aquasecurity/trivy-action`. @default none */
  failing?: readonly string[];
  /** Whether prod's preview finds anything. @default it does */
  changes?: boolean;
  /** Whether the pull request loses data. @default it does not */
  dataLoss?: boolean;
  /** Labels of the pull request. @default none */
  labels?: string;
  /** Where the project lies in its repository. @default it is the whole */
  place?: Place;
}

export interface Outcome {
  /** What each job ran, in order, by job and stack. */
  ran: Record<string, string[]>;
  /** Jobs that failed, each once. */
  failed: string[];
}

/** Programs that a runner has, reduced to a line in a log, the outputs of their command, and an exit code. */
const STUB = `#!/bin/sh
case "$*" in
  "ci "* | install* | inject* | apt-get* | *"/app/cli.ts install"*) exit 0 ;;
  *packages/workbench/src/pipeline/delivery/cli.ts*) command="$2" ;;
  *packages/workbench/src/pipeline/delivery/comment.ts*--pending*) command="render before any preview" ;;
  *packages/workbench/src/pipeline/delivery/comment.ts*) command="render after a preview that was $PREVIEW_RESULT and an image that was $IMAGE_RESULT"; : > difference.md ;;
  *) command="$(basename "$0") $*" ;;
esac
# What is the project's runs in its folder; a program of the runner may run anywhere.
case "$(basename "$0") $PWD" in
  "node "*"$PROJECT_FOLDER" | "npm "*"$PROJECT_FOLDER") ;;
  "node "* | "npm "*) command="in $PWD: $command" ;;
esac
# One write, so that jobs side by side do not mix their lines.
printf '%s\\t%s\\n' "$GITHUB_JOB \${STACK:-\${SHARD:-}}" "$command \${BEFORE:-}" >> "$RUN_LOG"
case ",$FAILING," in *",$command\${STACK:+ $STACK},"*) exit 1 ;; esac
case "$command" in
  build-image) printf 'tag=app-1\\ndigest=sha256:new\\n' >> "$GITHUB_OUTPUT" ;;
  prepare) printf 'repository=repository-of-%s\\nbefore=sha256:old\\n' "$STACK" >> "$GITHUB_OUTPUT" ;;
  pull-request) printf 'number=5\\n' >> "$GITHUB_OUTPUT" ;;
  pull-image) printf 'digest=sha256:ofdev\\n' >> "$GITHUB_OUTPUT" ;;
  resolve) printf 'commit=%s\\ndigest=%s\\nimage=%s\\n' resolved "$DIGEST" "image-of-$STACK" >> "$GITHUB_OUTPUT" ;;
  upsert-comment) printf 'data-loss=%s\\n' "$DATA_LOSS" >> "$GITHUB_OUTPUT" ;;
  deployment-issues) printf '%s\\t%s\\n' "$GITHUB_JOB \${STACK:-}" "$6" >> "$RUN_LOG" ;;
  propose) printf 'changes=%s\\n' "$CHANGES" >> "$GITHUB_OUTPUT" ;;
  push-image) printf 'image=%s@%s\\ndigest=%s\\n' "$REPOSITORY" "$DIGEST" "$DIGEST" >> "$GITHUB_OUTPUT" ;;
esac
case "$*" in *issues/5/labels*) echo "$LABELS" ;; esac
exit 0
`;

/** Stands for every action. Act checks out by itself, but leaves a checkout of another ref to the action. */
const action = (source: string, end: string): string => `name: stub
runs:
  using: composite
  steps:
    - run: test -e .github || cp -R ${source}/. .${end}
      shell: sh
`;

const STUBBED = ["node", "npm", "go", "pipx", "sudo", "gh"];

export function actIsHere(): boolean {
  return isHere("act on PATH", spawnSync("sh", ["-c", "command -v act"]).status === 0);
}

/**
 * Runs a workflow's real job graph on this machine: conditions, needs, matrix and outputs are act's, the actions and
 * programs are stubs. What it cannot show: identity tokens, environments with their approvals, concurrency.
 */
export function runWorkflow(scenario: Scenario): Outcome {
  const root = mkdtempSync(path.join(tmpdir(), "act-"));
  try {
    return run(scenario, root);
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
}

function run(scenario: Scenario, root: string): Outcome {
  const at = (...names: string[]): string => path.join(root, ...names);
  const folder = scenario.place?.folder ?? "";
  cpSync(path.join(REPOSITORY, ".github"), at("repository", folder, ".github"), {
    recursive: true,
  });
  if (scenario.place !== undefined) putInPlace(scenario.place, at("repository"));
  for (const file of globSync(".github/workflows/*.yml", { cwd: at("repository") })) {
    const text = readFileSync(at("repository", file), "utf8");
    // Which act does not know yet (nektos/act#6086).
    writeFileSync(at("repository", file), text.replaceAll("      deployment: false\n", ""));
  }
  mkdirSync(at("bin"));
  for (const name of STUBBED) writeFileSync(at("bin", name), STUB, { mode: 0o755 });
  for (const [folder, end] of [
    ["action", ""],
    ["failing", "; exit 1"],
  ] as const) {
    mkdirSync(at(folder));
    writeFileSync(at(folder, "action.yml"), action(at("repository"), end));
    commit(at(folder));
  }
  commit(at("repository"));
  writeFileSync(at("event.json"), JSON.stringify(scenario.payload));
  writeFileSync(at("log"), "");

  const variables = scenario.variables ?? { DELIVERY: "on" };
  const { stdout, stderr } = spawnSync(
    "act",
    [
      ...[
        scenario.event,
        "--workflows",
        `.github/workflows/${placedName(scenario.place, scenario.workflow)}`,
      ],
      ...["--eventpath", at("event.json"), "--platform", "ubuntu-24.04=-self-hosted"],
      ...[
        "--env",
        `RUN_LOG=${at("log")}`,
        "--env",
        `PROJECT_FOLDER=${folder === "" ? "" : `/${folder}`}`,
        "--env",
        `FAILING=${(scenario.failing ?? []).join(",")}`,
        "--env",
        `CHANGES=${String(scenario.changes ?? true)}`,
        "--env",
        `DATA_LOSS=${String(scenario.dataLoss ?? false)}`,
        "--env",
        `LABELS=${scenario.labels ?? ""}`,
      ],
      ...["--action-offline-mode", "--pull=false", "--json"],
      ...Object.entries(variables).flatMap(([name, value]) => ["--var", `${name}=${value}`]),
      ...pinnedActions().flatMap((action) => {
        const fails = scenario.failing?.includes(action.split("@")[0] ?? "") === true;
        return ["--local-repository", `${action}=${at(fails ? "failing" : "action")}`];
      }),
    ],
    {
      cwd: at("repository"),
      encoding: "utf8",
      timeout: 120_000,
      env: {
        PATH: `${at("bin")}:${process.env["PATH"] ?? ""}`,
        HOME: root,
        XDG_CACHE_HOME: at("cache"),
      },
    },
  );
  return { ran: readLog(at("log")), failed: failedJobs(stdout + stderr) };
}

/** As `npm run docs` does. */
export function putInPlace(place: Place, root: string): void {
  const files = globSync(".github/{workflows/*.yml,actions/*/action.yml}", { cwd: REPOSITORY });
  for (const file of files) {
    const there = path.join(root, file.replace(/^(\.github\/\w+\/)/, `$1${place.project}-`));
    mkdirSync(path.dirname(there), { recursive: true });
    writeFileSync(there, placedText(readFileSync(path.join(REPOSITORY, file), "utf8"), place));
  }
}

function commit(folder: string): void {
  const git = (...args: string[]): void => {
    spawnSync("git", ["-c", "user.name=test", "-c", "user.email=test@example.com", ...args], {
      cwd: folder,
    });
  };
  git("init", "--quiet", "--initial-branch=main");
  // Where act takes the name of the repository from.
  git("remote", "add", "origin", "https://github.com/owner/name.git");
  git("add", "--all");
  git("commit", "--quiet", "--message=test");
}

/** `owner/name@commit` of every action that is not ours. */
function pinnedActions(): string[] {
  const uses = steps.flatMap(({ step }) => (step.uses?.includes("@") === true ? [step.uses] : []));
  return [
    ...new Set(
      uses.map((reference) => {
        const [name = "", commit = ""] = reference.split("@");
        return `${name.split("/").slice(0, 2).join("/")}@${commit}`;
      }),
    ),
  ];
}

function readLog(file: string): Record<string, string[]> {
  const ran: Record<string, string[]> = {};
  for (const line of readFileSync(file, "utf8").split("\n")) {
    const [job = "", command = ""] = line.split("\t");
    if (job !== "") (ran[job.trim()] ??= []).push(command.trim());
  }
  return ran;
}

interface LogLine {
  jobID?: string;
  jobResult?: string;
}

function failedJobs(output: string): string[] {
  const failed = output
    .split("\n")
    .filter((line) => line.startsWith("{"))
    .map((line) => JSON.parse(line) as LogLine)
    .flatMap(({ jobID, jobResult }) => (jobResult === "failure" && jobID ? [jobID] : []));
  return [...new Set(failed)].sort();
}
