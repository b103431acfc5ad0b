import {
  plannedDeployment,
  plannedServices,
  plannedTargetGroup,
  scalableTarget,
  targetGroupsOf,
  type PlannedTask,
} from "../plan/services.ts";
import type { Plan, PlannedResource } from "../plan/types.ts";
import {
  list,
  LocalRunError,
  number,
  ofType,
  pairs,
  record,
  scalar,
  text,
  texts,
  type Values,
} from "../plan/plan-reader.ts";
import type { ContainerSpec, ImageSpec, ServiceSpec, TaskSpec } from "./spec-types.ts";

const LOAD_BALANCER = "aws:lb/loadBalancer:LoadBalancer";
const LISTENER = "aws:lb/listener:Listener";
const IMAGE = "docker:index/image:Image";

/**
 * Reads from a plan what ECS and the load balancer would run for its service. Where an input is
 * not set, the default of the AWS API stands in, as it would in the stack.
 *
 * @throws LocalRunError with one sentence that names the missing piece.
 */
export function serviceSpec(plan: Plan): ServiceSpec {
  const [service] = plannedServices(plan);
  if (service === undefined) {
    throw new LocalRunError(
      `The plan of ${plan.stack} has no ECS service, so there is nothing to run.`,
    );
  }
  const [production, ...alternates] = targetGroupsOf(plan, service).map(plannedTargetGroup);
  if (production === undefined) {
    throw new LocalRunError(
      `The ECS service ${service.resource.name} of ${plan.stack} stands behind no target group, so no load balancer would send it requests: add loadBalancers to it.`,
    );
  }
  return {
    ...taskSpec(plan, service, service.target),
    targetGroups: [production, ...alternates],
  };
}

/** @param target - of a service, its load balancer. @default - it takes no requests */
export function taskSpec(plan: Plan, planned: PlannedTask, target: Values = {}): TaskSpec {
  const { resource: service, taskDefinition, container: definition } = planned;
  if (taskDefinition === undefined) {
    throw new LocalRunError(
      `The plan of ${plan.stack} has no task definition for ${service.name}, so there is nothing to run.`,
    );
  }
  if (definition["name"] === undefined) {
    throw new LocalRunError(
      `containerDefinitions of the task definition ${taskDefinition.name} holds no container, so there is nothing to run.`,
    );
  }
  const region = text(plan.config["aws:region"]);
  const ownImage = text(definition["image"]);
  const scalable = (
    scalableTarget(plan, service) ??
    (plannedServices(plan).length === 1
      ? ofType(plan, "aws:appautoscaling/target:Target")[0]
      : undefined)
  )?.inputs;
  return {
    project: plan.project,
    stack: plan.stack,
    service: planned.name,
    sideCars: planned.sideCars.map((sideCar) => ({
      name: text(sideCar["name"]) ?? "",
      image: text(sideCar["image"]) ?? "",
      ownImage: text(sideCar["image"]) === ownImage,
      command: [...texts(sideCar["entryPoint"]), ...texts(sideCar["command"])],
      environment: pairs(sideCar["environment"]),
    })),
    ...(region === undefined ? {} : { region }),
    container: container(definition, number(target["containerPort"])),
    cpuUnits: size(taskDefinition, "cpu"),
    memoryMiB: size(taskDefinition, "memory"),
    image: image(plan, ownImage),
    idleTimeoutSeconds: number(ofType(plan, LOAD_BALANCER)[0]?.inputs["idleTimeout"]) ?? 60,
    tls: ofType(plan, LISTENER).some((listener) => listener.inputs["protocol"] === "HTTPS"),
    appPath: text(plan.config["appPath"]) ?? "app",
    deployment: plannedDeployment(service),
    spot: list(service.inputs["capacityProviderStrategies"]).some(
      (strategy) => record(strategy)["capacityProvider"] === "FARGATE_SPOT",
    ),
    ...(scalable === undefined ? {} : { autoscaling: scalingLimits(scalable) }),
    schedules: ofType(plan, "aws:appautoscaling/scheduledAction:ScheduledAction")
      .filter(({ inputs }) => inputs["resourceId"] === scalable?.["resourceId"])
      .map((action) => text(action.inputs["schedule"]))
      .filter((schedule) => schedule !== undefined),
  };
}

function container(definition: Values, servicePort: number | undefined): ContainerSpec {
  const name = text(definition["name"]) ?? "container";
  const command = [...texts(definition["entryPoint"]), ...texts(definition["command"])];
  const port = servicePort ?? number(record(list(definition["portMappings"])[0])["containerPort"]);
  const user = text(definition["user"]);
  return {
    name,
    command,
    environment: pairs(definition["environment"]),
    secrets: Object.keys(pairs(definition["secrets"])).sort(),
    port: port ?? 0,
    stopTimeoutSeconds: number(definition["stopTimeout"]) ?? 30,
    ulimits: list(definition["ulimits"]).map((item) => {
      const limit = record(item);
      const softLimit = number(limit["softLimit"]) ?? 0;
      const hardLimit = number(limit["hardLimit"]) ?? softLimit;
      return { name: text(limit["name"]) ?? "nofile", softLimit, hardLimit };
    }),
    readonlyRootFilesystem: definition["readonlyRootFilesystem"] === true,
    ...(user === undefined ? {} : { user }),
    dropCapabilities: texts(record(record(definition["linuxParameters"])["capabilities"])["drop"]),
    writablePaths: list(definition["mountPoints"])
      .map(record)
      .filter((mount) => mount["readOnly"] !== true)
      .map((mount) => text(mount["containerPath"]))
      .filter((path) => path !== undefined),
    hasContainerHealthCheck: Object.keys(record(definition["healthCheck"])).length > 0,
  };
}

function size(taskDefinition: PlannedResource, key: "cpu" | "memory"): number {
  const value = number(taskDefinition.inputs[key]);
  if (value === undefined) {
    throw new LocalRunError(
      `The task definition ${taskDefinition.name} has no ${key}, which Fargate requires: set it.`,
    );
  }
  return value;
}

function image(plan: Plan, name: string | undefined): ImageSpec {
  const images = ofType(plan, IMAGE);
  const planned =
    images.find((candidate) =>
      [candidate.outputs["repoDigest"], candidate.outputs["imageName"]].includes(name ?? ""),
    ) ?? images[0];
  const build = record(planned?.inputs["build"]);
  const context = text(build["context"]);
  if (planned === undefined || context === undefined) {
    throw new LocalRunError(
      `The plan of ${plan.stack} builds no image (the container runs ${name ?? "none"}), so the app's files are not on this machine: run a stack that bundles the app.`,
    );
  }
  return {
    name: text(planned.inputs["imageName"]) ?? `${plan.project}:local`,
    context,
    dockerfile: text(build["dockerfile"]) ?? "Dockerfile",
    platform: text(build["platform"]) ?? "linux/amd64",
    buildArgs: Object.fromEntries(
      Object.entries(record(build["args"])).map(([key, value]) => [key, scalar(value)]),
    ),
  };
}

function scalingLimits(target: Values): { minimum: number; maximum: number } {
  return {
    minimum: number(target["minCapacity"]) ?? 1,
    maximum: number(target["maxCapacity"]) ?? 1,
  };
}
