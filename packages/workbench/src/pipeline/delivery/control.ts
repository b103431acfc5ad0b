import { ToolError } from "../../lib/command-line.ts";
import { CommandError, lastLines } from "../../lib/command.ts";
import { digestOfImage } from "../../live/release/pins.ts";
import { minute } from "../../live/text.ts";
import { keptDeployments, updates, type Deployed } from "./history.ts";
import type { PulumiProject } from "./pulumi.ts";
import { revisionOfImage } from "./smoke.ts";

/** What control.yml does to a stack, by hand. */
export const ACTIONS = ["promote", "deploy-image", "restore", "break-glass"] as const;
export type Action = (typeof ACTIONS)[number];

export interface Wanted {
  action: string;
  stack: string;
  /** Of deploy-image and break-glass; of promote, what dev runs. */
  digest: string;
  /** Of restore; empty for the deployment before. */
  commit: string;
  reason: string;
}

/** What is going to run. */
export interface Target {
  /** Full hash of the commit whose program it is. */
  commit: string;
  /** `sha256:` and 64 hexadecimal digits. */
  digest: string;
  /** By digest, in the stack's repository; empty where that has to get it first. */
  image: string;
}

const DIGEST = /^sha256:[0-9a-f]{64}$/;

/**
 * Finds out what an action comes to, before anybody is asked for it.
 * @param key of the image in the stack's configuration
 * @param head full hash of the commit that the run is on
 * @param repository of the stack; undefined where it has none yet
 * @throws ToolError in one sentence: what cannot be done, and what to do
 */
export async function targetOf(
  project: PulumiProject,
  wanted: Wanted,
  { key, head, repository }: { key: string; head: string; repository: string | undefined },
): Promise<Target> {
  const { action, stack, digest, commit, reason } = wanted;
  if (!ACTIONS.some((name) => name === action))
    throw new ToolError(`There is no action ${action}. The actions are ${ACTIONS.join(", ")}.`);
  if (reason.trim() === "")
    throw new ToolError(
      "reason is empty, but who looks at the run later has to know why: say it in a few words.",
    );
  if (action === "restore") return restored(project, stack, commit, key);
  if (commit !== "")
    throw new ToolError(`commit is of restore: ${action} deploys the newest program of main.`);
  if (!DIGEST.test(digest))
    throw new ToolError(
      `digest is ${digest === "" ? "empty" : digest}, but ${action} needs one of an image in the repository of ${stack}: sha256: and 64 hexadecimal digits. npm run status -- ${stack} lists those of the last deployments.`,
    );
  if (action === "promote") return { commit: head, digest, image: "" };
  if (repository === undefined)
    throw new ToolError(
      `${stack} has no repository yet, so there is no image to go to: deploy it.`,
    );
  return { commit: head, digest, image: `${repository}@${digest}` };
}

/** The program of an earlier deployment with the image that it ran, as the stack's record has them. */
async function restored(
  project: PulumiProject,
  stack: string,
  wanted: string,
  key: string,
): Promise<Target> {
  if (wanted !== "" && !/^[0-9a-f]{7,40}$/.test(wanted))
    throw new ToolError(
      `commit is ${wanted}, but it has to be a hash of at least 7 digits, or empty for the deployment before.`,
    );
  const [now, ...before] = keptDeployments(await updates(project, stack), key);
  const found = before.find(
    ({ commit, image }) =>
      commit.startsWith(wanted) && (commit !== now?.commit || image !== now.image),
  );
  if (found === undefined)
    throw new ToolError(
      before.length === 0
        ? `The record of ${stack} has no deployment before this one, so there is nothing to go back to.`
        : `The record of ${stack} has no other deployment of ${wanted === "" ? "another commit" : wanted}. It has:\n${deploymentLines(before)}`,
    );
  const args = ["merge-base", "--is-ancestor", found.commit, "refs/remotes/origin/main"];
  const { code, stderr } = await project.run("git", args, { cwd: project.cwd });
  if (code > 1)
    throw new CommandError(
      `Commit ${found.commit.slice(0, 7)}, which ${stack} ran, is not in this repository any more: ${lastLines(stderr)}`,
      code,
    );
  if (code === 1)
    throw new ToolError(
      `Commit ${found.commit.slice(0, 7)}, which ${stack} ran, is not on main: it was deployed from elsewhere, and the pipeline runs main's program alone.`,
    );
  return { commit: found.commit, digest: digestOfImage(found.image), image: found.image };
}

/** `1a2b3c4  2026-11-22 12:03 UTC  sha256:0123456789ab`, a line each. */
export function deploymentLines(deployments: readonly Deployed[]): string {
  return deployments
    .slice(0, 10)
    .map(({ commit, image, at }) =>
      [commit.slice(0, 7), minute(Date.parse(at)), revisionOfImage(image)].join("  "),
    )
    .join("\n");
}
