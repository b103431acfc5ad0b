import type * as pulumi from "@pulumi/pulumi";
import { askAlarms, clearPauses, passGate, verifyDeployment } from "@koa-fargate/workbench/live";
import type { Account } from "./account.ts";
import { CONTAINER_NAME } from "./components/service/container.ts";
import type { FargateService } from "./components/service/fargate-service.ts";
import type { Candidate } from "./components/service/fargate-service-args.ts";
import type { StackConfig } from "./config.ts";

/** Where the task of `beforeDeployment` runs, and what speaks against a rollout. */
export interface Before {
  /** Whether it is planned offline: nobody is asked, and nothing runs. */
  offline: boolean;
  subnetIds: pulumi.Input<string[]>;
  alarmNames: readonly pulumi.Input<string>[];
}

/**
 * What a new task definition passes before ECS rolls it out: no alarm is on that would roll it back at once, the command of
 * `beforeDeployment` ends well, and no pause of an older rollout waits for somebody.
 */
export const gate =
  ({ region, profile, deployment, service }: StackConfig, before: Before) =>
  (candidate: Candidate): pulumi.Output<string> => {
    const shared = { ...candidate, ...deployment, offline: before.offline, region, profile };
    const { alarmRollback, beforeDeployment: command } = deployment;
    const alarmNames = alarmRollback ? before.alarmNames : [];
    return clearPauses({
      ...shared,
      taskDefinitionArn: passGate({
        ...{ ...candidate, offline: before.offline, command, region, profile },
        taskDefinitionArn: askAlarms({ ...shared, alarmNames }),
        subnetIds: before.subnetIds,
        assignPublicIp: service.taskSubnets === "public",
      }),
    });
  };

/**
 * Name of a service, known once its deployment is verified: fails the command where ECS did not do what it was asked.
 * @param also - name of a service beside the main one, or of what callers reach the main one by
 */
export const verified = (
  { stack, profile }: StackConfig,
  account: Account,
  offline: boolean,
  { clusterName, serviceName, taskDefinitionArn }: FargateService,
  also: Pick<Parameters<typeof verifyDeployment>[0], "service" | "name">,
): pulumi.Output<string> =>
  verifyDeployment({
    ...{ ...account, offline, stack, profile, containerName: CONTAINER_NAME },
    ...{ clusterName, serviceName, taskDefinitionArn },
    ...also,
  });
