import { appendFileSync } from "node:fs";
import { randomUUID } from "node:crypto";
import path from "node:path";

/** GitHub cuts a step summary at this size. Source: GitHub Docs, "Workflow commands": job summaries. */
const SUMMARY_BYTES = 1_000_000;

/** What a step tells the workflow that runs it; on a developer's machine it goes to stdout. */
export interface Workflow {
  /** Makes a value readable as `steps.<id>.outputs.<name>`. */
  output(name: string, value: string): void;
  /** Adds Markdown to the page of the run. */
  summary(markdown: string): void;
  warning(message: string): void;
}

export function workflow(env: NodeJS.ProcessEnv = process.env): Workflow {
  const append = (file: string | undefined, text: string, otherwise = text): void => {
    if (file === undefined) process.stdout.write(`${otherwise}\n`);
    else appendFileSync(file, `${text}\n`);
  };
  return {
    output(name, value) {
      // A delimiter that no value can hold keeps a value from setting outputs of its own.
      const delimiter = `value-${randomUUID()}`;
      const text = `${name}<<${delimiter}\n${value}\n${delimiter}`;
      append(env["GITHUB_OUTPUT"], text, `${name}=${value}`);
    },
    summary(markdown) {
      append(env["GITHUB_STEP_SUMMARY"], cutBytes(markdown, SUMMARY_BYTES), markdown);
    },
    warning(message) {
      if (env["GITHUB_ACTIONS"] === "true") process.stdout.write(`::warning::${escape(message)}\n`);
      else process.stderr.write(`warning: ${message}\n`);
    },
  };
}

/** Source: actions/toolkit, packages/core/src/command.ts: the data of a workflow command. */
function escape(message: string): string {
  return message.replaceAll("%", "%25").replaceAll("\r", "%0D").replaceAll("\n", "%0A");
}

export function cutBytes(text: string, limit: number): string {
  if (Buffer.byteLength(text) <= limit) return text;
  const note = "\n\n(cut: the artifact of this run has all of it)";
  const kept = Buffer.from(text).subarray(0, limit - Buffer.byteLength(note));
  // A character that the cut split in two decodes to U+FFFD.
  return `${kept.toString("utf8").replace(/\uFFFD$/, "")}${note}`;
}

/** Address of the repository's page; empty where no workflow runs this. */
export function repositoryUrl(): string {
  const { GITHUB_SERVER_URL: server, GITHUB_REPOSITORY: repository } = process.env;
  return server === undefined || repository === undefined ? "" : `${server}/${repository}`;
}

/** Folder of the project in its checkout, `services/api`; empty where it is the root, or where no workflow runs this. */
export function folderInRepository(): string {
  const { GITHUB_WORKSPACE: workspace } = process.env;
  return workspace === undefined ? "" : path.relative(workspace, process.cwd());
}

/** Address of the run; empty where no workflow runs this. */
export function runUrl(): string {
  const [repository, run] = [repositoryUrl(), process.env["GITHUB_RUN_ID"]];
  return repository === "" || run === undefined ? "" : `${repository}/actions/runs/${run}`;
}
