import type { Json, Plan } from "../plan/types.ts";
import { fail, ok, warn, type Finding, type World } from "./checks.ts";

/** Elastic IP addresses of a region that a new account may have. Source: AWS, "Elastic IP addresses", Amazon VPC quotas. */
const DEFAULT_ADDRESSES = 5;

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

/** Addresses that the plan asks for, against the quota of a new account; needs no network. */
export function checkAddresses(plan: Plan): Finding {
  const name = `${plan.stack}: Elastic IP addresses`;
  const count = plan.resources.filter(({ type }) => type === "aws:ec2/eip:Eip").length;
  const asked = `The plan asks for ${count}; a new account may have ${DEFAULT_ADDRESSES} in a region.`;
  return count > DEFAULT_ADDRESSES / 2
    ? warn(name, asked, "Look how many are in use, and ask for more in Service Quotas if needed.")
    : ok(name, asked);
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
