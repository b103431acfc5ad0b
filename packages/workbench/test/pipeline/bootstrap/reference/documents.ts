import type { Plan } from "../../../../src/plan/types.ts";
import type { WrittenStatement } from "./check.ts";

export interface PlacedDocument {
  /** Type and logical name of the resource, and its input: `iam/role:Role api-roles-task assumeRolePolicy`. */
  place: string;
  statements: WrittenStatement[];
}

/** Every policy of IAM's language in a plan: of roles, of whom they trust, and of resources. */
export function policyDocuments({ resources }: Plan): PlacedDocument[] {
  return resources.flatMap(({ type, name, inputs }) =>
    Object.entries(inputs).flatMap(([input, value]) => {
      const statements = typeof value === "string" ? statementsOf(value) : undefined;
      const place = `${type.replace(/^aws:/, "")} ${name} ${input}`;
      return statements === undefined ? [] : [{ place, statements }];
    }),
  );
}

function statementsOf(text: string): WrittenStatement[] | undefined {
  // Filter patterns begin with a brace, too; statements of a data protection policy allow nothing.
  if (!/^\{\s*"/.test(text)) return undefined;
  const { Statement } = JSON.parse(text) as { Statement?: WrittenStatement[] };
  return Statement?.every((statement) => "Effect" in statement) === true ? Statement : undefined;
}
