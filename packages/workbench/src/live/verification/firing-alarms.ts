import * as pulumi from "@pulumi/pulumi";
import { defined } from "../../lib/defined.ts";

export interface FiringAlarmsArgs {
  /** Whether the program is planned offline: nothing is deployed, and AWS is not asked. */
  offline: boolean;
  /** What alarms that fire do: `warn` says it, `strict` does not deploy a new task definition. */
  firingAlarms: "warn" | "strict";
  region: string;
  /** Profile that the AWS provider uses. @default - the SDK's own order */
  profile?: string | undefined;
  /** Alarms that roll a deployment back; empty for none. */
  alarmNames: readonly pulumi.Input<string>[];
  clusterName: pulumi.Input<string>;
  /** Task definition that is to be deployed. */
  taskDefinitionArn: pulumi.Input<string>;
}

type Warn = (text: string) => Promise<void>;

/**
 * Says before a deployment, in the preview too, that alarms fire: ECS then watches none of the service's alarms while that
 * deployment lasts. Mostly that is what a fix is deployed for, so it is a warning by default.
 * @param warn - @default a warning of the stack
 * @param preview - @default whether the engine previews
 * @returns the task definition, once it may be deployed; the same in a preview
 * @throws pulumi.RunError in the output, where alarms fire and `strict` is asked for
 */
export function askAlarms(
  args: FiringAlarmsArgs,
  warn: Warn = (text) => pulumi.log.warn(text),
  preview = pulumi.runtime.isDryRun(),
): pulumi.Output<string> {
  const { offline, alarmNames } = args;
  if (offline || alarmNames.length === 0) return pulumi.output(args.taskDefinitionArn);
  const firing = pulumi.all([...alarmNames]).apply((names) => ask(args, names, warn));
  // In a preview the alarms may be unknown, and the task definition must not become so.
  if (preview) return pulumi.output(args.taskDefinitionArn);
  return pulumi
    .all([firing, args.clusterName, args.taskDefinitionArn])
    .apply(async ([names, cluster, taskDefinitionArn]) => {
      if (args.firingAlarms === "strict" && names.length > 0)
        await refuseNew(args, names, cluster, taskDefinitionArn);
      return taskDefinitionArn;
    });
}

/** Names of those that fire. What cannot be asked does not stop a deployment, which may be the fix. */
async function ask(args: FiringAlarmsArgs, names: string[], warn: Warn): Promise<string[]> {
  // Loaded here: the offline plan has no use for the AWS clients.
  const [{ CloudWatch }, { awsErrorText }] = await Promise.all([
    import("@aws-sdk/client-cloudwatch"),
    import("./aws-errors.ts"),
  ]);
  const { region, profile } = args;
  const client = new CloudWatch(defined({ region, profile }));
  try {
    const { MetricAlarms = [] } = await client.describeAlarms({
      AlarmNames: names,
      // Composite ones could be asked for only with a permission on all alarms of the account.
      AlarmTypes: ["MetricAlarm"],
      StateValue: "ALARM",
    });
    const firing = MetricAlarms.flatMap(({ AlarmName }) => AlarmName ?? []);
    if (firing.length > 0) await warn(`${firingText(firing)}${advice(args)}`);
    return firing;
  } catch (error) {
    await warn(
      `whether alarms fire could not be asked: ${awsErrorText(error)}. If one does, no alarm rolls the next deployment back. It needs cloudwatch:DescribeAlarms.`,
    );
    return [];
  }
}

const firingText = (names: readonly string[]): string =>
  names.length === 1
    ? `the alarm ${names.join("")} fires already`
    : `the alarms ${names.join(", ")} fire already`;

const MEANING =
  "ECS watches no alarm at all during a deployment that starts while one fires, so none would roll it back";

const advice = ({ firingAlarms }: FiringAlarmsArgs): string =>
  firingAlarms === "strict"
    ? `. ${MEANING}; with firingAlarms strict a new task definition is not deployed until they are OK.`
    : `. ${MEANING}. Deploy a fix now, watch it yourself, or wait until they are OK.`;

async function refuseNew(
  { region, profile }: FiringAlarmsArgs,
  firing: readonly string[],
  cluster: string,
  taskDefinitionArn: string,
): Promise<void> {
  const [{ createClients }, { isDeployed }, { awsErrorText }] = await Promise.all([
    import("./clients.ts"),
    import("./deployed.ts"),
    import("./aws-errors.ts"),
  ]);
  let deployed: boolean;
  try {
    deployed = await isDeployed(createClients({ region, profile }), cluster, taskDefinitionArn);
  } catch (error) {
    throw new pulumi.RunError(
      `the deployment did not begin: what the service runs could not be asked: ${awsErrorText(error)}. Run \`pulumi up\` again.`,
    );
  }
  if (!deployed)
    throw new pulumi.RunError(
      `the deployment did not begin: ${firingText(firing)}, and firingAlarms is strict. ${MEANING}. Wait until they are OK, or deploy the fix with firingAlarms warn.`,
    );
}
