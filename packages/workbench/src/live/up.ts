import { EXIT, OpsError } from "./errors.ts";
import { flag } from "./options.ts";
import type { Invocation } from "./command.ts";

/** @throws OpsError where `pulumi up` would ask and nobody can answer */
export function upNeedsConsent(invocation: Invocation): void {
  if (!invocation.interactive && !flag(invocation, "yes"))
    throw new OpsError(
      "This deploys, and there is no terminal to ask on. Add --yes to deploy, or --no-up to change the configuration alone.",
      EXIT.usage,
    );
}

/** Runs `pulumi up`, which verifies the deployment itself. @returns its exit code */
export async function runUp(invocation: Invocation, stack: string): Promise<number> {
  return invocation.pulumi.up(stack, { yes: flag(invocation, "yes") });
}
