import { mainRank } from "../ecs/main-service.ts";
import { ownContainer } from "../ecs/own-container.ts";
import type { StateResource } from "./exported.ts";
import type { Schedule, Stack } from "./stack.ts";

/** What is known of a service before it is sure that it has all that it needs. */
export type Addresses = Partial<Omit<Stack, "name" | "called" | "region" | "accountId">>;

/**
 * The services of a state, the main one first, then its scheduled tasks. The main one is the one of that name; else the one
 * called as its cluster; else one behind a load balancer.
 * @param main - name of the ECS service that the stack's outputs show
 * @param containers - own container by logical name. @default as the load balancer names it, else the first essential one
 */
export function servicesInState(
  resources: readonly StateResource[],
  main: string | undefined,
  containers: Readonly<Record<string, string>> = {},
): Addresses[] {
  const of = (type: string) => resources.filter((resource) => resource.type === type);
  const clusters = new Set(of("aws:ecs/cluster:Cluster").map(logicalName));
  const rank = (service: StateResource): number =>
    mainRank({
      named: main !== undefined && service.outputs?.["name"] === main,
      asCluster: clusters.has(logicalName(service)),
      balanced: firstTarget(service) !== undefined,
    });
  const services = of("aws:ecs/service:Service").toSorted((a, b) => rank(a) - rank(b));
  const tasks = of("aws:scheduler/schedule:Schedule").filter((task) => ecsTarget(task));
  return [
    ...services.map((service) =>
      serviceAddresses(
        service,
        resources,
        containers[logicalName(service)] ?? firstTarget(service)?.containerName,
      ),
    ),
    ...tasks.map((task) => taskAddresses(task, resources, containers[logicalName(task)])),
  ].map((found) => Object.fromEntries(Object.entries(found).filter(([, value]) => value)));
}

function serviceAddresses(
  service: StateResource,
  resources: readonly StateResource[],
  containerName: string | undefined,
): { [K in keyof Addresses]: Addresses[K] | undefined } {
  const taskDefinitionArn = text(service.outputs?.["taskDefinition"]);
  return {
    service: logicalName(service),
    clusterName: lastPart(text(service.outputs?.["cluster"])),
    serviceName: text(service.outputs?.["name"]),
    ...ofDefinition(resources, service, taskDefinitionArn, containerName),
  };
}

function taskAddresses(
  schedule: StateResource,
  resources: readonly StateResource[],
  containerName: string | undefined,
): { [K in keyof Addresses]: Addresses[K] | undefined } {
  const target = ecsTarget(schedule);
  const network = target?.ecsParameters?.networkConfiguration;
  return {
    service: logicalName(schedule),
    clusterName: lastPart(target?.arn),
    // A task of its own belongs to no service.
    serviceName: logicalName(schedule),
    ...ofDefinition(resources, schedule, target?.ecsParameters?.taskDefinitionArn, containerName),
    schedule: {
      expression: text(schedule.outputs?.["scheduleExpression"]) ?? "",
      subnets: network?.subnets ?? [],
      securityGroups: network?.securityGroups ?? [],
      assignPublicIp: network?.assignPublicIp ?? false,
    } satisfies Schedule,
  };
}

/** What the task definition tells: log group and repository of the own container. A stack has other log groups. */
function ofDefinition(
  resources: readonly StateResource[],
  owner: StateResource,
  arn: string | undefined,
  name: string | undefined,
) {
  const definitions = resources.filter(
    ({ type }) => type === "aws:ecs/taskDefinition:TaskDefinition",
  );
  const definition =
    definitions.find(({ outputs }) => outputs?.["arn"] === arn) ??
    definitions.find((candidate) => logicalName(candidate) === logicalName(owner)) ??
    (definitions.length === 1 ? definitions[0] : undefined);
  const json = text(definition?.outputs?.["containerDefinitions"]);
  const container = ownContainer(
    json === undefined
      ? []
      : (JSON.parse(json) as {
          name?: string;
          image?: string;
          logConfiguration?: { options?: Record<string, string> };
        }[]),
    name,
  );
  const repositories = resources
    .filter(({ type }) => type === "aws:ecr/repository:Repository")
    .flatMap(({ outputs }) => text(outputs?.["repositoryUrl"]) ?? []);
  return {
    taskDefinitionArn: arn,
    containerName: container?.name ?? name,
    logGroupName: container?.logConfiguration?.options?.["awslogs-group"],
    repositoryUrl:
      repositories.find((url) => container?.image?.startsWith(`${url}@`)) ?? repositories[0],
  };
}

/** Saved queries of CloudWatch Logs Insights in a state, by the last part of their names. */
export const queriesInState = (
  resources: readonly StateResource[],
): Readonly<Record<string, string>> =>
  Object.fromEntries(
    resources
      .filter(({ type }) => type === "aws:cloudwatch/queryDefinition:QueryDefinition")
      .flatMap(({ outputs }) => {
        const name = lastPart(text(outputs?.["name"]));
        const query = text(outputs?.["queryString"]);
        return name === undefined || query === undefined ? [] : [[name, query]];
      }),
  );

interface EcsTarget {
  arn?: string;
  ecsParameters?: {
    taskDefinitionArn?: string;
    networkConfiguration?: {
      subnets?: string[];
      securityGroups?: string[];
      assignPublicIp?: boolean;
    };
  };
}

/** The target of a schedule that runs a task; undefined for any other. */
function ecsTarget({ outputs }: StateResource): EcsTarget | undefined {
  const target = outputs?.["target"] as EcsTarget | undefined;
  return target?.ecsParameters === undefined ? undefined : target;
}

function firstTarget({ outputs }: StateResource): { containerName?: string } | undefined {
  return (outputs?.["loadBalancers"] as { containerName?: string }[] | undefined)?.[0];
}

const logicalName = ({ urn }: StateResource): string => urn.slice(urn.lastIndexOf("::") + 2);

const text = (value: unknown): string | undefined =>
  typeof value === "string" && value !== "" ? value : undefined;

const lastPart = (arn: string | undefined): string | undefined =>
  arn?.slice(arn.lastIndexOf("/") + 1);
