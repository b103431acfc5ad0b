import { opened } from "../../../lib/json.ts";
import { wildcard } from "../../../lib/words.ts";
import { isMap } from "../../../plan/wire.ts";
import type { Json } from "../../../plan/types.ts";

/** What a policy allows (or denies), taken apart: one action on one resource by one principal under one condition. */
export interface Grant {
  effect: "Allow" | "Deny";
  /** Lower case, as IAM compares them; `not:` before it for NotAction. */
  action: string;
  /** The action as it was written. */
  written: string;
  /** `not:` before it for NotResource; `*` where the statement names none. */
  resource: string;
  /** `AWS:arn:...`, `Service:ecs-tasks.amazonaws.com`, `*`; empty in policies of a role. */
  principal: string;
  /** The condition as JSON with sorted keys; empty without. */
  condition: string;
}

/** Takes a policy document apart, given as JSON text or as a value; `undefined` for what is no policy. */
export function grants(policy: Json | undefined): Grant[] | undefined {
  const document = opened(policy);
  if (!isMap(document)) return undefined;
  const statements = list(document["Statement"]).filter(isMap);
  if (statements.length === 0) return undefined;
  return statements.flatMap(statementGrants);
}

function statementGrants(statement: Record<string, unknown>): Grant[] {
  const effect = statement["Effect"] === "Deny" ? "Deny" : "Allow";
  const condition = statement["Condition"] === undefined ? "" : sorted(statement["Condition"]);
  const actions = named(statement, "Action");
  const resources = named(statement, "Resource");
  const principals = principalNames(statement);
  return actions.flatMap((written) =>
    (resources.length === 0 ? ["*"] : resources).flatMap((resource) =>
      (principals.length === 0 ? [""] : principals).map((principal) => ({
        effect,
        action: written.toLowerCase(),
        written,
        resource,
        principal,
        condition,
      })),
    ),
  );
}

function named(statement: Record<string, unknown>, key: string): string[] {
  return [
    ...list(statement[key]).map(String),
    ...list(statement[`Not${key}`]).map((text) => `not:${String(text)}`),
  ];
}

function principalNames(statement: Record<string, unknown>): string[] {
  return ["Principal", "NotPrincipal"].flatMap((key) => {
    const not = key === "Principal" ? "" : "not:";
    const value = statement[key];
    if (!isMap(value)) return list(value).map((text) => `${not}${String(text)}`);
    return Object.entries(value).flatMap(([kind, names]) =>
      list(names).map((text) =>
        kind === "AWS" && text === "*" ? `${not}*` : `${not}${kind}:${String(text)}`,
      ),
    );
  });
}

function list(value: unknown): unknown[] {
  return value === undefined ? [] : Array.isArray(value) ? value : [value];
}

function sorted(value: unknown): string {
  return JSON.stringify(value, (_, inner: unknown) =>
    isMap(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  );
}

/**
 * What the second policy lets happen that the first did not: new allowances, and denials that are gone. An allowance
 * that an older, wider one covered is not new.
 */
export function widened(before: readonly Grant[], after: readonly Grant[]): Grant[] {
  const allowed = (grants: readonly Grant[]) => grants.filter(({ effect }) => effect === "Allow");
  const denied = (grants: readonly Grant[]) => grants.filter(({ effect }) => effect === "Deny");
  return [
    ...allowed(after).filter((grant) => !allowed(before).some((old) => coversGrant(old, grant))),
    ...denied(before).filter((grant) => !denied(after).some((young) => coversGrant(young, grant))),
  ];
}

/** Whether everything that `narrow` speaks of, `wide` speaks of too. */
function coversGrant(wide: Grant, narrow: Grant): boolean {
  return (
    matches(wide.action, narrow.action) &&
    matches(wide.resource, narrow.resource) &&
    (wide.principal === narrow.principal || wide.principal === "*") &&
    (wide.condition === "" || wide.condition === narrow.condition)
  );
}

/** Whether the pattern, with `*` and `?` as IAM has them, matches the other text; `not:` only matches itself. */
function matches(pattern: string, text: string): boolean {
  if (pattern === text) return true;
  if (pattern.startsWith("not:") || text.startsWith("not:")) return false;
  return wildcard(pattern).test(text);
}
