import { EXIT, OpsError } from "./errors.ts";
import type { Pulumi } from "./pulumi.ts";
import type { Stack } from "./stack.ts";

/** Config key of a service: the stack's own for the main one, else the one below `services`. */
export const keyOf = ({ name, called, service }: Stack, key: string): string =>
  name === called ? key : `services.${service}.${key}`;

/** The value of a service's key; undefined where there is none. */
export async function configOf(
  pulumi: Pulumi,
  stack: Stack,
  key: string,
): Promise<string | undefined> {
  if (stack.name === stack.called) return pulumi.getConfig(stack.name, key);
  const text = (await pulumi.getConfig(stack.name, "services")) ?? "{}";
  const services = JSON.parse(text) as Record<string, Record<string, unknown> | undefined>;
  const value = services[stack.service]?.[key];
  return typeof value === "string" || typeof value === "number" ? String(value) : undefined;
}

/** @throws OpsError for a scheduled task, which has no deployments and no number of tasks */
export function mustBeService({ called, name, service, schedule }: Stack): void {
  if (schedule !== undefined)
    throw new OpsError(
      `${called} is a scheduled task: each start runs what the last \`pulumi up\` asked for. \`npm run run-task -- ${name} --service ${service}\` starts it now.`,
      EXIT.usage,
    );
}

/** @throws OpsError for a service that runs the main service's image */
export function mustHaveOwnImage(stack: Stack, main: Stack, command: string): void {
  if (stack.called !== main.called && stack.repositoryUrl === main.repositoryUrl)
    throw new OpsError(
      `${stack.called} runs the image of ${main.service}, which moves all services that run it: npm run ${command}.`,
      EXIT.usage,
    );
}
