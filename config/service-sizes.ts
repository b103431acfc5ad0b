import { KIND_BY_KEY, type StackValues } from "./keys.ts";
import { boolean, Refusal } from "./kinds.ts";
import type { Problem } from "./problem.ts";
import { serviceProblems } from "./rules.ts";
import { unknownName } from "./service-rules.ts";
import { MAIN, otherServices, type OtherService, type Services } from "./services.ts";

/** Keys of the stack that each service has values of its own for, with the same kinds and defaults. */
const SIZES = ["taskCpu", "taskMemoryMiB"] as const;
const SCALES = [
  "desiredCount",
  "minCapacity",
  "maxCapacity",
  "targetCpuPercent",
  "targetMemoryPercent",
] as const;
const OWN = ["environment", "secrets", "image"] as const;

/** Keys that a service may set, and that are the stack's where it does not. */
const SHARED = [
  "awakeHours",
  "egressPorts",
  "onDemandBase",
  "spotPercent",
  "stopTimeoutSeconds",
  "drainDelaySeconds",
  "requestTimeoutSeconds",
] as const;

/** What a service of each kind may set under `services`. */
export const SERVICE_KEYS = {
  http: [...SIZES, ...SCALES, "targetRequestsPerMinute", ...OWN, ...SHARED],
  worker: [...SIZES, ...SCALES, ...OWN, ...SHARED],
  scheduled: [...SIZES, ...OWN, "egressPorts", "stopTimeoutSeconds", "enabled"],
} as const satisfies Record<OtherService["kind"], readonly string[]>;

type Flat = StackValues["app"] & StackValues["service"] & Pick<StackValues["registry"], "image">;
type ServiceKey = Exclude<(typeof SERVICE_KEYS)[OtherService["kind"]][number], "enabled">;

/** The values of one service: its own, or the stack's. */
export type ServiceValues = Pick<Flat, ServiceKey> & { enabled: boolean };

/** A service with its sizes. */
export interface SizedService {
  name: string;
  service: OtherService;
  values: ServiceValues;
}

/**
 * Gives each service its values from the key `services`.
 * @returns the services, and a problem for each value that is wrong
 */
export function sizedServices(
  services: Services,
  values: StackValues,
): { services: SizedService[]; problems: Problem[] } {
  const { services: settings } = values.services;
  const others = otherServices(services);
  const names = others.map(([name]) => name);
  const known = names.length === 0 ? ["the keys of the stack"] : names;
  const problems = Object.entries(settings).flatMap(([name, keys]) => {
    if (names.includes(name)) return [];
    const reason =
      name === MAIN
        ? `is the main service, whose keys stand by themselves: set ${Object.keys(keys)[0] ?? "taskCpu"} of the stack.`
        : unknownName(name, known, "is not a service of services.ts.");
    return [{ key: `services.${name}`, reason }];
  });
  const sized = others.map(([name, service]) => {
    const read = serviceValues(name, service, settings[name] ?? {}, values);
    problems.push(...read.problems);
    return { name, service, values: read.values };
  });
  return { services: sized, problems };
}

function serviceValues(
  name: string,
  service: OtherService,
  settings: Readonly<Record<string, unknown>>,
  stack: StackValues,
): { values: ServiceValues; problems: Problem[] } {
  const key = (setting: string): string => `services.${name}.${setting}`;
  const allowed: readonly string[] = SERVICE_KEYS[service.kind];
  const problems: Problem[] = [];
  const own: Record<string, unknown> = {};
  for (const [setting, value] of Object.entries(settings)) {
    if (!allowed.includes(setting)) {
      const where = `is not a key of a service of the kind ${service.kind}.`;
      problems.push({ key: key(setting), reason: unknownName(setting, allowed, where) });
      continue;
    }
    const text = typeof value === "string" ? value : JSON.stringify(value);
    const parsed =
      setting === "enabled" ? boolean().parse(text) : KIND_BY_KEY.get(setting)?.parse(text);
    if (parsed instanceof Refusal) problems.push({ key: key(setting), reason: parsed.reason });
    else own[setting] = parsed;
  }
  const flat = { ...stack.app, ...stack.service, image: stack.registry.image };
  const pick = (keys: readonly string[], from: (key: string) => unknown): Record<string, unknown> =>
    Object.fromEntries(keys.map((one) => [one, from(one)]));
  // Each value was parsed by the kind that the type is taken from, or is a problem that ends the program.
  const read = {
    enabled: true,
    ...pick(
      [...SIZES, ...SCALES, ...OWN, "targetRequestsPerMinute"],
      (one) => KIND_BY_KEY.get(one)?.default,
    ),
    ...pick(SHARED, (one) => flat[one as keyof typeof flat]),
    ...own,
  } as unknown as ServiceValues;
  const merged = { ...read, environment: { ...service.environment, ...read.environment } };
  if (problems.length > 0) return { values: merged, problems };
  const asStack = {
    ...stack,
    app: { ...stack.app, ...merged },
    service: { ...stack.service, ...merged, serviceDiscovery: "none" as const },
    registry: { ...stack.registry, image: merged.image },
  };
  return {
    values: merged,
    problems: serviceProblems(asStack).map(({ key: broken, reason }) => ({
      key: key(broken),
      reason,
    })),
  };
}
