import { CONTAINER_NAME } from "../components/service/container.ts";
import type { SideCar } from "../components/service/side-car.ts";
import { nearest } from "@koa-fargate/workbench/project";
import { HOST_NAME } from "./keys/patterns.ts";
import { oneOf } from "./kinds.ts";
import { problemsOf, type Problem, type Reason, type Reasons } from "./problem.ts";
import {
  otherServices,
  PRIORITIES,
  priorityOf,
  type HttpService,
  type OtherService,
  type Services,
} from "./services.ts";

/** What services.ts may not say. Keys are the services' names. */
export function brokenServices(services: Services): Problem[] {
  const others = otherServices(services);
  return [
    ...others.map(([name, service]): Reasons => ({ [name]: brokenService(name, service) })),
    ...Object.entries(services).map(([service, { sideCars = {} }]) =>
      brokenSideCars(service, sideCars),
    ),
    ...brokenRoutes(others.filter((one): one is [string, HttpService] => one[1].kind === "http")),
  ]
    .flatMap(problemsOf)
    .map(({ key, reason }) => ({ key: `services.ts: ${key}`, reason }));
}

/** Auto-naming and colour take 14 of the 32 characters that AWS gives a target group. */
const NAME = /^[a-z]([a-z0-9-]{0,15}[a-z0-9])?$/;

const brokenService = (name: string, service: OtherService): Reason[] => [
  !NAME.test(name) &&
    "is no name for a service. Use 1 to 17 letters in lower case, digits and hyphens.",
  service.build !== undefined &&
    service.appPath === undefined &&
    "has build, but runs the main service's image. Give it an appPath, or set the key build.",
  ...(service.kind === "http" ? brokenRoute(service) : []),
  service.kind === "scheduled" &&
    !/^(cron|rate|at)\(.+\)$/.test(service.schedule) &&
    `has the schedule ${JSON.stringify(service.schedule)}. Use cron(0 3 * * ? *), rate(1 hour) or at(2026-12-01T03:00:00).`,
];

const brokenRoute = ({ path, host, priority = 1 }: HttpService): Reason[] => [
  path === undefined &&
    host === undefined &&
    'has neither path nor host, so it would take every request from api. Give it one, such as path: "/admin".',
  path !== undefined &&
    !/^(\/[\w.-]+)+$/.test(path) &&
    `has the path ${JSON.stringify(path)}. Use one such as /admin, without a slash at its end: it takes all below it too.`,
  host !== undefined &&
    !HOST_NAME.test(host) &&
    `has the host ${JSON.stringify(host)}. Use a host name such as admin.example.com.`,
  !(Number.isInteger(priority) && priority >= 1 && priority <= PRIORITIES) &&
    `has the priority ${priority}. Use a whole number, 1 to ${PRIORITIES}.`,
];

const brokenSideCars = (service: string, sideCars: Readonly<Record<string, SideCar>>): Reasons =>
  Object.fromEntries(
    Object.entries(sideCars).map(([name, { image, command }]) => [
      `${service}.sideCars.${name}`,
      name === CONTAINER_NAME
        ? "is called as the service's own container. Choose another name."
        : image === undefined
          ? command === undefined &&
            'has neither image nor command, so it would be the app once more. Give it an image, or a command such as ["dist/server.js", "proxy"].'
          : !/@sha256:[0-9a-f]{64}$|:(?!latest$)[\w][\w.-]*$/.test(image) &&
            `has the image ${image}, which may be another one tomorrow. Name a version or a digest.`,
    ]),
  );

/** Listener rules are unique by priority, and the first one that fits takes the request. */
const brokenRoutes = (services: readonly [name: string, service: HttpService][]): Reasons[] =>
  services.flatMap(([name, service], index) =>
    services.slice(index + 1).map(([other, second]): Reasons => {
      const [own, theirs] = [priorityOf(name, service), priorityOf(other, second)];
      if (service.path === second.path && service.host === second.host)
        return { [name]: `takes the same requests as ${other}. Give one another path.` };
      if (own === theirs)
        return {
          [name]: `has the priority ${own}, and so has ${other}. Give one a priority of its own: priority: ${own === PRIORITIES ? 1 : own + 1}.`,
        };
      if (within(service, second)) return own > theirs ? shadowed(name, other, theirs) : {};
      return within(second, service) && theirs > own ? shadowed(other, name, own) : {};
    }),
  );

const shadowed = (name: string, by: string, priority: number): Reasons => ({
  [name]: `would get no request, since ${by} takes them before it (priority ${priority}). Give it a smaller priority${priority === 1 ? `, and ${by} a greater one` : `: priority: ${priority - 1}`}.`,
});

/** Whether the second service would take every request of the first. */
const within = (inner: HttpService, outer: HttpService): boolean =>
  (outer.host === undefined || outer.host === inner.host) &&
  (outer.path === undefined ||
    (inner.path ?? "").startsWith(`${outer.path}/`) ||
    inner.path === outer.path);

/** What is said of a name that nobody reads. */
export function unknownName(word: string, known: readonly string[], where: string): string {
  const near = nearest(word, known);
  return `${where} ${near === undefined ? `Use ${oneOf(known)}.` : `Did you mean ${near}?`}`;
}
