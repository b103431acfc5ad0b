import type { Plan } from "../plan/types.ts";
import { repositoryTargets } from "./planned-image.ts";
import { repositoryUrl, stackOutputs, up, type PulumiProject } from "./pulumi.ts";

/** A deployment that cannot go on, in sentences. */
export class DeploymentError extends Error {
  override readonly name = "DeploymentError";
}

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
 * @throws DeploymentError when the stack does not exist
 */
export async function prepare(project: PulumiProject, plan: Plan): Promise<Prepared> {
  const { stack } = plan;
  const outputs = await stackOutputs(project, stack);
  if (outputs === undefined)
    throw new DeploymentError(
      `There is no stack ${stack} in this backend. npm run bootstrap creates the stacks; docs/getting-started.md says how.`,
    );
  let url = await repositoryUrl(project, stack);
  if (url === undefined) {
    const code = await up(project, stack, { targets: repositoryTargets(plan) });
    url = code === 0 ? await repositoryUrl(project, stack) : undefined;
    if (url === undefined)
      throw new DeploymentError(
        `The repository of ${stack} could not be created: pulumi up ended with exit code ${code}; its output says why.`,
      );
  }
  return { repositoryUrl: url, before: outputs["imageUri"] ?? "" };
}

/**
 * Deploys one image.
 * @param minutes time that it may take
 * @throws DeploymentError when `pulumi up` fails, a deployment that ECS rolled back included
 */
export async function deploy(
  project: PulumiProject,
  plan: Plan,
  image: string,
  minutes?: number,
): Promise<void> {
  const code = await up(project, plan.stack, {
    config: imageConfig(plan, image),
    ...(minutes === undefined ? {} : { minutes }),
  });
  if (code !== 0)
    throw new DeploymentError(
      `${plan.stack}: pulumi up of ${image} ended with exit code ${code}; its output says why.`,
    );
}

/**
 * Brings the image back that ran before. Resources that the failed deployment changed besides stay as they are now:
 * state and program agree on them, and reverting the commit changes them back.
 * @throws DeploymentError when there is nothing to go back to, or when going back fails
 */
export async function rollBack(
  project: PulumiProject,
  plan: Plan,
  { before, image }: { before: string; image: string },
): Promise<void> {
  const { stack } = plan;
  if (before === "")
    throw new DeploymentError(
      `${stack} ran nothing before this first deployment, so there is nothing to go back to. Mend the cause and push again.`,
    );
  if (before === image)
    throw new DeploymentError(
      `${stack} runs ${image}, as before: the image is not the cause. Revert the commit to undo its other changes.`,
    );
  const code = await up(project, stack, { config: imageConfig(plan, before) });
  if (code !== 0)
    throw new DeploymentError(
      `${stack} could not go back to ${before}: pulumi up ended with exit code ${code}. docs/runbook.md, "A rollback that failed", says what to do.`,
    );
}

const imageConfig = (plan: Plan, image: string): Record<string, string> => ({
  [`${plan.project}:image`]: image,
});
