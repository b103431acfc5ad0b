import { nearest } from "../project/nearest.ts";
import type { Invocation } from "./command.ts";
import { EXIT, OpsError } from "./errors.ts";
import type { Front } from "./domain.ts";
import { serviceName, stackName } from "./options.ts";
import type { Pulumi } from "./pulumi.ts";
import { queriesInState, servicesInState, type Addresses } from "./state.ts";
import type { ServiceAddress } from "./verification/ecs-reader.ts";

/** What the commands know of a service, or of a scheduled task, of a deployed stack. */
export interface Stack extends ServiceAddress, Front {
  /** Of the stack. */
  name: string;
  /** What commands call the service: `prod`, or `prod worker` for another one than the main service. */
  called: string;
  /** Logical name of the service. */
  service: string;
  region: string;
  accountId: string;
  /** ARN of the task definition that the last `up` asked for. */
  taskDefinitionArn: string;
  logGroupName: string;
  /** `<host>/<name>`; undefined where it is not known, such as after a first `up` that failed. */
  repositoryUrl?: string;
  url?: string;
  /** Of a scheduled task, which has no service: when it runs, and where. */
  schedule?: Schedule;
  /** Saved queries of CloudWatch Logs Insights, by the last part of their names. @default - none */
  queries?: Readonly<Record<string, string>>;
}

export interface Schedule {
  expression: string;
  subnets: string[];
  securityGroups: string[];
  assignPublicIp: boolean;
}

/**
 * Reads where a service of a stack is.
 * @param service - logical name. @default - the main service
 * @throws OpsError when the stack has no such service
 */
export async function readStack(pulumi: Pulumi, name: string, service?: string): Promise<Stack> {
  const all = await readServices(pulumi, name);
  const found = service === undefined ? all[0] : all.find((one) => one.service === service);
  if (found !== undefined) return found;
  const names = all.map((one) => one.service);
  const near = nearest(service ?? "", names);
  throw new OpsError(
    `Stack ${name} has no service ${service ?? ""}. It has ${names.join(", ")}.${near === undefined ? "" : ` Did you mean ${near}?`}`,
    EXIT.usage,
  );
}

/** What the words after the command name: a stack, and a service of it. */
export const askedStack = (invocation: Invocation): Promise<Stack> =>
  readStack(invocation.pulumi, stackName(invocation), serviceName(invocation));

/**
 * Reads a stack's outputs; where the last `up` failed, its state. A failed `up` leaves the outputs of the last good one,
 * and after a first one there are none.
 * @returns the main service, the others, and the scheduled tasks
 * @throws OpsError when the stack has no service
 */
export async function readServices(pulumi: Pulumi, name: string): Promise<Stack[]> {
  const outputs = texts(await pulumi.outputs(name));
  const resources = await pulumi.resources(name);
  const containers = await pulumi.containers();
  const [main = {}, ...others] = servicesInState(resources, outputs.serviceName, containers);
  const queries = queriesInState(resources);
  const all = [{ ...outputs, ...main }, ...others].map((found, index) =>
    address(name, { ...found, queries }, index),
  );
  const [first] = all;
  if (first === undefined)
    throw new OpsError(
      `Stack ${name} has no service yet. Deploy it first: pulumi up --stack ${name}`,
      EXIT.usage,
    );
  return all.filter((one) => one !== undefined);
}

/** Undefined where the state does not hold what a service needs yet. */
function address(name: string, found: Addresses, index: number): Stack | undefined {
  const { clusterName, serviceName, taskDefinitionArn, logGroupName, service = name } = found;
  if (
    clusterName === undefined ||
    serviceName === undefined ||
    taskDefinitionArn === undefined ||
    logGroupName === undefined
  )
    return undefined;
  const [, , , region = "", accountId = ""] = taskDefinitionArn.split(":");
  return {
    ...found,
    name,
    service,
    called: index === 0 ? name : `${name} ${service}`,
    region,
    accountId,
    clusterName,
    serviceName,
    taskDefinitionArn,
    logGroupName,
  };
}

const OUTPUTS = [
  "clusterName",
  "serviceName",
  "taskDefinitionArn",
  "logGroupName",
  "repositoryUrl",
  "url",
  "albDnsName",
  "distributionDnsName",
] as const satisfies (keyof Addresses)[];

function texts(outputs: Record<string, unknown>): Addresses {
  return Object.fromEntries(
    OUTPUTS.flatMap((key) => {
      const value = outputs[key];
      return typeof value === "string" && value !== "" ? [[key, value]] : [];
    }),
  );
}
