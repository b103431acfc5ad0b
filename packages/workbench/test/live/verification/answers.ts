/** Answers as ECS, the load balancer and CloudWatch Logs give them, cut to what is read. */
import type { Answers } from "./stub.ts";

export const ACCOUNT = "123456789012";
const ECS = `arn:aws:ecs:eu-west-1:${ACCOUNT}`;
const ELB = `arn:aws:elasticloadbalancing:eu-west-1:${ACCOUNT}`;

export const BLUE = `${ELB}:targetgroup/load-balancer-blue-1a2b/6d0ecf831eec9f09`;
export const GREEN = `${ELB}:targetgroup/load-balancer-green-3c4d/73e2d6bc24d8a067`;
export const RULE = `${ELB}:listener-rule/app/load-balancer-5e6f/50dc6c495c0c9188/f2f7dc8efc522ab2/9683b2d02a6cabee`;
export const STARTED = new Date("2026-03-01T12:00:00Z");
const FINISHED = new Date("2026-03-01T12:05:00Z");

export const taskDefinition = (revision: number): string =>
  `${ECS}:task-definition/api:${revision}`;
export const serviceRevision = (revision: number): string =>
  `${ECS}:service-revision/api-c1/api-5f2e/${4000 + revision}`;
export const deploymentArn = (revision: number): string =>
  `${ECS}:service-deployment/api-c1/api-5f2e/EZe5RNVLH6PPzHXINuP${revision}`;
export const taskArn = (id: string): string => `${ECS}:task/api-c1/${id}`;

export const SUBJECT = {
  stack: "prod",
  accountId: ACCOUNT,
  clusterName: "api-c1",
  serviceName: "api-5f2e",
  taskDefinitionArn: taskDefinition(43),
};

interface Side {
  revision: number;
  requested?: number;
  running?: number;
  weight?: number;
}

export interface World {
  status?: string;
  desired?: number;
  running?: number;
  primary?: number;
  strategy?: "ROLLING" | "BLUE_GREEN" | "CANARY" | "LINEAR";
  /** Absent: the service has no deployments on record. */
  deployment?: {
    status: string;
    reason?: string;
    /** @default - five minutes after the start where it was successful */
    finishedAt?: Date;
    stage?: string;
    target: Side;
    source?: Side;
    hooks?: object[];
    alarms?: string[];
  };
  rollouts?: object[];
  stopped?: object[];
  health?: object[];
  log?: string[];
  events?: string[];
}

const summary = ({ revision, requested = 3, running = 0, weight }: Side): object => ({
  arn: serviceRevision(revision),
  requestedTaskCount: requested,
  runningTaskCount: running,
  pendingTaskCount: requested - running,
  ...(weight === undefined ? {} : { requestedProductionTrafficWeight: weight }),
});

const shifts = (world: World): boolean => (world.strategy ?? "ROLLING") !== "ROLLING";

/** The answers of all commands about one state of the world. */
export function answers(world: World): Answers {
  const { deployment, desired = 3 } = world;
  const configuration = {
    strategy: world.strategy ?? "ROLLING",
    bakeTimeInMinutes: shifts(world) ? 5 : 0,
    ...(world.strategy === "CANARY"
      ? { canaryConfiguration: { canaryPercent: 10, canaryBakeTimeInMinutes: 5 } }
      : {}),
  };
  const newest = deployment?.target.revision ?? 43;
  const finishedAt =
    deployment?.finishedAt ?? (deployment?.status === "SUCCESSFUL" ? FINISHED : undefined);
  return {
    GetCallerIdentity: { Account: ACCOUNT },
    DescribeServices: {
      services: [
        {
          status: world.status ?? "ACTIVE",
          desiredCount: desired,
          runningCount: world.running ?? desired,
          pendingCount: 0,
          taskDefinition: taskDefinition(world.primary ?? newest),
          healthCheckGracePeriodSeconds: 30,
          deploymentConfiguration: configuration,
          loadBalancers: [
            {
              targetGroupArn: BLUE,
              containerName: "app",
              containerPort: 8080,
              ...(shifts(world)
                ? {
                    advancedConfiguration: {
                      alternateTargetGroupArn: GREEN,
                      productionListenerRule: RULE,
                      roleArn: `arn:aws:iam::${ACCOUNT}:role/ecs`,
                    },
                  }
                : {}),
            },
          ],
          deployments: world.rollouts ?? [
            {
              id: `ecs-svc/${4000 + (world.primary ?? newest)}`,
              status: "PRIMARY",
              createdAt: STARTED,
              updatedAt: FINISHED,
              desiredCount: desired,
              runningCount: world.running ?? desired,
              taskDefinition: taskDefinition(world.primary ?? newest),
              rolloutState: "COMPLETED",
            },
          ],
          events: (world.events ?? []).map((message) => ({ message, createdAt: STARTED })),
        },
      ],
    },
    ListServiceDeployments: {
      serviceDeployments:
        deployment === undefined
          ? []
          : [
              // Older ones first: the order must not matter.
              {
                serviceDeploymentArn: deploymentArn(7),
                createdAt: new Date("2026-01-01T00:00:00Z"),
                status: "SUCCESSFUL",
              },
              {
                serviceDeploymentArn: deploymentArn(newest),
                createdAt: STARTED,
                status: deployment.status,
              },
            ],
    },
    DescribeServiceDeployments: {
      serviceDeployments:
        deployment === undefined
          ? []
          : [
              {
                serviceDeploymentArn: deploymentArn(newest),
                status: deployment.status,
                statusReason: deployment.reason,
                lifecycleStage: deployment.stage,
                createdAt: STARTED,
                startedAt: STARTED,
                finishedAt,
                targetServiceRevision: summary(deployment.target),
                sourceServiceRevisions:
                  deployment.source === undefined ? [] : [summary(deployment.source)],
                deploymentConfiguration: configuration,
                lifecycleHookDetails: deployment.hooks,
                alarms: { triggeredAlarmNames: deployment.alarms ?? [] },
              },
            ],
    },
    DescribeServiceRevisions: ({ serviceRevisionArns }: { serviceRevisionArns: string[] }) => ({
      serviceRevisions: serviceRevisionArns.map((serviceRevisionArn) => {
        const revision = Number(serviceRevisionArn.slice(-4)) - 4000;
        return {
          serviceRevisionArn,
          taskDefinition: taskDefinition(revision),
          resolvedConfiguration: {
            loadBalancers: [
              { targetGroupArn: shifts(world) && revision === newest ? GREEN : BLUE },
            ],
          },
        };
      }),
    }),
    ListTasks: { taskArns: (world.stopped ?? []).map((_, index) => taskArn(String(index))) },
    DescribeTasks: { tasks: world.stopped ?? [] },
    DescribeTaskDefinition: {
      taskDefinition: {
        memory: "1024",
        runtimePlatform: { cpuArchitecture: "ARM64" },
        containerDefinitions: [
          {
            name: "app",
            stopTimeout: 45,
            portMappings: [{ containerPort: 8080 }],
            logConfiguration: {
              options: { "awslogs-group": "api-9d8c", "awslogs-stream-prefix": "app" },
            },
          },
        ],
      },
    },
    DescribeTargetHealth: {
      TargetHealthDescriptions:
        world.health ??
        Array.from({ length: desired }, () => ({ TargetHealth: { State: "healthy" } })),
    },
    DescribeTargetGroups: {
      TargetGroups: [
        {
          HealthCheckPath: "/readyz",
          HealthCheckIntervalSeconds: 10,
          HealthCheckTimeoutSeconds: 5,
          HealthyThresholdCount: 2,
          UnhealthyThresholdCount: 2,
        },
      ],
    },
    DescribeTargetGroupAttributes: {
      Attributes: [{ Key: "deregistration_delay.timeout_seconds", Value: "30" }],
    },
    DescribeRules: {
      Rules: [
        {
          Actions: [
            {
              Type: "forward",
              ForwardConfig: {
                TargetGroups: [
                  { TargetGroupArn: BLUE, Weight: 90 },
                  { TargetGroupArn: GREEN, Weight: 10 },
                ],
              },
            },
          ],
        },
      ],
    },
    GetLogEvents: { events: (world.log ?? []).map((message) => ({ message })) },
    StopServiceDeployment: { serviceDeploymentArn: deploymentArn(newest) },
  };
}

/** A task that stopped `lifetimeSeconds` after its start. */
export function stoppedTask(
  id: string,
  fields: {
    revision?: number;
    stopCode?: string;
    stoppedReason?: string;
    exitCode?: number;
    reason?: string;
    lifetimeSeconds?: number;
    createdAt?: Date;
  },
): object {
  const { lifetimeSeconds } = fields;
  const createdAt = fields.createdAt ?? new Date(STARTED.getTime() + 1000);
  const startedAt = new Date(createdAt.getTime() + 20_000);
  const stoppedAt = new Date(startedAt.getTime() + (lifetimeSeconds ?? 0) * 1000);
  return {
    taskArn: taskArn(id),
    taskDefinitionArn: taskDefinition(fields.revision ?? 43),
    createdAt,
    ...(lifetimeSeconds === undefined ? {} : { startedAt, executionStoppedAt: stoppedAt }),
    stoppedAt,
    stopCode: fields.stopCode ?? "EssentialContainerExited",
    stoppedReason: fields.stoppedReason ?? "Essential container in task exited",
    containers: [
      {
        name: "app",
        ...(fields.exitCode === undefined ? {} : { exitCode: fields.exitCode }),
        ...(fields.reason === undefined ? {} : { reason: fields.reason }),
      },
    ],
  };
}
