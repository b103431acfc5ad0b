import { enumerated } from "../../../lib/words.ts";
import { UNKNOWN } from "../types.ts";
import type { Widening } from "./permissions.ts";
import type { Grant } from "./policy.ts";
import { marked, type Mark } from "./quote.ts";
import type { Risk } from "./risks.ts";

/** Names of one sentence. */
const MOST_NAMES = 6;

/** `target group X is replaced because port changes: the new one has ...`; what happens to several alike is said once. */
export function riskSentences(risks: readonly Risk[], mark: Mark): string[] {
  const alike = Map.groupBy(risks, ({ noun, event, consequence }) =>
    JSON.stringify([noun, event, consequence]),
  );
  return [...alike.values()].map((group) => riskSentence(group, mark));
}

function riskSentence(group: readonly Risk[], mark: Mark): string {
  const [first] = group;
  if (first === undefined) return "";
  const { noun, event, consequence } = first;
  const names = group.map(({ resource }) => mark(resource.name, resource.source));
  const several = names.length > 1;
  const more = names.length - MOST_NAMES;
  const shown = more > 0 ? [names.slice(0, MOST_NAMES).join(", "), `${more} more`] : names;
  const subject = `${noun}${several ? "s" : ""} ${enumerated(shown)}`;
  const verb = several
    ? event
        .replace(/^is /, "are ")
        .replace(/^does /, "do ")
        .replace(/^has /, "have ")
        .replace(/^(\w+[^s])s /, "$1 ")
    : event;
  return `${subject} ${marked(`${verb}${consequence === "" ? "" : `: ${consequence}`}`, mark)}`;
}

/** Sentences on what a policy newly lets happen, one for each resource, principal and condition that it speaks of. */
export function permissionSentences({ resource, grants, unknown }: Widening, mark: Mark): string[] {
  const { source } = resource;
  const name = mark(resource.name, source);
  if (unknown && grants.length === 0)
    return [
      `${name} has a policy that only the deployment will know: read it in ${source === undefined ? "the code" : mark(source, source)}`,
    ];
  const alike = Map.groupBy(grants, (grant) =>
    JSON.stringify([grant.effect, grant.resource, grant.principal, grant.condition]),
  );
  return [...alike.values()].map((group) => `${name} ${sentence(group, mark)}`);
}

function sentence(group: readonly Grant[], mark: Mark): string {
  const [first] = group;
  if (first === undefined) return "";
  if (first.action === "policy") return `gets everything in ${mark(first.resource)}`;
  if (first.action === "boundary") return `loses its permissions boundary ${mark(first.resource)}`;
  if (first.principal !== "" && group.every(({ action }) => action.startsWith("sts:assumerole")))
    return assumed(first, mark);
  const names = group.slice(0, MOST_ACTIONS).map(({ written }) => mark(written));
  const rest = group.length - names.length;
  const actions = `${names.join(", ")}${rest > 0 ? ` and ${rest} more actions` : ""}`;
  const verb = first.effect === "Allow" ? "newly allows" : "denies no longer";
  const who =
    first.principal === "" ? "" : ` ${first.principal === "*" ? "anybody" : mark(first.principal)}`;
  const where =
    first.resource === UNKNOWN
      ? " on resources known after deployment"
      : first.resource === "*"
        ? " on every resource"
        : ` on ${mark(first.resource)}`;
  return `${verb}${who} ${actions}${where}${first.condition === "" ? "" : " under a condition"}`;
}

function assumed({ effect, principal, condition }: Grant, mark: Mark): string {
  const who =
    principal === "*" ? "anybody" : mark(principal.replace(/^(?:Service|AWS|Federated):/, ""));
  const how = condition === "" ? "" : ", under a condition";
  return effect === "Allow"
    ? `may newly be assumed by ${who}${how}`
    : `is no longer denied to ${who}${how}`;
}

/** A longer list is read in the code. */
const MOST_ACTIONS = 8;
