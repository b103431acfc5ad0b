import { describe } from "../describe.ts";
import { compareBoxes, compareText, serviceOf, typeOf } from "../diff/boxes.ts";
import { boxes, countable, groups } from "../groups.ts";
import { list, record, texts } from "../../plan/plan-reader.ts";
import type { Json, Plan, PlannedResource } from "../../plan/types.ts";
import { relationOf, type Relation } from "./relations.ts";

/** A box of the architecture, as the plan fills it. */
export interface Box {
  name: string;
  /** Resources that a cloud will hold. */
  count: number;
  facts: string[];
  /** True where its resources run in the subnets of the network. */
  inside: boolean;
}

export interface Edge {
  from: string;
  to: string;
  label: string;
  kind: "flow" | "support";
}

/** The architecture of one stack, computed from the references between its resources. */
export interface Diagram {
  project: string;
  stack: string;
  /** Empty where the plan names none. */
  region: string;
  count: number;
  /** In the order of every view. */
  boxes: Box[];
  /** Sorted; one for each pair and label. */
  edges: Edge[];
  /** The box that others run in. */
  container: string | undefined;
  /** Who may call, and how; absent where nothing lets callers in. */
  entry: { to: string; from: string; label: string } | undefined;
}

/** Box of a URN. */
type BoxOf = (urn: string) => string;

export function diagram(plan: Plan): Diagram {
  const named = boxes(plan);
  const boxOf: BoxOf = (urn) => named.get(urn) ?? "";
  const found = references(plan, boxOf);
  const inside = new Set(
    plan.resources.filter(standsInSubnets).map((resource) => boxOf(resource.urn)),
  );
  const container = found.find(({ relation }) => relation.kind === "place")?.to;
  const foreign = container === undefined && inside.size > 0 ? existingNetwork(plan) : undefined;
  const own = groups(plan)
    .filter(({ count }) => count > 0)
    .map((group) => ({
      name: group.name,
      count: group.count,
      facts: [
        ...describe(group)
          .split(", ")
          .filter((fact) => fact !== "")
          .map((fact) => fact.replaceAll("->", "→")),
        ...traits(found, group.name),
      ],
      inside: inside.has(group.name),
    }));
  const all = (foreign === undefined ? own : [foreign, ...own]).sort((a, b) =>
    compareBoxes(a.name, b.name),
  );
  const region = plan.config["aws:region"];
  return {
    project: plan.project,
    stack: plan.stack,
    region: typeof region === "string" ? region : "",
    count: countable(plan.resources).length,
    boxes: all,
    edges: edges(found),
    container: container ?? foreign?.name,
    entry: entry(plan, boxOf),
  };
}

/** Types that run in subnets, and the input that names these. */
const IN_SUBNETS: Readonly<Record<string, string>> = {
  "aws:lb/loadBalancer:LoadBalancer": "subnets",
  "aws:ecs/service:Service": "networkConfiguration",
};

function standsInSubnets({ type, inputs }: PlannedResource): boolean {
  return inputs[IN_SUBNETS[type] ?? ""] !== undefined;
}

/** The network of somebody else that the stack was given: none of its resources are the stack's. */
function existingNetwork(plan: Plan): Box {
  const [vpcId] = unique(plan.resources, "aws:ec2/securityGroup:SecurityGroup", "vpcId");
  return {
    name: "network",
    count: 0,
    facts: [`existing VPC ${vpcId ?? ""}`.trim()],
    inside: false,
  };
}

interface Reference {
  from: string;
  to: string;
  relation: Relation;
}

/** Between the services of a program without components every reference counts. */
const USES: Relation = { label: "uses", kind: "support" };

/** References that mean something, from box to box. */
function references(plan: Plan, boxOf: BoxOf): Reference[] {
  return countable(plan.resources).flatMap((resource) =>
    Object.entries(resource.propertyDependencies).flatMap(([property, urns]) =>
      urns.flatMap((urn) => {
        const [from, to] = [boxOf(resource.urn), boxOf(urn)];
        if (from === to) return [];
        const known = relationOf(resource.type, property, typeOf(urn));
        const isFlat = from === serviceOf(resource.type) && to === serviceOf(typeOf(urn));
        const relation = known ?? (isFlat ? USES : undefined);
        return relation === undefined ? [] : [{ from, to, relation }];
      }),
    ),
  );
}

function traits(found: readonly Reference[], box: string): string[] {
  const said = found.filter(({ from, relation }) => from === box && relation.kind === "trait");
  return [...new Set(said.map(({ relation }) => relation.label))].sort();
}

function edges(found: readonly Reference[]): Edge[] {
  const list = found.flatMap(({ from, to, relation: { label, kind, reversed } }): Edge[] => {
    if (kind === "place" || kind === "trait") return [];
    return [reversed === true ? { from: to, to: from, label, kind } : { from, to, label, kind }];
  });
  const unique = new Map(list.map((edge) => [[edge.from, edge.to, edge.label].join("|"), edge]));
  const named = [...unique.values()];
  const says = (edge: Edge) => edge.label !== USES.label;
  const isTold = ({ from, to }: Edge) =>
    named.some(
      (edge) => says(edge) && [from, to].includes(edge.from) && [from, to].includes(edge.to),
    );
  return named
    .filter((edge) => says(edge) || !isTold(edge))
    .sort(
      (a, b) =>
        compareBoxes(a.from, b.from) || compareBoxes(a.to, b.to) || compareText(a.label, b.label),
    );
}

/** From where, and over what, callers reach the load balancer. */
function entry(plan: Plan, boxOf: BoxOf): Diagram["entry"] {
  const balancer = plan.resources.find(({ type }) => type === "aws:lb/loadBalancer:LoadBalancer");
  if (balancer === undefined) return undefined;
  const to = boxOf(balancer.urn);
  const near = plan.resources.filter(({ urn }) => boxOf(urn) === to);
  const ingress = "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule";
  const around = list(balancer.inputs["securityGroups"]);
  const inline = plan.resources
    .filter(({ outputs }) => around.includes(outputs["id"] ?? null))
    .flatMap(({ inputs }) =>
      list(inputs["ingress"]).flatMap((it) => texts(record(it)["cidrBlocks"])),
    );
  const ranges = [...new Set([...unique(near, ingress, "cidrIpv4"), ...inline])];
  if (ranges.length === 0) return undefined;
  const protocols = unique(near, "aws:lb/listener:Listener", "protocol");
  const [first = ""] = ranges;
  return {
    to,
    from: ranges.includes("0.0.0.0/0")
      ? "internet"
      : ranges.length === 1
        ? first
        : `${ranges.length} address ranges`,
    label: protocols.includes("HTTPS") ? "HTTPS" : (protocols[0] ?? ""),
  };
}

function unique(resources: readonly PlannedResource[], type: string, input: string): string[] {
  const values = resources
    .filter((resource) => resource.type === type)
    .map(({ inputs }): Json | undefined => inputs[input])
    .filter((value) => typeof value === "string");
  return [...new Set(values)].sort();
}
