import { compareText } from "./diff/boxes.ts";
import { groups, type Group } from "./groups.ts";
import { PLAIN, type Style } from "./section.ts";
import type { Plan, PlannedResource } from "../plan/types.ts";

/** All resources by box of the architecture, each below its parent. */
export function tree(plan: Plan, style: Style = PLAIN): string {
  return groups(plan)
    .map((group) => [`${style("name", group.name)}  ${group.count}`, ...branches(group)].join("\n"))
    .join("\n\n");
}

function branches({ resources }: Group): string[] {
  const inside = new Set(resources.map(({ urn }) => urn));
  const children = Map.groupBy(resources, ({ parent = "" }) => (inside.has(parent) ? parent : ""));
  const below = (parent: string, depth: number): string[] =>
    (children.get(parent) ?? [])
      .sort((a, b) => compareText(a.type, b.type) || compareText(a.name, b.name))
      .flatMap((resource) => [
        `${"  ".repeat(depth)}${line(resource)}`,
        ...below(resource.urn, depth + 1),
      ]);
  return below("", 1);
}

/** `aws:ec2:Subnet network-public-1  [protected]`, with the type as the Pulumi CLI shortens it. */
function line({ type, name, options, expanded, opaque }: PlannedResource): string {
  const [pkg = "", module = "", kind = ""] = type.split(":");
  const marks = [
    ...(options.protect === true ? ["protected"] : []),
    ...(options.retainOnDelete === true ? ["retained"] : []),
    ...(expanded ? ["by awsx"] : []),
    ...(opaque === true ? ["contents not in the plan"] : []),
  ];
  const short = `${pkg}:${module.split("/")[0] ?? ""}:${kind}`;
  return `${short} ${name}${marks.length === 0 ? "" : `  [${marks.join(", ")}]`}`;
}
