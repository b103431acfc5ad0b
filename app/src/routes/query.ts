import type { ParsedQuery } from "../events/service.ts";
import type { AppContext } from "../http/context.ts";
import { HttpProblem } from "../http/problem.ts";

const NONE = new URLSearchParams();

/**
 * Parameters of a request as `parse` reads them.
 * @throws HttpProblem validation-failed naming every refused parameter.
 */
export function queryOf<T>(
  ctx: AppContext,
  parse: (params: URLSearchParams, now: number) => ParsedQuery<T>,
): T {
  const { query } = ctx.state;
  const parsed = parse(query === "" ? NONE : new URLSearchParams(query), Date.now());
  if (parsed.ok) return parsed.value;
  const { problems } = parsed;
  const [first] = problems;
  const detail =
    problems.length === 1 && first !== undefined
      ? first.detail
      : `${problems.length} query parameters were refused; errors says why.`;
  throw new HttpProblem("validation-failed", detail, { errors: problems });
}
