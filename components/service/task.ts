import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { containerDefinition, TMP_VOLUME, type ContainerArgs } from "./container.ts";
import { platformEnvironment, type EnvironmentArgs } from "./environment.ts";
import { logGroup, type LogGroupArgs } from "../log-group.ts";
import masking from "./log-masking.json" with { type: "json" };
import { Roles, type TaskPermission, type TaskTable } from "./roles.ts";
import { secretVersions } from "./secret-versions.ts";
import { sideCarDefinition, ecrRepositoryArn, type SideCar } from "./side-car.ts";

/** What a task runs, as a service or by itself. */
export interface TaskArgs extends Omit<EnvironmentArgs, "region">, LogGroupArgs {
  account: { partition: string; region: string; accountId: string };
  image: { uri: pulumi.Input<string>; repositoryArn: pulumi.Input<string> };
  /** How the image is built. */
  build: "bundle" | "dockerfile";
  /** What the container runs. @default - the app's own entry */
  command?: readonly string[] | undefined;
  /** False for a container that takes no requests. @default true */
  listens?: boolean | undefined;
  environment: Readonly<Record<string, pulumi.Input<string>>>;
  /** Secret ARN by variable. */
  secrets: Readonly<Record<string, pulumi.Input<string>>>;
  /** What the app may do beside its table, such as read a queue. @default - nothing */
  permissions?: readonly TaskPermission[] | undefined;
  /** Keys that encrypt some of the secrets. @default - those that need no permission, and `keyArn` */
  secretsKeyArns?: readonly string[] | undefined;
  livenessPath: string;
  executeCommand: "disabled" | "enabled";
  cpuArchitecture: "arm64" | "amd64";
  /** Containers beside the service's own, by name. @default none */
  sideCars?: Readonly<Record<string, SideCar>> | undefined;
  /** Table that the app reads and writes. @default - none */
  table?: TaskTable | undefined;
  /** Family of the task definitions; a series of revisions of its own, so unique in account and region. */
  taskFamily: string;
  /** Whether CloudWatch masks keys in the log. */
  logMasking: "none" | "secrets";
}

/** The log group of a service or a scheduled task. */
export function taskLogGroup(
  name: string,
  args: LogGroupArgs & Pick<TaskArgs, "logMasking">,
  parent: pulumi.Resource,
): aws.cloudwatch.LogGroup {
  const group = logGroup(name, args, parent);
  // Who reads the log sees stars, unless they may unmask. AWS asks for an audit, which may report to nobody, before it masks, both of the
  // same kinds. Source: CloudWatch Logs User Guide, data protection, "Credentials" and policy syntax.
  if (args.logMasking === "secrets")
    new aws.cloudwatch.LogDataProtectionPolicy(
      `${name}-masking`,
      { logGroupName: group.name, policyDocument: JSON.stringify(masking) },
      { parent },
    );
  return group;
}

/** The task definition of a service or a scheduled task, with the two roles that are its own. */
export function taskDefinition(
  name: string,
  args: TaskArgs,
  group: aws.cloudwatch.LogGroup,
  parent: pulumi.Resource,
): { definition: aws.ecs.TaskDefinition; roles: Roles } {
  const sideCars = Object.entries(args.sideCars ?? {}).sort(([a], [b]) => (a < b ? -1 : 1));
  const roles = new Roles(
    `${name}-roles`,
    {
      ...args,
      repositoryArns: [
        args.image.repositoryArn,
        ...sideCars.flatMap(([, { image }]) => ecrRepositoryArn(image, args.account) ?? []),
      ],
      logGroupArn: group.arn,
    },
    { parent },
  );
  const { region } = args.account;
  const containerDefinitions = pulumi
    .output({
      image: args.image.uri,
      logGroup: group.name,
      tableName: args.table?.name,
      variables: args.environment,
      secrets: args.secrets,
      secretVersions: pulumi.output(args.secrets).apply(secretVersions),
    })
    .apply(({ tableName, variables, ...known }) => {
      const own: ContainerArgs = {
        ...args,
        ...known,
        region,
        environment: {
          ...variables,
          ...platformEnvironment({ ...args, region }),
          ...(tableName && { TABLE_NAME: tableName }),
        },
        startsAfter: sideCars.map(([sideCar]) => sideCar),
      };
      return JSON.stringify([
        containerDefinition(own),
        ...sideCars.map(([sideCar, settings]) => sideCarDefinition(sideCar, settings, own)),
      ]);
    });
  const definition = new aws.ecs.TaskDefinition(
    name,
    {
      family: args.taskFamily,
      requiresCompatibilities: ["FARGATE"],
      networkMode: "awsvpc",
      cpu: String(args.taskCpu),
      memory: String(args.taskMemoryMiB),
      runtimePlatform: {
        operatingSystemFamily: "LINUX",
        cpuArchitecture: args.cpuArchitecture === "arm64" ? "ARM64" : "X86_64",
      },
      executionRoleArn: roles.executionRoleArn,
      taskRoleArn: roles.taskRoleArn,
      volumes: [{ name: TMP_VOLUME }],
      containerDefinitions,
      // A rollback needs the revisions before.
      skipDestroy: true,
    },
    { parent },
  );
  return { definition, roles };
}
