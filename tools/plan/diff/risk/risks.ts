import type { Json } from "../../types.ts";
import { compareNames, compareText } from "../boxes.ts";
import { topLevel } from "../force-new.ts";
import type { ResourceChange, StackChanges } from "../types.ts";
import { newlyPublic } from "./exposure.ts";
import { lessKept } from "./less-kept.ts";
import { quote } from "./quote.ts";
import { widening, type Widening } from "./permissions.ts";
import { STATEFUL } from "./stateful.ts";
import { HARMLESS_REPLACEMENTS, TRAFFIC } from "./traffic.ts";

/** What one resource risks, as parts of a sentence. What they cite is quoted: see quote.ts. */
export interface Risk {
  resource: ResourceChange;
  /** What people call the resource: `target group`. */
  noun: string;
  /** What happens to it: `is replaced because port changes`. No full stop. */
  event: string;
  /** What follows from it: `the new one has no healthy target until ...`. No full stop; may be empty. */
  consequence: string;
}

/** What a reviewer has to see first, by kind. Each list is sorted by name and type. */
export interface Risks {
  dataLoss: Risk[];
  downtime: Risk[];
  permissions: Widening[];
  exposure: Risk[];
}

/** Resources of an offline plan, by URN, where a preview leaves values open. */
export type PlannedInputs = ReadonlyMap<string, Readonly<Record<string, Json>>>;

export function risks(changes: StackChanges, planned: PlannedInputs = new Map()): Risks {
  const resources = [...changes.resources].sort(
    (a, b) => compareNames(a.name, b.name) || compareText(a.type, b.type),
  );
  return {
    dataLoss: resources.flatMap((resource) => [
      ...stateLost(resource),
      ...protectionLost(resource),
    ]),
    downtime: resources.flatMap((resource) => trafficLost(resource, resources)),
    permissions: resources.flatMap((resource) => {
      // The first deployment of a role grants nothing new to anybody that was there before.
      const found = widening(resource, planned.get(resource.urn));
      return found === undefined ? [] : [found];
    }),
    exposure: resources.flatMap((resource) =>
      newlyPublic(resource).map((fact) => ({
        resource,
        noun: nounOf(resource),
        event: fact,
        consequence: "",
      })),
    ),
  };
}

/** The engine stops before anything is lost. */
const REFUSED = "protected, so the deployment will be refused";

function stateLost(resource: ResourceChange): Risk[] {
  const { type, operation } = resource;
  const stateful = STATEFUL[type];
  if (stateful === undefined || (operation !== "delete" && operation !== "replace")) return [];
  const consequence = resource.protected
    ? REFUSED
    : resource.retained
      ? "left in the account, but unknown to this stack from then on"
      : stateful.loses;
  return [{ resource, noun: stateful.noun, event: event(resource), consequence }];
}

function protectionLost(resource: ResourceChange): Risk[] {
  const facts = [
    ...(resource.unprotected ? ["is not protected from deletion any more"] : []),
    ...lessKept(resource),
  ];
  return facts.map((fact) => ({ resource, noun: nounOf(resource), event: fact, consequence: "" }));
}

function trafficLost(resource: ResourceChange, all: readonly ResourceChange[]): Risk[] {
  const { type, operation } = resource;
  const traffic = TRAFFIC[type];
  if (traffic === undefined || (operation !== "delete" && operation !== "replace")) return [];
  const consequence = resource.protected
    ? REFUSED
    : operation === "delete"
      ? `${traffic.deleted}${successor(resource, all)}`
      : traffic.replaced;
  return [{ resource, noun: traffic.noun, event: event(resource), consequence }];
}

/** A new resource of the same kind beside it may be meant to take over; that it does, only a reader can tell. */
function successor({ box, type }: ResourceChange, all: readonly ResourceChange[]): string {
  const created = all.filter(
    (other) => other.operation === "create" && other.box === box && other.type === type,
  );
  return created.length === 0
    ? ""
    : `, unless ${created.map(({ name }) => quote(name)).join(" or ")}, which is new, takes its place`;
}

function event({ operation, properties }: ResourceChange): string {
  if (operation === "delete") return "is deleted";
  const causes = [
    ...new Set(properties.filter(({ replaces }) => replaces).map(({ path }) => topLevel(path))),
  ]
    .sort()
    .map(quote);
  if (causes.length === 0) return "is replaced";
  const [last = ""] = causes.slice(-1);
  const named = causes.length === 1 ? last : `${causes.slice(0, -1).join(", ")} and ${last}`;
  return `is replaced because ${named} ${causes.length === 1 ? "changes" : "change"}`;
}

function nounOf({ type }: ResourceChange): string {
  return STATEFUL[type]?.noun ?? TRAFFIC[type]?.noun ?? words(type);
}

/** `security group ingress rule` of `aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule`; letters alone. */
function words(type: string): string {
  return (type.split(":").at(-1) ?? type)
    .replace(/([a-z\d])([A-Z])/g, "$1 $2")
    .replace(/[^\w ]/g, "")
    .toLowerCase();
}

/** Whether a replacement is how a change of this type always goes. */
export function isHarmless({ type, operation }: ResourceChange): boolean {
  return operation === "replace" && type in HARMLESS_REPLACEMENTS;
}
