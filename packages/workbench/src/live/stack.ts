import { defined } from "../lib/defined.ts";
import { EXIT, OpsError } from "./errors.ts";
import type { Pulumi, StateResource } from "./pulumi.ts";

/** What the commands know of a deployed stack. */
export interface Stack {
  name: string;
  region: string;
  accountId: string;
  clusterName: string;
  serviceName: string;
  /** ARN of the task definition that the last `up` asked for. */
  taskDefinitionArn: string;
  logGroupName: string;
  /** `<host>/<name>`; undefined where it is not known, such as after a first `up` that failed. */
  repositoryUrl?: string;
  url?: string;
}

/**
 * Reads a stack's outputs; where the last `up` failed, its state. A failed `up` leaves the outputs of the last good one,
 * and after a first one there are none.
 * @throws OpsError when the stack has no service
 */
export async function readStack(pulumi: Pulumi, name: string): Promise<Stack> {
  const outputs = texts(await pulumi.outputs(name));
  const state = inState(await pulumi.resources(name));
  const { clusterName, serviceName, taskDefinitionArn, logGroupName, repositoryUrl, url } = {
    ...outputs,
    ...state,
  };
  if (
    clusterName === undefined ||
    serviceName === undefined ||
    taskDefinitionArn === undefined ||
    logGroupName === undefined
  )
    throw new OpsError(
      `Stack ${name} has no service yet. Deploy it first: pulumi up --stack ${name}`,
      EXIT.usage,
    );
  const [, , , region = "", accountId = ""] = taskDefinitionArn.split(":");
  return {
    name,
    region,
    accountId,
    clusterName,
    serviceName,
    taskDefinitionArn,
    logGroupName,
    ...defined({ repositoryUrl, url }),
  };
}

type Addresses = Partial<Omit<Stack, "name" | "region" | "accountId">>;

function texts(outputs: Record<string, unknown>): Addresses {
  return Object.fromEntries(
    Object.entries(outputs).filter(([, value]) => typeof value === "string" && value !== ""),
  );
}

/** The log group is told from the task definition: a stack has others, such as those of the network. */
function inState(resources: readonly StateResource[]): Addresses {
  const output = (type: string, key: string): string | undefined => {
    const value = resources.find((resource) => resource.type === type)?.outputs?.[key];
    return typeof value === "string" ? value : undefined;
  };
  const cluster = output("aws:ecs/service:Service", "cluster");
  return defined({
    clusterName: cluster?.slice(cluster.lastIndexOf("/") + 1),
    serviceName: output("aws:ecs/service:Service", "name"),
    taskDefinitionArn: output("aws:ecs/service:Service", "taskDefinition"),
    logGroupName: logGroup(output("aws:ecs/taskDefinition:TaskDefinition", "containerDefinitions")),
    repositoryUrl: output("aws:ecr/repository:Repository", "repositoryUrl"),
  });
}

function logGroup(containerDefinitions: string | undefined): string | undefined {
  if (containerDefinitions === undefined) return undefined;
  const [container] = JSON.parse(containerDefinitions) as {
    logConfiguration?: { options?: Record<string, string> };
  }[];
  return container?.logConfiguration?.options?.["awslogs-group"];
}
