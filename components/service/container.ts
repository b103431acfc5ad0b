/** The container definition of the app, hardened, as the JSON that ECS takes. */
import type { TaskArgs } from "./task.ts";

export interface ContainerArgs extends Pick<
  TaskArgs,
  | "build"
  | "command"
  | "containerPort"
  | "listens"
  | "livenessPath"
  | "taskMemoryMiB"
  | "stopTimeoutSeconds"
  | "executeCommand"
> {
  /** Image by digest. */
  image: string;
  /** Containers of the task that start before this one, and end after it. @default none */
  startsAfter?: readonly string[] | undefined;
  /** Variables by name. */
  environment: Readonly<Record<string, string>>;
  /** ARN of a secret or parameter by variable. */
  secrets: Readonly<Record<string, string>>;
  /** Version of a secret by variable, where it is known: another one is another task definition. */
  secretVersions: Readonly<Record<string, string>>;
  logGroup: string;
  region: string;
}

export const CONTAINER_NAME = "app";

/** Port name that Service Connect publishes. */
export const PORT_NAME = "http";

/** Numeric, so that the runtime can tell that it is not root. */
export const APP_USER = "65532:65532";

/** Below it a port needs root or a capability, which the container has not. Source: aws/containers-roadmap issue 1721. */
export const FIRST_CONTAINER_PORT = 1024;

/** Ten thousand idle connections and as many to a store; Fargate's default is 65535 since 2024 but was 1024. */
const OPEN_FILES = 65536;

/** Part of the task's memory for the JavaScript heap; the rest is for buffers, threads, code and the kernel. */
const HEAP_SHARE = 0.75;

/**
 * A heap that outgrows its task is killed without a word; one that meets its own limit says so first. V8 takes the limit
 * only at its start, so it stands in the command. An app that forks workers sets theirs.
 */
const heapLimitMiB = (taskMemoryMiB: number): number => Math.floor(taskMemoryMiB * HEAP_SHARE);

const BUNDLE = ["dist/server.js"];

/** What runs: Node with the bundle, or what the image of the app's own Dockerfile says; or else the service's command. */
const started = ({ build, taskMemoryMiB, command }: ContainerArgs): object | undefined =>
  build === "dockerfile"
    ? command && { command }
    : {
        // Bases differ in their entry point: distroless has one of its own.
        entryPoint: ["node"],
        command: [`--max-heap-size=${heapLimitMiB(taskMemoryMiB)}`, ...(command ?? BUNDLE)],
      };

type Texts = Readonly<Record<string, string>>;

const byName = (texts: Texts): [string, string][] =>
  Object.entries(texts).sort(([a], [b]) => (a < b ? -1 : 1));

/** Variables as ECS takes them. Lists are sorted by name, so that the same input is the same text and no deployment. */
export const variables = (texts: Texts): { name: string; value: string }[] =>
  byName(texts).map(([name, value]) => ({ name, value }));

/** No privileges, and an init process, which reaps children and passes signals on. */
export const hardened = (writable: boolean): Record<string, unknown> => ({
  privileged: false,
  readonlyRootFilesystem: !writable,
  linuxParameters: { capabilities: { drop: ["ALL"] }, initProcessEnabled: true },
});

/** A definition as ECS takes it, once it is JSON. */
export function containerDefinition(args: ContainerArgs): Record<string, unknown> {
  const versions = byName(args.secretVersions);
  const { startsAfter = [] } = args;
  return {
    name: CONTAINER_NAME,
    image: args.image,
    essential: true,
    ...started(args),
    environment: variables(args.environment),
    secrets: byName(args.secrets).map(([name, valueFrom]) => ({ name, valueFrom })),
    ...(versions.length > 0 && {
      dockerLabels: Object.fromEntries(
        versions.map(([name, version]) => [`secret-version.${name}`, version]),
      ),
    }),
    ...(args.listens !== false && { portMappings: [httpPort(args.containerPort)] }),
    // Source: AWS, ContainerDependency: what starts later is stopped first, so that a side-car outlives the drain.
    ...(startsAfter.length > 0 && {
      dependsOn: startsAfter.map((containerName) => ({ containerName, condition: "START" })),
    }),
    ...(args.livenessPath !== "" && { healthCheck: livenessCheck(args) }),
    stopTimeout: args.stopTimeoutSeconds,
    user: APP_USER,
    // ECS Exec writes into the root file system, so it and a read-only root exclude each other.
    ...hardened(args.executeCommand === "enabled"),
    mountPoints: [{ sourceVolume: TMP_VOLUME, containerPath: "/tmp", readOnly: false }],
    ulimits: [{ name: "nofile", softLimit: OPEN_FILES, hardLimit: OPEN_FILES }],
    logConfiguration: logConfiguration(CONTAINER_NAME, args),
  };
}

const httpPort = (containerPort: number): Record<string, unknown> => ({
  name: PORT_NAME,
  containerPort,
  protocol: "tcp",
  appProtocol: "http",
});

/** Where a container's lines go. */
export function logConfiguration(
  container: string,
  { logGroup, region }: Pick<ContainerArgs, "logGroup" | "region">,
): Record<string, unknown> {
  return {
    logDriver: "awslogs",
    options: {
      "awslogs-group": logGroup,
      "awslogs-region": region,
      "awslogs-stream-prefix": container,
      // The app must not wait for its logs; the buffer holds minutes of them.
      mode: "non-blocking",
      "max-buffer-size": "25m",
    },
  };
}

/** The one writable folder. */
export const TMP_VOLUME = "tmp";

/** The image has neither shell nor curl, so the check is Node itself. */
function livenessCheck({ containerPort, livenessPath }: ContainerArgs): Record<string, unknown> {
  const url = `http://127.0.0.1:${containerPort}${livenessPath}`;
  const script = `fetch(${JSON.stringify(url)}).then((r)=>process.exit(r.ok?0:1),()=>process.exit(1))`;
  return {
    command: ["CMD", "node", "-e", script],
    interval: 30,
    timeout: 5,
    retries: 3,
    startPeriod: 30,
  };
}
