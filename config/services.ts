import type { SideCar } from "../components/service/side-car.ts";

/** Which services a stack runs, by name: a few letters in lower case, which names their resources too. */
export interface Services {
  /** The main service. */
  readonly api: MainService;
  readonly [name: string]: MainService | HttpService | WorkerService | ScheduledTask;
}

/** The app of `appPath`. */
export interface MainService {
  readonly kind: "http";
  /** Containers beside the app's own, by name. @default none */
  readonly sideCars?: Readonly<Record<string, SideCar>>;
}

/** What every other service may say. */
export interface Runs {
  /** Folder of its own app, an npm package, whose image has a repository of its own. @default the main service's image */
  readonly appPath?: string;
  /** How that app's image comes about, as the key `build` says it of the main one. @default "bundle" */
  readonly build?: "bundle" | "dockerfile";
  /** What its container runs: arguments of node for a bundle. @default what the image starts by itself */
  readonly command?: readonly string[];
  /** Plain environment variables, the same in each stack; `services.<name>.environment` adds others. @default none */
  readonly environment?: Readonly<Record<string, string>>;
  /** Whether it reads and writes the app's table, whose name reaches it as TABLE_NAME. @default false */
  readonly table?: boolean;
  readonly sideCars?: Readonly<Record<string, SideCar>>;
}

/** A service that takes some of the load balancer's requests: those of a path, of a host name, or of both. */
export interface HttpService extends Runs {
  readonly kind: "http";
  /** `/admin` takes `/admin` and all below it; the service sees the whole path. @default any path */
  readonly path?: string;
  /** Host name of callers. With hostedZone it gets a record and stands on the certificate. @default any host name */
  readonly host?: string;
  /** 1 to 49; of two services that take the same request, the smaller one gets it. @default computed from the name */
  readonly priority?: number;
  /** Port that it listens on. @default containerPort */
  readonly port?: number;
  /** @default the stack's healthPath */
  readonly healthPath?: string;
  /** @default the stack's livenessPath, or none with an appPath of its own */
  readonly livenessPath?: string;
}

/** A service that takes no requests, such as the consumer of a queue. */
export interface WorkerService extends Runs {
  readonly kind: "worker";
}

/** A task that EventBridge Scheduler starts. */
export interface ScheduledTask extends Runs {
  readonly kind: "scheduled";
  /** `cron(0 3 * * ? *)`, `rate(1 hour)` or `at(2026-12-01T03:00:00)`, in the stack's timeZone. */
  readonly schedule: string;
}

/** Name of the main service. */
export const MAIN = "api";

/** Every service but the main one, as declared. */
export type OtherService = HttpService | WorkerService | ScheduledTask;

/** Host names that services take for themselves. */
export const ownHosts = (services: Services): string[] =>
  otherServices(services).flatMap(([, service]) =>
    service.kind === "http" && service.host !== undefined ? [service.host] : [],
  );

/** Folders of the apps: the main one, whose stacks may name another, and those of services. */
export const appFolders = (services: Services): string[] => [
  "app",
  ...otherServices(services).flatMap(([, { appPath }]) => (appPath === undefined ? [] : [appPath])),
];

export const otherServices = (services: Services): [name: string, service: OtherService][] =>
  Object.entries(services)
    .filter(([name]) => name !== MAIN)
    // Only the main service may leave path and host out, which the rules say of the others.
    .map(([name, service]) => [name, service as OtherService]);

/** How many priorities services choose from: each takes two of the listener's 1 to 98, before the main service's. */
export const PRIORITIES = 49;

/** The priority of a service among the others: from its name, so that no other one's coming or going moves it. */
export const priorityOf = (name: string, { priority }: HttpService): number =>
  priority ??
  (Array.from(name).reduce((sum, letter) => (sum * 31 + letter.charCodeAt(0)) % 9973, 7) %
    PRIORITIES) +
    1;

/** The listener rule of a service: what it takes, and where it stands. */
export function ruleOf(
  name: string,
  service: HttpService,
): {
  conditions: { pathPattern?: { values: string[] }; hostHeader?: { values: string[] } }[];
  priorities: { shifting: number; forward: number };
} {
  const { path, host } = service;
  const forward = 2 * priorityOf(name, service);
  return {
    conditions: [
      ...(host === undefined ? [] : [{ hostHeader: { values: [host] } }]),
      ...(path === undefined ? [] : [{ pathPattern: { values: [path, `${path}/*`] } }]),
    ],
    priorities: { shifting: forward - 1, forward },
  };
}
