import type { Json, Plan } from "../plan/types.ts";
import { EXIT } from "../delivery/pulumi.ts";
import { fail, ok, warn, type Finding, type World } from "./checks.ts";

/** Whether the stack's configuration is right and complete; needs no network. */
export async function checkConfiguration(
  { plan }: Pick<World, "plan">,
  stack: string,
): Promise<{ findings: Finding[]; planned?: Plan }> {
  const name = `${stack}: configuration`;
  try {
    const planned = await plan(stack);
    const findings = planned.warnings.map((text) => warn(name, text, `Edit Pulumi.${stack}.yaml.`));
    return {
      planned,
      findings: findings.length > 0 ? findings : [ok(name, "It is complete, and the plan works.")],
    };
  } catch (error) {
    const text = error instanceof Error ? error.message : String(error);
    return { findings: [fail(name, text, `npm run plan -- ${stack} tells the same.`)] };
  }
}

/** Whether the pipeline can deploy the stack's roles; needs no network. */
export function checkBoundary(plan: Plan): Finding {
  const name = `${plan.stack}: boundary of roles`;
  const [boundary = ""] = texts(plan.config["permissionsBoundaryArn"]);
  return boundary === ""
    ? warn(
        name,
        "permissionsBoundaryArn is empty, and AWS refuses the pipeline's role every role without its boundary.",
        `npm run bootstrap writes it into Pulumi.${plan.stack}.yaml: commit that. Who deploys as an administrator alone needs none.`,
      )
    : ok(name, `${boundary} bounds the roles of the stack.`);
}

/** Whether the backend knows the stack. */
export async function checkStack({ run }: World, stack: string): Promise<Finding> {
  const name = `${stack}: stack`;
  const args = ["stack", "output", "--json", "--stack", stack, "--non-interactive"];
  try {
    const { code } = await run("pulumi", args);
    if (code === 0) return ok(name, "It is in the backend.");
    if (code === EXIT.stackNotFound)
      return fail(
        name,
        "It is not in the backend.",
        "npm run bootstrap makes it, with its own key for secrets. Look first whether PULUMI_BACKEND_URL is the right one.",
      );
  } catch {
    // Without a CLI nothing can be told; another finding says so.
  }
  return warn(name, "The backend does not tell whether it is there.", "Mend the backend first.");
}

/** Whether the credentials are for an account that the stack allows. */
export async function checkAccount({ account }: World, plan: Plan): Promise<Finding> {
  const name = `${plan.stack}: account`;
  let id: string;
  try {
    id = await account(region(plan));
  } catch (error) {
    return fail(name, error instanceof Error ? error.message : String(error), "");
  }
  const allowed = texts(plan.config["allowedAccountIds"]).filter((entry) => /^\d{12}$/.test(entry));
  if (allowed.length > 0 && !allowed.includes(id))
    return fail(
      name,
      `The credentials are for ${id}, but allowedAccountIds allows ${allowed.join(", ")}.`,
      "Switch the credentials.",
    );
  return allowed.length === 0
    ? warn(
        name,
        `The credentials are for ${id}, and the stack allows any account.`,
        `pulumi config set --path 'allowedAccountIds[0]' ${id} --stack ${plan.stack}`,
      )
    : ok(name, `The credentials are for ${id}, in ${region(plan)}.`);
}

/** The command line's region is not the stack's: AWS's own tools would look elsewhere. */
export function checkRegion({ env }: World, plan: Plan): Finding {
  const name = `${plan.stack}: region`;
  const other = env["AWS_REGION"] ?? env["AWS_DEFAULT_REGION"];
  return other === undefined || other === region(plan)
    ? ok(name, `${region(plan)}, from Pulumi.${plan.stack}.yaml.`)
    : warn(
        name,
        `${region(plan)} in Pulumi.${plan.stack}.yaml, but AWS_REGION is ${other}.`,
        "Pulumi follows the file; the aws CLI follows the variable.",
      );
}

export async function checkLoadBalancers({ loadBalancers }: World, plan: Plan): Promise<Finding> {
  const name = `${plan.stack}: load balancers`;
  try {
    const { used, limit } = await loadBalancers(region(plan));
    const text = `${used} of ${limit} are in use in ${region(plan)}.`;
    return used < limit
      ? ok(name, text)
      : fail(name, text, "Ask for more in Service Quotas before you deploy a new stack.");
  } catch (error) {
    return warn(
      name,
      `Their number could not be read: ${error instanceof Error ? error.message : String(error)}`,
      "",
    );
  }
}

const region = (plan: Plan): string => texts(plan.config["aws:region"])[0] ?? "";

function texts(value: Json | undefined): string[] {
  return [value].flat().filter((entry) => typeof entry === "string");
}
