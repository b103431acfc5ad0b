import { matches } from "../../../../src/pipeline/permissions/policy.ts";
import { couldBe } from "./arn.ts";

/** A resource that an action is checked against. */
export interface ResourceType {
  name: string;
  /** AWS checks the action against each of its required types. */
  required: boolean;
  /** Such as `arn:${Partition}:s3:::${BucketName}`. */
  arn: string;
  conditionKeys: readonly string[];
}

export interface ReferenceAction {
  /** Such as `ecs:RunTask`. */
  name: string;
  /** Empty: AWS checks the action against no resource, and a policy has to say `*`. */
  resourceTypes: readonly ResourceType[];
  conditionKeys: readonly string[];
}

/** What AWS says about its services. */
export interface Reference {
  /** Every action of a service, by its prefix in policies; empty for a service that does not exist. */
  actionsOf: (service: string) => Promise<readonly ReferenceAction[]>;
  /** Whether any request can have a condition key. */
  knows: (key: string) => Promise<boolean>;
}

/** A statement as policies are written: one value or a list of them. */
export interface WrittenStatement {
  Effect: "Allow" | "Deny";
  Action: string | readonly string[];
  /** A trust policy has none. */
  Resource?: string | readonly string[];
  Condition?: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}

/**
 * What is wrong with the statements of one identity or resource, a sentence each, sorted: actions that do not exist,
 * resources that an action is not checked against, or is and lacks, and conditions on keys that it never sends.
 * A pattern of actions is right when one of the actions that it covers is.
 * Source of the rules: AWS, "How to read the Service Authorization Reference".
 */
export async function problems(
  statements: readonly WrittenStatement[],
  reference: Reference,
): Promise<string[]> {
  const read = await Promise.all(statements.map((statement) => judged(statement, reference)));
  const found = [...read.flatMap(({ own }) => own), ...lackingResources(read)];
  return [...new Set(found)].sort();
}

/** By their text: the policies of a stack's variants have most statements in common. */
const known = new WeakMap<Reference, Map<string, Promise<Judged>>>();

function judged(statement: WrittenStatement, reference: Reference): Promise<Judged> {
  const ofReference = known.get(reference) ?? new Map<string, Promise<Judged>>();
  known.set(reference, ofReference);
  const text = JSON.stringify(statement);
  const before = ofReference.get(text) ?? judge(statement, reference);
  ofReference.set(text, before);
  return before;
}

interface Judged extends Expanded {
  /** What is wrong with the statement, whatever others are beside it. */
  own: readonly string[];
}

async function judge(statement: WrittenStatement, reference: Reference): Promise<Judged> {
  const read = await expand(statement, reference);
  const checks = [unknownActions, wrongResources, idleResources, keysNeverSent];
  return { ...read, own: checks.flatMap((check) => check(read)) };
}

/** A statement with what the reference says about its parts. */
interface Expanded {
  allows: boolean;
  /** Undefined in a trust policy. */
  resources: readonly string[] | undefined;
  /** Actions that each pattern covers. */
  patterns: readonly (readonly [pattern: string, actions: readonly ReferenceAction[]])[];
  /** Keys of the conditions, and whether any request can have them. */
  keys: readonly (readonly [key: string, exists: boolean])[];
}

async function expand(statement: WrittenStatement, reference: Reference): Promise<Expanded> {
  const { Effect, Action, Resource, Condition = {} } = statement;
  const keys = Object.values(Condition).flatMap((tests) => Object.keys(tests));
  return {
    allows: Effect === "Allow",
    resources: Resource === undefined ? undefined : [Resource].flat(),
    patterns: await Promise.all(
      [Action].flat().map(async (pattern) => [pattern, await covered(pattern, reference)] as const),
    ),
    keys: await Promise.all(keys.map(async (key) => [key, await reference.knows(key)] as const)),
  };
}

/** `*` covers an action that takes every resource, and sends every key that exists. */
const ANY: ReferenceAction = { name: "*", resourceTypes: [], conditionKeys: [] };

async function covered(pattern: string, reference: Reference): Promise<readonly ReferenceAction[]> {
  if (pattern === "*") return [ANY];
  const [service = ""] = pattern.split(":");
  const actions = await reference.actionsOf(service);
  return actions.filter(({ name }) => matches(pattern, name, "i"));
}

const takes = (action: ReferenceAction, resource: string): boolean =>
  resource === "*" ||
  action === ANY ||
  action.resourceTypes.some(({ arn }) => couldBe(resource, arn));

const unknownActions = ({ patterns }: Expanded): string[] =>
  patterns.flatMap(([pattern, actions]) =>
    actions.length > 0 ? [] : [`${pattern} does not exist`],
  );

const wrongResources = ({ patterns, resources }: Expanded): string[] =>
  patterns.flatMap(([pattern, actions]) => {
    if (resources === undefined || actions.length === 0) return [];
    if (actions.some((action) => resources.some((resource) => takes(action, resource)))) return [];
    const arns = new Set(actions.flatMap((action) => action.resourceTypes.map(({ arn }) => arn)));
    const right =
      arns.size === 0 ? "*, as AWS checks it against no resource" : [...arns].join(", ");
    return [`${pattern} takes ${right}; it is given ${resources.join(", ")}`];
  });

const idleResources = ({ patterns, resources = [] }: Expanded): string[] =>
  resources
    .filter(
      (resource) => !patterns.some(([, all]) => all.some((action) => takes(action, resource))),
    )
    .map(
      (resource) => `${resource} is no resource of ${patterns.map(([name]) => name).join(", ")}`,
    );

/** Global keys that only those services send that say so. */
const TAGS = /^aws:(RequestTag|ResourceTag|TagKeys)/i;

const keysNeverSent = ({ patterns, resources, keys }: Expanded): string[] =>
  patterns.flatMap(([pattern, actions]) =>
    keys
      .filter(([key, exists]) => {
        const everywhere = /^aws:/i.test(key) && !TAGS.test(key);
        if (actions.length === 0 || (exists && (everywhere || actions.includes(ANY)))) return false;
        return !actions.some((action) => sends(action, key, resources));
      })
      .map(([key]) => `${pattern} never sends ${key}`),
  );

/** An action sends its own keys, and those of what it is checked against. */
function sends(
  { conditionKeys, resourceTypes }: ReferenceAction,
  key: string,
  resources: readonly string[] = ["*"],
): boolean {
  const checked = resourceTypes.filter(({ arn }) =>
    resources.some((resource) => couldBe(resource, arn)),
  );
  return [...conditionKeys, ...checked.flatMap((type) => type.conditionKeys)].some((known) =>
    // aws:RequestTag/${TagKey} and s3:ExistingObjectTag/<key> stand for any tag.
    matches(known.replaceAll(/\$\{[^}]+\}|<[^>]+>/g, "*"), key, "i"),
  );
}

/** Actions by their names that are allowed on some of the resources that AWS checks them against, and not on all. */
function lackingResources(statements: readonly Expanded[]): string[] {
  const granted = new Map<ReferenceAction, string[]>();
  for (const { allows, resources, patterns } of statements)
    for (const [pattern, actions] of patterns)
      if (allows && resources !== undefined && !pattern.includes("*"))
        for (const action of actions)
          granted.set(action, [...(granted.get(action) ?? []), ...resources]);
  return [...granted].flatMap(([{ name, resourceTypes }, resources]) => {
    const reached = resourceTypes.filter(({ arn }) => resources.some((one) => couldBe(one, arn)));
    if (reached.length === 0) return [];
    return resourceTypes
      .filter((type) => type.required && !reached.includes(type))
      .map(({ arn }) => `${name} is checked against ${arn} too`);
  });
}
