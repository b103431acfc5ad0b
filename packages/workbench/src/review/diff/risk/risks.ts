import { enumerated } from "../../../lib/words.ts";
import type { Json } from "../../../plan/types.ts";
import { compareNames, compareText, typeOf } from "../boxes.ts";
import { topLevel } from "../force-new.ts";
import type { ResourceChange, StackChanges } from "../types.ts";
import { newlyPublic } from "./exposure.ts";
import { lessKept } from "./less-kept.ts";
import { quote } from "./quote.ts";
import { widening, type Widening } from "./permissions.ts";
import { lessRedundant, sharesTheRest } from "./redundancy.ts";
import { valueAt } from "./settings.ts";
import { HARMLESS_REPLACEMENTS, NOUNS, STATEFUL, TRAFFIC } from "./types-at-risk.ts";
import { GUARDS, weakened } from "./weakened.ts";

/** What one resource risks, as parts of a sentence. What they cite is quoted: see quote.ts. */
export interface Risk {
  resource: ResourceChange;
  /** What people call the resource: `target group`. */
  noun: string;
  /** What happens to it: `is replaced because port changes`. No full stop. */
  event: string;
  /** What follows from it: `the new one has no healthy target until ...`. No full stop; may be empty. */
  consequence: string;
  /** True where something keeps the worst from happening: it is said, and no verdict. */
  averted?: true;
}

/** What a reviewer has to see first, by kind. Each list is sorted by name and type. */
export interface Risks {
  dataLoss: Risk[];
  downtime: Risk[];
  /** What guards or records less than before. */
  weakened: Risk[];
  /** What has less to fall back on. */
  redundancy: Risk[];
  permissions: Widening[];
  exposure: Risk[];
}

/** Resources of an offline plan, by URN, where a preview leaves values open. */
export type PlannedInputs = ReadonlyMap<string, Readonly<Record<string, Json>>>;

export function risks(changes: StackChanges, planned: PlannedInputs = new Map()): Risks {
  const resources = [...changes.resources].sort(
    (a, b) => compareNames(a.name, b.name) || compareText(a.type, b.type),
  );
  const facts = (of: (resource: ResourceChange) => string[]) => (resource: ResourceChange) =>
    of(resource).map((fact) => risk(resource, fact));
  return {
    dataLoss: resources.flatMap((resource) => [
      ...stateLost(resource),
      ...facts(lessProtected)(resource),
    ]),
    downtime: resources.flatMap((resource) =>
      isNeeded(resource, resources, planned) ? serviceLost(TRAFFIC, resource, resources) : [],
    ),
    weakened: resources.flatMap((resource) => [
      ...(filteredBefore(resource, resources) ? [] : serviceLost(GUARDS, resource, resources)),
      ...facts((change) => weakened(change, planned.get(change.urn)))(resource),
    ]),
    redundancy: resources.flatMap(facts((change) => lessRedundant(change, resources))),
    // The first deployment of a role grants nothing new to anybody that was there before.
    permissions: resources.flatMap((resource) => widening(resource, planned.get(resource.urn))),
    exposure: resources.flatMap(facts(newlyPublic)),
  };
}

function risk(resource: ResourceChange, event: string, consequence = ""): Risk {
  const noun = NOUNS[resource.type] ?? words(resource.type);
  return { resource, noun, event, consequence };
}

function lessProtected(resource: ResourceChange): string[] {
  const unprotected = resource.unprotected
    ? ["loses its protection: nothing is deleted now, but a later change may do it"]
    : [];
  return [...unprotected, ...lessKept(resource)];
}

/** The engine stops before anything is lost. */
const REFUSED = "protected, so the deployment will be refused";

const isGone = ({ operation }: ResourceChange): boolean =>
  operation === "delete" || operation === "replace";

function stateLost(resource: ResourceChange): Risk[] {
  const loses = STATEFUL[resource.type];
  if (loses === undefined || !isGone(resource)) return [];
  const consequence = resource.protected
    ? REFUSED
    : resource.retained
      ? "left in the account, but unknown to this stack from then on"
      : loses;
  const found = risk(resource, event(resource), consequence);
  return [consequence === loses ? found : { ...found, averted: true }];
}

/** What guards, or serves callers, by type, and is taken away or made anew. */
function serviceLost(
  table: Readonly<Record<string, { deleted: string; replaced?: string }>>,
  resource: ResourceChange,
  all: readonly ResourceChange[],
): Risk[] {
  const { deleted, replaced } = table[resource.type] ?? {};
  const consequence = resource.operation === "delete" ? deleted : replaced;
  if (consequence === undefined || !isGone(resource)) return [];
  const text = resource.protected
    ? REFUSED
    : resource.operation === "delete"
      ? deletedBeside(all, resource, consequence)
      : consequence;
  return [risk(resource, event(resource), text)];
}

/** What follows from a deletion, by what the same deployment creates. */
function deletedBeside(
  all: readonly ResourceChange[],
  resource: ResourceChange,
  consequence: string,
): string {
  if (changesSides(resource, all)) return CHANGED_SIDES + (all.some(shiftsTraffic) ? SHIFTING : "");
  return `${consequence}${successor(resource, all)}`;
}

/** Ways out for private tasks, which the tasks may have left, or which lead elsewhere now. */
function isNeeded(
  resource: ResourceChange,
  all: readonly ResourceChange[],
  planned: PlannedInputs,
): boolean {
  if (resource.operation !== "delete" || !WAYS_OUT.has(resource.type)) return true;
  if (sharesTheRest(resource, all)) return false;
  const services = all.filter(({ type }) => type === SERVICE);
  const moved = services.some(({ before, after }) => !isPublic(before) && isPublic(after));
  const stays = [...planned].some(([urn, inputs]) => typeOf(urn) === SERVICE && !isPublic(inputs));
  return !moved || stays || services.some(({ after }) => after !== undefined && !isPublic(after));
}

const WAYS_OUT = new Set(["aws:ec2/natGateway:NatGateway", "aws:ec2/route:Route"]);
const SERVICE = "aws:ecs/service:Service";

const isPublic = (inputs: ResourceChange["after"]): boolean =>
  valueAt(inputs, "networkConfiguration.assignPublicIp") === true;

const CHANGED_SIDES =
  "its own name leads nowhere any more, and by a domain requests fail from when its last task has ended until DNS leads to what stands before the new one, some minutes. A second stack beside this one, and a record that moves when it answers, avoid that";

const SHIFTING =
  ". Deploy it as rolling, and set deploymentStrategy again afterwards: no source says how ECS shifts traffic between load balancers";

/** Source: AWS, DeploymentConfiguration, Amazon ECS API Reference: without a strategy it rolls. */
const shiftsTraffic = ({ type, after }: ResourceChange): boolean =>
  type === SERVICE &&
  (valueAt(after, "deploymentConfiguration.strategy") ?? "ROLLING") !== "ROLLING";

/** A load balancer that another one takes the place of, with public addresses where it has none, or the other way round. */
const changesSides = (resource: ResourceChange, all: readonly ResourceChange[]): boolean =>
  all.some(
    ({ type, operation, after }) =>
      type === "aws:lb/loadBalancer:LoadBalancer" &&
      type === resource.type &&
      operation === "create" &&
      (after?.["internal"] === true) !== (resource.before?.["internal"] === true),
  );

/** A web ACL that leaves a load balancer, where a distribution before it comes with one: its requests have passed that. */
const filteredBefore = (
  { type, operation }: ResourceChange,
  all: readonly ResourceChange[],
): boolean =>
  type === "aws:wafv2/webAclAssociation:WebAclAssociation" &&
  operation === "delete" &&
  all.some(
    (other) =>
      other.type === "aws:cloudfront/distribution:Distribution" &&
      other.operation === "create" &&
      (other.after?.["webAclId"] ?? "") !== "",
  );

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
  const forcing = properties.filter(({ replaces }) => replaces).map(({ path }) => topLevel(path));
  const causes = [...new Set(forcing)].sort().map(quote);
  if (causes.length === 0) return "is replaced";
  return `is replaced because ${enumerated(causes)} ${causes.length === 1 ? "changes" : "change"}`;
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
  return operation === "replace" && HARMLESS_REPLACEMENTS.has(type);
}
