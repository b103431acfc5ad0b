/** Box of what belongs to no component, for want of a better one. */
const OUTSIDE = "stack";

/** `ecs` of `aws:ecs/service:Service`; another cloud or tool is a box of its own. */
export function serviceOf(type: string): string {
  const [pkg = "", module = ""] = type.split(":");
  if (pkg === "aws") return module.split("/")[0] ?? pkg;
  return pkg === "pulumi" || pkg === "" ? OUTSIDE : pkg;
}

/** `network` of `koa-fargate:network:Network`, `Network` of `shop:index:Network`. */
export function componentBox(type: string): string {
  const [, module = "", kind = type] = type.split(":");
  return module === "index" || module === "" ? kind : module;
}

/**
 * The box of the architecture that a resource belongs to, read off its URN, which carries the types of all parents:
 * `urn:pulumi:prod::koa-fargate::koa-fargate:service:FargateService$aws:ecs/service:Service::api` is in `service`. A
 * resource without a component goes by its AWS service.
 */
export function boxOf(urn: string): string {
  const [, , types = ""] = urn.split("::");
  const [outermost = "", ...inner] = types.split("$");
  // Modules of a provider's resources have a slash; those of components have none.
  const isComponent = inner.length > 0 && !outermost.includes("/");
  return isComponent ? componentBox(outermost) : serviceOf(inner.at(-1) ?? outermost);
}

/** Type token of a URN: the last of the chain of types. */
export function typeOf(urn: string): string {
  return (urn.split("::")[2] ?? "").split("$").at(-1) ?? "";
}

/** Logical name of a URN; it may hold `::` itself. */
export function nameOf(urn: string): string {
  return urn.split("::").slice(3).join("::");
}

/** The order in which the boxes stand in every view; others follow by name. */
const ORDER = [
  "network",
  "load-balancer",
  "edge",
  "registry",
  "service",
  "storage",
  "observability",
  "security",
];

export function compareBoxes(a: string, b: string): number {
  const rank = (box: string): number => {
    const index = ORDER.indexOf(box);
    return index === -1 ? ORDER.length : index;
  };
  return rank(a) - rank(b) || compareText(a, b);
}

/** By code unit, so that every machine sorts alike. */
export function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** By name, numbers in it as numbers: `email-2` before `email-10`. */
export function compareNames(a: string, b: string): number {
  const padded = (name: string): string =>
    name.replace(/\d+/g, (digits) => digits.padStart(10, "0"));
  return compareText(padded(a), padded(b)) || compareText(a, b);
}

/** `ecs.Service` of `aws:ecs/service:Service`: the type as people say it. */
export function shortType(type: string): string {
  const [pkg = "", module = "", kind = ""] = type.split(":");
  const service = module.split("/")[0] ?? "";
  return pkg === "aws" ? `${service}.${kind}` : `${pkg}.${kind === "" ? service : kind}`;
}
