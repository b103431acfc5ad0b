import {
  matches,
  type PolicyDocument,
  type Statement,
} from "../../../src/pipeline/permissions/policy.ts";

/** One call to AWS, as IAM sees it. */
export interface Request {
  action: string;
  resource: string;
  /** Condition keys of the request. @default none */
  context?: Readonly<Record<string, string>>;
}

/**
 * IAM's decision for the part of the language that the policies use: an explicit deny wins, then policies and boundary
 * both have to allow. Source: AWS, "Policy evaluation logic", IAM User Guide.
 */
export function allows(
  { policies, boundary }: { policies: readonly PolicyDocument[]; boundary: PolicyDocument },
  request: Request,
): boolean {
  const effect = (documents: readonly PolicyDocument[], wanted: Statement["Effect"]): boolean =>
    documents.some(({ Statement }) =>
      Statement.some((statement) => statement.Effect === wanted && applies(statement, request)),
    );
  return (
    !effect([...policies, boundary], "Deny") &&
    effect(policies, "Allow") &&
    effect([boundary], "Allow")
  );
}

function applies(statement: Statement, { action, resource, context = {} }: Request): boolean {
  return (
    statement.Action.some((pattern) => matches(pattern, action, "i")) &&
    statement.Resource.some((pattern) => matches(pattern, resource)) &&
    Object.entries(statement.Condition ?? {}).every(([operator, keys]) =>
      Object.entries(keys).every(([key, expected]) =>
        holds(operator, context[key], [expected].flat()),
      ),
    )
  );
}

/** A key that the request lacks makes a positive operator fail and a negated one hold. */
function holds(operator: string, actual: string | undefined, expected: readonly string[]): boolean {
  switch (operator) {
    // Of several values, parted by commas. True where there are none.
    case "ForAllValues:StringLike":
      return (actual?.split(",") ?? []).every((one) =>
        expected.some((pattern) => matches(pattern, one)),
      );
    case "StringEquals":
      return actual !== undefined && expected.includes(actual);
    case "StringNotEquals":
      return actual === undefined || !expected.includes(actual);
    case "Null":
      return expected.includes(String(actual === undefined));
    case "StringLike":
    case "ArnEquals":
      return actual !== undefined && expected.some((pattern) => matches(pattern, actual));
    default:
      throw new Error(`${operator} is not known here`);
  }
}
