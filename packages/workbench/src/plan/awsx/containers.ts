/**
 * What awsx.ecs.FargateService and FargateTaskDefinition create, by pulumi/pulumi-awsx 3.8: awsx/ecs/*.ts, awsx/role.ts
 * and awsx/cloudwatch/logGroup.ts.
 */
import { list, number, record, scalar, text, type Values } from "../plan-reader.ts";
import type { Json } from "../types.ts";
import { wireSecret } from "../wire.ts";
import {
  child,
  Derived,
  keyOf,
  Reference,
  shortHash,
  type Component,
  type Expandable,
  type ExpandedResource,
  type Expansion,
} from "./expansion.ts";
import { defaultNetwork, openGroup } from "./load-balancer.ts";

export function expandFargateService(component: Component): Expansion {
  const { name, inputs } = component;
  const { taskDefinitionArgs, taskDefinition, networkConfiguration, ...others } = inputs;
  const { assignPublicIp = false, continueBeforeSteadyState, ...rest } = others;
  const { useClusterDefaultCapacityProviderStrategy: ofCluster, ...args } = rest;
  if ((taskDefinition === undefined) === (taskDefinitionArgs === undefined))
    throw new Error("exactly one of taskDefinition and taskDefinitionArgs has to be given");
  const task = child("awsx:ecs:FargateTaskDefinition", name, {});
  const made =
    taskDefinitionArgs === undefined
      ? undefined
      : taskOf({ ...component, inputs: record(taskDefinitionArgs) }, task.key);
  const around = defaultNetwork(component);
  const group = child("aws:ec2/securityGroup:SecurityGroup", `${name}-sg`, openGroup(around.vpcId));
  const own = child("aws:ecs/service:Service", name, {
    desiredCount: 1,
    ...(made === undefined ? {} : { loadBalancers: made.loadBalancers }),
    ...args,
    networkConfiguration: networkConfiguration ?? {
      subnets: assignPublicIp === true ? around.publicSubnetIds : around.privateSubnetIds,
      assignPublicIp,
      securityGroups: [new Reference(group.key, "id")],
    },
    ...(ofCluster === true || args["capacityProviderStrategies"] !== undefined
      ? {}
      : { launchType: "FARGATE" }),
    waitForSteadyState: continueBeforeSteadyState !== true,
    taskDefinition: made === undefined ? (taskDefinition ?? null) : new Reference(made.key, "arn"),
  });
  const open = networkConfiguration === undefined;
  return {
    resources: [
      ...(made === undefined ? [] : [task, ...made.resources]),
      ...(open ? [group] : []),
      own,
    ],
    outputs: {
      service: new Reference(own.key),
      ...(made === undefined ? {} : { taskDefinition: new Reference(made.key) }),
    },
    warnings:
      open && assignPublicIp !== true
        ? [
            `awsx:ecs:FargateService ${name}: awsx takes the private subnets of the default VPC, and AWS makes none there: set assignPublicIp or networkConfiguration.`,
          ]
        : [],
  };
}

export function expandTaskDefinition(component: Component): Expansion {
  const { resources, key, loadBalancers } = taskOf(component);
  const made = (output: string, type: string, suffix = "") => {
    const found = keyOf(type, component.name + suffix);
    return resources.some((own) => own.key === found) ? { [output]: new Reference(found) } : {};
  };
  return {
    resources,
    outputs: {
      taskDefinition: new Reference(key),
      loadBalancers,
      ...made("logGroup", LOG_GROUP),
      ...made("taskRole", ROLE, "-task"),
      ...made("executionRole", ROLE, "-execution"),
    },
    warnings: [],
  };
}

const LOG_GROUP = "aws:cloudwatch/logGroup:LogGroup";
const ROLE = "aws:iam/role:Role";
const EXECUTION = "arn:aws:iam::aws:policy/service-role/AmazonECSTaskExecutionRolePolicy";
const ASSUMED_BY_TASKS =
  '{"Version":"2012-10-17","Statement":[{"Action":"sts:AssumeRole","Principal":{"Service":"ecs-tasks.amazonaws.com"},"Effect":"Allow","Sid":""}]}';

function taskOf(
  { name, inputs, stack, region, secret }: Component,
  parent?: string,
): { resources: ExpandedResource[]; key: string; loadBalancers: Json[] } {
  const { container, containers, logGroup, taskRole, executionRole, ...args } = inputs;
  if ((container === undefined) === (containers === undefined))
    throw new Error("exactly one of container and containers has to be given");
  const named = Object.entries(
    containers === undefined
      ? { [text(record(container)["name"]) ?? "container"]: container ?? null }
      : record(containers),
  )
    .map(([own, definition]): [string, Values] => [own, record(definition)])
    .sort(([a], [b]) => a.localeCompare(b));
  const logs = logGroupOf(name, record(logGroup), region, parent);
  const task = roleOf(`${name}-task`, record(taskRole), [], parent);
  const execution = roleOf(`${name}-execution`, record(executionRole), [EXECUTION], parent);
  const json = (group: unknown): string =>
    JSON.stringify(named.map(([own, it]) => definitionOf(own, it, group, logs.region)));
  const own = child(
    "aws:ecs/taskDefinition:TaskDefinition",
    name,
    {
      ...fargateSize(named.map(([, it]) => it)),
      family: new Derived(logs.name, (group) => `${name}-${shortHash(stack + json(group))}`),
      ...args,
      requiresCompatibilities: ["FARGATE"],
      networkMode: "awsvpc",
      ...(task.arn === undefined ? {} : { taskRoleArn: task.arn }),
      ...(execution.arn === undefined ? {} : { executionRoleArn: execution.arn }),
      containerDefinitions: new Derived(logs.name, (group) =>
        secret ? wireSecret(json(group)) : json(group),
      ),
    },
    parent,
  );
  return {
    resources: [...logs.resources, ...task.resources, ...execution.resources, own],
    key: own.key,
    loadBalancers: named.flatMap(([containerName, it]) =>
      list(it["portMappings"]).flatMap((mapping) => {
        const { arn, port } = record(record(mapping)["targetGroup"]);
        return arn === undefined || port === undefined
          ? []
          : [{ containerName, containerPort: port, targetGroupArn: arn }];
      }),
    ),
  };
}

function definitionOf(name: string, container: Values, group: unknown, region: string): Json {
  const { portMappings, ...own } = container;
  const mapped = list(portMappings).map((mapping): Json => {
    const { targetGroup, containerPort, hostPort, ...others } = record(mapping);
    const { port = null } = record(targetGroup);
    return {
      ...others,
      containerPort: containerPort ?? hostPort ?? port,
      hostPort: hostPort ?? port ?? containerPort ?? null,
    };
  });
  const logs = {
    logDriver: "awslogs",
    options: {
      "awslogs-group": String(group),
      "awslogs-region": region,
      "awslogs-stream-prefix": name,
    },
  };
  return {
    ...own,
    ...(portMappings === undefined ? {} : { portMappings: mapped }),
    name,
    ...(group === null || own["logConfiguration"] !== undefined ? {} : { logConfiguration: logs }),
  };
}

/** The log group that is made, or the one that is there; `name` is null without any. */
function logGroupOf(
  name: string,
  { skip, existing, args }: Values,
  region: string,
  parent: string | undefined,
): { resources: ExpandedResource[]; name: Expandable; region: string } {
  if (skip === true) return { resources: [], name: null, region };
  if (existing === undefined) {
    const made = child(LOG_GROUP, name, record(args), parent);
    return { resources: [made], name: new Reference(made.key, "name"), region };
  }
  const given = record(existing);
  const [, , , ofArn, , , ...path] = (text(given["arn"]) ?? "").split(":");
  const where = ofArn ?? text(given["region"]) ?? region;
  return { resources: [], name: path.join(":") || (given["name"] ?? null), region: where };
}

function roleOf(
  name: string,
  { skip, roleArn, args }: Values,
  defaults: readonly string[],
  parent: string | undefined,
): { resources: ExpandedResource[]; arn?: Expandable } {
  if (skip === true) return { resources: [] };
  if (roleArn !== undefined) return { resources: [], arn: roleArn };
  const { policyArns = [...defaults], assumeRolePolicy = ASSUMED_BY_TASKS, ...own } = record(args);
  const role = child(
    ROLE,
    name,
    {
      ...own,
      assumeRolePolicy:
        typeof assumeRolePolicy === "string" ? assumeRolePolicy : JSON.stringify(assumeRolePolicy),
    },
    parent,
  );
  const policies = list(policyArns).map((policyArn) =>
    child(
      "aws:iam/rolePolicyAttachment:RolePolicyAttachment",
      `${name}-${shortHash(scalar(policyArn))}`,
      { role: new Reference(role.key, "name"), policyArn },
      parent,
    ),
  );
  return { resources: [role, ...policies], arn: new Reference(role.key, "arn") };
}

/** vCPU -> GB of memory that awsx knows, as a range or one by one. */
const SIZES: readonly [vcpu: number, gigabytes: readonly number[]][] = [
  [0.25, [0.5, 1, 2]],
  [0.5, range(1, 4)],
  [1, range(2, 8)],
  [2, range(4, 16)],
  [4, range(8, 30)],
  [8, range(16, 60)],
  [16, range(32, 120)],
  [32, [60, 120, 244]],
];

function range(low: number, high: number): number[] {
  return Array.from({ length: high - low + 1 }, (_, index) => low + index);
}

/** The size with the least memory, then the least CPU: awsx means the cheapest, but sorts its list again at import. */
function fargateSize(containers: readonly Values[]): { cpu: string; memory: string } {
  const sum = (value: (container: Values) => number | undefined): number =>
    containers.reduce((total, container) => total + (value(container) ?? 0), 0) / 1024;
  const vcpu = sum(({ cpu }) => number(cpu));
  const gigabytes = sum(
    ({ memory, memoryReservation }) => number(memoryReservation) ?? number(memory),
  );
  const [found] = SIZES.filter(([most]) => most >= vcpu)
    .flatMap(([cpu, memories]) =>
      memories.filter((memory) => memory >= gigabytes).map((memory) => ({ cpu, memory })),
    )
    .sort((a, b) => a.memory - b.memory || a.cpu - b.cpu);
  if (found === undefined)
    throw new Error(`Fargate has no task of ${vcpu} vCPU and ${gigabytes} GB`);
  return { memory: String(found.memory * 1024), cpu: String(found.cpu * 1024) };
}
