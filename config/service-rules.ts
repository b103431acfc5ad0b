import { CONTAINER_NAME } from "../components/service/container.ts";
import type { SideCar } from "../components/service/side-car.ts";
import { nearest } from "@koa-fargate/workbench/project";
import { oneOf } from "./kinds.ts";
import type { Problem } from "./problem.ts";
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
    ...others.flatMap(([name, service]) => brokenService(name, service)),
    ...Object.entries(services).flatMap(([service, { sideCars = {} }]) =>
      Object.entries(sideCars).flatMap(([name, sideCar]) => brokenSideCar(service, name, sideCar)),
    ),
    ...brokenRoutes(others.filter((one): one is [string, HttpService] => one[1].kind === "http")),
  ].map(({ key, reason }) => ({ key: `services.ts: ${key}`, reason }));
}

/** Auto-naming and colour take 14 of the 32 characters that AWS gives a target group. */
const NAME = /^[a-z]([a-z0-9-]{0,15}[a-z0-9])?$/;

function brokenService(name: string, service: OtherService): Problem[] {
  return [
    !NAME.test(name) && {
      key: name,
      reason: "is no name for a service. Use 1 to 17 letters in lower case, digits and hyphens.",
    },
    service.build !== undefined &&
      service.appPath === undefined && {
        key: name,
        reason:
          "has build, but runs the main service's image. Give it an appPath, or set the key build.",
      },
    ...(service.kind === "http" ? brokenRoute(name, service) : []),
    service.kind === "scheduled" &&
      !/^(cron|rate|at)\(.+\)$/.test(service.schedule) && {
        key: name,
        reason: `has the schedule ${JSON.stringify(service.schedule)}. Use cron(0 3 * * ? *), rate(1 hour) or at(2026-12-01T03:00:00).`,
      },
  ].filter((problem) => problem !== false);
}

function brokenRoute(name: string, { path, host, priority = 1 }: HttpService): (Problem | false)[] {
  return [
    path === undefined &&
      host === undefined && {
        key: name,
        reason:
          'has neither path nor host, so it would take every request from api. Give it one, such as path: "/admin".',
      },
    path !== undefined &&
      !/^(\/[\w.-]+)+$/.test(path) && {
        key: name,
        reason: `has the path ${JSON.stringify(path)}. Use one such as /admin, without a slash at its end: it takes all below it too.`,
      },
    host !== undefined &&
      !/^([a-z0-9-]+\.)+[a-z]{2,}$/.test(host) && {
        key: name,
        reason: `has the host ${JSON.stringify(host)}. Use a host name such as admin.example.com.`,
      },
    !(Number.isInteger(priority) && priority >= 1 && priority <= PRIORITIES) && {
      key: name,
      reason: `has the priority ${priority}. Use a whole number, 1 to ${PRIORITIES}.`,
    },
  ];
}

function brokenSideCar(service: string, name: string, { image, command }: SideCar): Problem[] {
  const key = `${service}.sideCars.${name}`;
  if (name === CONTAINER_NAME)
    return [{ key, reason: "is called as the service's own container. Choose another name." }];
  if (image === undefined && command === undefined)
    return [
      {
        key,
        reason:
          'has neither image nor command, so it would be the app once more. Give it an image, or a command such as ["dist/server.js", "proxy"].',
      },
    ];
  const fixed =
    image === undefined ||
    /@sha256:[0-9a-f]{64}$/.test(image) ||
    /:(?!latest$)[\w][\w.-]*$/.test(image);
  return fixed
    ? []
    : [
        {
          key,
          reason: `has the image ${image}, which may be another one tomorrow. Name a version or a digest.`,
        },
      ];
}

/** Listener rules are unique by priority, and the first one that fits takes the request. */
function brokenRoutes(services: readonly [name: string, service: HttpService][]): Problem[] {
  return services.flatMap(([name, service], index) =>
    services.slice(index + 1).flatMap(([other, second]): Problem[] => {
      const [own, theirs] = [priorityOf(name, service), priorityOf(other, second)];
      if (service.path === second.path && service.host === second.host)
        return [
          { key: name, reason: `takes the same requests as ${other}. Give one another path.` },
        ];
      if (own === theirs)
        return [
          {
            key: name,
            reason: `has the priority ${own}, and so has ${other}. Give one a priority of its own: priority: ${own === PRIORITIES ? 1 : own + 1}.`,
          },
        ];
      const shadowed = within(service, second)
        ? own > theirs && ([name, other, theirs] as const)
        : within(second, service) && theirs > own && ([other, name, own] as const);
      return shadowed === false
        ? []
        : [
            {
              key: shadowed[0],
              reason: `would get no request, since ${shadowed[1]} takes them before it (priority ${shadowed[2]}). Give it a smaller priority${shadowed[2] === 1 ? `, and ${shadowed[1]} a greater one` : `: priority: ${shadowed[2] - 1}`}.`,
            },
          ];
    }),
  );
}

/** Whether the second service would take every request of the first. */
const within = (inner: HttpService, outer: HttpService): boolean =>
  (outer.host === undefined || outer.host === inner.host) &&
  (outer.path === undefined ||
    (inner.path ?? "").startsWith(`${outer.path}/`) ||
    inner.path === outer.path);

/** A key of a service that nobody reads. */
export function unknownName(
  key: string,
  word: string,
  known: readonly string[],
  where: string,
): Problem {
  const near = nearest(word, known);
  return {
    key,
    reason: `${where} ${near === undefined ? `Use ${oneOf(known)}.` : `Did you mean ${near}?`}`,
  };
}
