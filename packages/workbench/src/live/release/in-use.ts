import { observe } from "../verification/ecs-reader.ts";
import type { Observation } from "../verification/observation.ts";
import { imageOf } from "../history.ts";
import { configOf } from "../service-config.ts";
import { parseImage } from "../registry/reference.ts";
import type { Stack } from "../stack.ts";
import type { Invocation, OpsClients } from "../command.ts";

/** What a stack runs and is to run. */
export interface InUse {
  observation: Observation;
  /** Digests that may not be lost: configured, asked for, running, and of a deployment on its way. */
  digests: string[];
}

export async function readInUse(
  { pulumi }: Pick<Invocation, "pulumi">,
  clients: OpsClients,
  stack: Stack,
): Promise<InUse> {
  const observation = await observe(clients, stack);
  const { deployment, rollouts } = observation;
  const definitions = new Set([
    stack.taskDefinitionArn,
    ...rollouts.map(({ taskDefinition }) => taskDefinition),
    ...[deployment?.target, deployment?.source].flatMap((side) => side?.taskDefinition ?? []),
  ]);
  const images = [(await configOf(pulumi, stack, "image")) ?? ""];
  for (const definition of definitions)
    if (definition !== "") images.push((await imageOf(clients.ecs, definition, stack)) ?? "");
  const digests = images
    .filter((image) => image.includes("@"))
    .map((image) => parseImage(image).digest);
  return { observation, digests: [...new Set(digests)] };
}
