import { UNKNOWN } from "../types.ts";
import type { Widening } from "./permissions.ts";
import type { Grant } from "./policy.ts";
import type { Risk } from "./risks.ts";

/** Sets a name or value off from the sentence around it: a code span, or the text itself. */
export type Mark = (text: string) => string;

/** `target group X is replaced because port changes: the new one has ...` */
export function riskSentence({ resource, noun, event, consequence }: Risk, mark: Mark): string {
  const start = `${noun} ${mark(resource.name)} ${event}`;
  return consequence === "" ? start : `${start}: ${consequence}`;
}

/** Sentences on what a policy newly lets happen, one for each resource, principal and condition that it speaks of. */
export function permissionSentences({ resource, grants, unknown }: Widening, mark: Mark): string[] {
  const name = mark(resource.name);
  if (unknown && grants.length === 0)
    return [`${name} has a policy that only the deployment will know: read it in the code`];
  const groups = new Map<string, Grant[]>();
  for (const grant of grants) {
    const key = JSON.stringify([grant.effect, grant.resource, grant.principal, grant.condition]);
    groups.set(key, [...(groups.get(key) ?? []), grant]);
  }
  return [...groups.values()].map((group) => `${name} ${sentence(group, mark)}`);
}

function sentence(group: readonly Grant[], mark: Mark): string {
  const [first] = group;
  if (first === undefined) return "";
  if (first.action === "policy") return `gets everything in ${mark(first.resource)}`;
  if (first.action === "boundary") return `loses its permissions boundary ${mark(first.resource)}`;
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

/** A longer list is read in the code. */
const MOST_ACTIONS = 8;
