import { ToolError } from "../../lib/command-line.ts";
import { parsed } from "../../lib/json.ts";
import type { Plan } from "../../plan/types.ts";
import { CommandError, lastLines, type RunCommand } from "../../lib/command.ts";
import { failedWayBack, updates, WAY_BACK } from "./history.ts";
import { repositoryUrl, stackOutputs, up, type PulumiProject } from "./pulumi.ts";

/** What a deployment starts from. */
export interface Prepared {
  /** ECR repository of the stack. */
  repositoryUrl: string;
  /** Image by digest that a failure goes back to: what runs now, for that passed its smoke test; empty before the first deployment. */
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
    const { code } = await up(project, stack, { targets: repositoryTargets(plan) });
    url = code === 0 ? await repositoryUrl(project, stack) : undefined;
    if (url === undefined)
      throw new ToolError(
        `The repository of ${stack} could not be created: pulumi up ended with exit code ${code}; its output says why.`,
      );
  }
  const unfinished = failedWayBack(await updates(project, stack), `${plan.project}:image`);
  return { repositoryUrl: url, before: unfinished ?? outputs["imageUri"] ?? "" };
}

/**
 * URNs that a deployment of the registry alone has to name: the repository, and whatever it depends on.
 * Pulumi refuses a target whose dependencies neither exist nor are targets themselves.
 */
export function repositoryTargets(plan: Plan): string[] {
  const byUrn = new Map(plan.resources.map((resource) => [resource.urn, resource]));
  const targets = new Set<string>();
  const add = (urn = ""): void => {
    const resource = byUrn.get(urn);
    if (resource === undefined || targets.has(urn)) return;
    targets.add(urn);
    [resource.parent, ...resource.dependencies].forEach((dependency) => {
      add(dependency);
    });
  };
  for (const { urn, type } of plan.resources)
    if (type === "aws:ecr/repository:Repository") add(urn);
  return [...targets].sort();
}

/** A deployment that failed, with what Pulumi said at its end. */
export class DeploymentError extends ToolError {
  override readonly name = "DeploymentError";
  readonly output: string;

  constructor(message: string, output: string) {
    super(message);
    this.output = output;
  }
}

/** Where Pulumi's output has its errors, and with them what ECS did instead: our own post-mortem. */
function endOf({ stdout, stderr }: { stdout: string; stderr: string }): string {
  const text = `${stdout}\n${stderr}`;
  const start = text.lastIndexOf("\nDiagnostics:");
  return lastLines(start === -1 ? text : text.slice(start + 1), 80);
}

/**
 * Deploys one image.
 * @param options time that it may take (default: any), and what the record of the stack says of it
 * @throws DeploymentError when `pulumi up` fails, a deployment that ECS rolled back included
 */
export async function deploy(
  project: PulumiProject,
  plan: Plan,
  image: string,
  options: { minutes?: number | undefined; message?: string | undefined } = {},
): Promise<void> {
  const config = { [`${plan.project}:image`]: image };
  const result = await up(project, plan.stack, { config, ...options });
  if (result.code !== 0)
    throw new DeploymentError(
      `${plan.stack}: pulumi up of ${image} ended with exit code ${result.code}; its output says why.`,
      endOf(result),
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
      `${stack} ran nothing before this first deployment, so there is nothing to go back to. Fix the cause and push again.`,
    );
  if (before === image)
    throw new ToolError(
      `${stack} runs ${image}, as before: the image is not the cause. Revert the commit to undo its other changes.`,
    );
  const config = { [`${plan.project}:image`]: before };
  const result = await up(project, stack, { config, message: `${WAY_BACK} to ${before}` });
  if (result.code !== 0)
    throw new DeploymentError(
      `${stack} could not go back to ${before}: pulumi up ended with exit code ${result.code}. docs/runbook.md, "A rollback that failed", says what to do.`,
      endOf(result),
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
  const args = ["packages/workbench/src/live/cli.ts", "verify", stack, "--json"];
  const { code, stdout, stderr } = await run("node", args, { cwd: root });
  const { state, message } = (parsed(stdout) ?? {}) as Partial<Verdict>;
  if (state !== undefined && message !== undefined && GOOD.includes(state))
    return { state, message };
  throw new CommandError(
    `${stack}: ${message ?? `the deployment cannot be verified: ${lastLines(stderr)}`}`,
    code === 0 ? 1 : code,
  );
}
