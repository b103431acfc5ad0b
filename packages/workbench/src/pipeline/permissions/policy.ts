import { wildcard } from "../../lib/words.ts";

/** The part of the policy language that the roles need. */
export interface Statement {
  Sid?: string;
  Effect: "Allow" | "Deny";
  Action: readonly string[];
  Resource: readonly string[];
  Condition?: Condition;
}

export type Condition = Readonly<
  Record<string, Readonly<Record<string, string | readonly string[]>>>
>;

export interface PolicyDocument {
  Version: "2012-10-17";
  Statement: readonly Statement[];
}

export const policy = (Statement: readonly Statement[]): PolicyDocument => ({
  Version: "2012-10-17",
  Statement,
});

/** `ec2: CreateVpc DeleteVpc kms: Tag*` -> `["ec2:CreateVpc", "ec2:DeleteVpc", "kms:Tag*"]`; a line each if it is long. */
export function actions(text: string): string[] {
  let service = "";
  return text.split(/\s+/).flatMap((word) => {
    if (word.endsWith(":")) service = word;
    return word === "" || word === service ? [] : [service + word];
  });
}

const statement =
  (Effect: Statement["Effect"]) =>
  (Sid: string, text: string, Resource: readonly string[], Condition?: Condition): Statement => ({
    ...{ Sid, Effect, Action: actions(text), Resource, ...(Condition && { Condition }) },
  });

/** Statements with a name; their actions are written as `actions` takes them. */
export const allow = statement("Allow");
/** @param on what. @default everything */
export const deny = (Sid: string, text: string, on: readonly string[] = ["*"], when?: Condition) =>
  statement("Deny")(Sid, text, on, when);

/** Characters of a managed policy without white space, and policies of a role. Source: AWS, "IAM and AWS STS quotas". */
const MAX_POLICY = 6144;
const MAX_POLICIES = 10;

export const sizeOf = (document: PolicyDocument): number => JSON.stringify(document).length;

/**
 * Spreads statements over as few policies as their order allows.
 * @throws Error when they need more policies than a role can have
 */
export function pack(statements: readonly Statement[]): PolicyDocument[] {
  const documents: Statement[][] = [[]];
  for (const statement of statements.flatMap(split)) {
    const current = documents.at(-1) ?? [];
    if (sizeOf(policy([...current, statement])) <= MAX_POLICY) current.push(statement);
    else documents.push([statement]);
  }
  if (documents.length > MAX_POLICIES)
    throw new Error(
      `The role needs ${documents.length} policies, but AWS allows ${MAX_POLICIES}: narrow the table in bootstrap/permissions.`,
    );
  return documents.filter((group) => group.length > 0).map(policy);
}

/** A statement that fills a policy by itself is halved by its actions. */
function split(statement: Statement): Statement[] {
  if (sizeOf(policy([statement])) <= MAX_POLICY || statement.Action.length < 2) return [statement];
  const half = Math.ceil(statement.Action.length / 2);
  return [statement.Action.slice(0, half), statement.Action.slice(half)].flatMap((Action) =>
    split({ ...statement, Action }),
  );
}

/** Whether a pattern of a policy stands for a text. */
export const matches = (pattern: string, text: string, flags = ""): boolean =>
  wildcard(pattern, flags).test(text);
