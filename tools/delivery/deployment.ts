import { ToolError } from "../lib/command-line.ts";
import type { Plan } from "../plan/types.ts";
import { CommandError, lastLines, type RunCommand } from "./command.ts";
import { repositoryTargets } from "./planned-image.ts";
import { repositoryUrl, stackOutputs, up, type PulumiProject } from "./pulumi.ts";

/** What a deployment starts from. */
export interface Prepared {
  /** ECR repository of the stack. */
  repositoryUrl: string;
  /** Image by digest that runs now; empty before the first deployment. */
  before: string;
}

/**
 * Notes what runs now, to go back to it, and makes sure that there is a repository to push to: before the first
 * deployment of a stack it is created alone.
 * @throws ToolError when the stack does not exist
 */
export async function prepare(project: PulumiProject, plan: Plan): Promise<Prepared> {
  const { stack } = plan;
  const outputs = await stackOutputs(project, stack);
  if (outputs === undefined)
    throw new ToolError(
      `There is no stack ${stack} in this backend. npm run bootstrap creates the stacks; docs/getting-started.md says how.`,
    );
  let url = await repositoryUrl(project, stack);
  if (url === undefined) {
    const code = await up(project, stack, { targets: repositoryTargets(plan) });
    url = code === 0 ? await repositoryUrl(project, stack) : undefined;
    if (url === undefined)
      throw new ToolError(
        `The repository of ${stack} could not be created: pulumi up ended with exit code ${code}; its output says why.`,
      );
  }
  return { repositoryUrl: url, before: outputs["imageUri"] ?? "" };
}

/**
 * Deploys one image.
 * @param minutes time that it may take. @default any
 * @throws ToolError when `pulumi up` fails, a deployment that ECS rolled back included
 */
export async function deploy(
  project: PulumiProject,
  plan: Plan,
  image: string,
  minutes?: number,
): Promise<void> {
  const config = { [`${plan.project}:image`]: image };
  const code = await up(project, plan.stack, { config, minutes });
  if (code !== 0)
    throw new ToolError(
      `${plan.stack}: pulumi up of ${image} ended with exit code ${code}; its output says why.`,
    );
}

/**
 * Brings the image back that ran before. Resources that the failed deployment changed besides stay as they are now:
 * state and program agree on them, and reverting the commit changes them back.
 * @throws ToolError when there is nothing to go back to, or when going back fails
 */
export async function rollBack(
  project: PulumiProject,
  plan: Plan,
  { before, image }: { before: string; image: string },
): Promise<void> {
  const { stack } = plan;
  if (before === "")
    throw new ToolError(
      `${stack} ran nothing before this first deployment, so there is nothing to go back to. Mend the cause and push again.`,
    );
  if (before === image)
    throw new ToolError(
      `${stack} runs ${image}, as before: the image is not the cause. Revert the commit to undo its other changes.`,
    );
  const code = await up(project, stack, { config: { [`${plan.project}:image`]: before } });
  if (code !== 0)
    throw new ToolError(
      `${stack} could not go back to ${before}: pulumi up ended with exit code ${code}. docs/runbook.md, "A rollback that failed", says what to do.`,
    );
}

/** What became of a deployment, as `npm run verify` says. */
export interface Verdict {
  /** Such as `succeeded`, `asleep`, `awaiting-approval`, `rolled-back`. */
  state: string;
  message: string;
}

/** States in which the service is as the stack asked for, as far as it can be now. */
const GOOD = ["succeeded", "asleep", "awaiting-approval"];

/**
 * Asks for the verdict on the last deployment of a stack.
 * @param root folder of Pulumi.yaml
 * @throws CommandError when the deployment failed, or nothing can be said about it
 */
export async function verdict(run: RunCommand, root: string, stack: string): Promise<Verdict> {
  const args = ["tools/ops/cli.ts", "verify", stack, "--json"];
  const { code, stdout, stderr } = await run("node", args, { cwd: root });
  const { state, message } = parseVerdict(stdout);
  if (state !== undefined && message !== undefined && GOOD.includes(state))
    return { state, message };
  throw new CommandError(
    `${stack}: ${message ?? `the deployment cannot be verified: ${lastLines(stderr)}`}`,
    code === 0 ? 1 : code,
  );
}

function parseVerdict(text: string): Partial<Verdict> {
  try {
    return (JSON.parse(text) as Verdict | null) ?? {};
  } catch {
    return {};
  }
}
