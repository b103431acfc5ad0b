import {
  APP_USER,
  hardened,
  logConfiguration,
  variables,
  type ContainerArgs,
} from "./container.ts";

/** A container beside the service's own, such as a collector or a proxy. It shares the task's CPU, memory and network. */
export interface SideCar {
  /** With a tag that stays, or by digest: `public.ecr.aws/acme/collector:1.2.3`. @default - the service's own image */
  image?: string;
  /** What starts it. @default - node in the service's own bundle, or else what its image says */
  entryPoint?: readonly string[];
  /** What it runs: arguments of what starts it. @default - what its image says */
  command?: readonly string[];
  environment?: Readonly<Record<string, string>>;
  /** Whether the task ends with it; otherwise it alone is started again. @default false */
  essential?: boolean;
  /** `uid[:gid]`. @default - that of its image */
  user?: string;
  /** Whether it may write into its own root file system. @default false */
  writable?: boolean;
}

/** How long a side-car has to have run until it may be started again. ECS allows 60 to 1800. */
const RESTART_AFTER_SECONDS = 60;

/** Its definition as ECS takes it, hardened as the service's own. */
export function sideCarDefinition(
  name: string,
  sideCar: SideCar,
  task: Pick<ContainerArgs, "image" | "build" | "logGroup" | "region">,
): Record<string, unknown> {
  const { command, environment = {}, essential = false, writable = false } = sideCar;
  const { image = task.image } = sideCar;
  const own = sideCar.image === undefined;
  const entryPoint = sideCar.entryPoint ?? (own && task.build === "bundle" ? ["node"] : undefined);
  const user = sideCar.user ?? (own ? APP_USER : undefined);
  return {
    name,
    image,
    essential,
    entryPoint,
    command,
    environment: variables(environment),
    user,
    ...hardened(writable),
    // Source: AWS, "Restart individual containers in Amazon ECS tasks with container restart policies".
    ...(!essential && {
      restartPolicy: { enabled: true, restartAttemptPeriod: RESTART_AFTER_SECONDS },
    }),
    logConfiguration: logConfiguration(name, task),
  };
}

/** ARN of the private repository that an image lies in, which the execution role has to read; undefined for any other. */
export function ecrRepositoryArn(
  image: string | undefined,
  { partition }: { partition: string },
): string | undefined {
  const found = /^(\d{12})\.dkr\.ecr\.([a-z0-9-]+)\.[^/]+\/([^@:]+)/.exec(image ?? "");
  if (found === null) return undefined;
  const [, accountId = "", region = "", repository = ""] = found;
  return `arn:${partition}:ecr:${region}:${accountId}:repository/${repository}`;
}
