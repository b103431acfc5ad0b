import { refine, safeParse, type core, type ZodMiniType } from "zod/mini";
import { HttpProblem, type InvalidInput } from "./errors.ts";

/** What is wrong with a member of a value; `pointer` is a JSON Pointer (RFC 6901). */
export type Refused = InvalidInput & { readonly pointer: string };

/** A rule of a schema; what comes after it is not asked when it is broken. @param code machine-readable reason, else malformed */
export const rule = <T = string>(fits: (value: T) => boolean, error: string, code?: string) =>
  refine<T>(fits, { error, params: { code }, abort: true });

/** What a schema makes of a value, or everything that is wrong with it. @param base pointer of the value itself */
export function check<T>(schema: ZodMiniType<T>, value: unknown, base = "") {
  const result = safeParse(schema, value, { reportInput: true, error: wordsOf });
  if (result.success) return { ok: true as const, value: result.data };
  const problems = result.error.issues.flatMap((issue) => {
    const unknown = issue.code === "unrecognized_keys" ? issue.keys : undefined;
    const paths = unknown?.map((key) => [...issue.path, key]) ?? [issue.path];
    return paths.map((path) => ({
      code: codeOf(issue),
      pointer: base + path.map(pointerTo).join(""),
      detail: `${String(path.at(-1) ?? "It")} ${issue.message}`,
    }));
  });
  // An error has at least one issue.
  return { ok: false as const, problems: problems as [Refused, ...Refused[]] };
}

/** Checks query parameters, each given once. @throws HttpProblem validation-failed naming every refused one */
export function checkQuery<T>(schema: ZodMiniType<T>, query: Readonly<Record<string, unknown>>): T {
  const checked = check(schema, { ...query });
  if (checked.ok) return checked.value;
  const errors = checked.problems.map(({ pointer, code, detail }) => {
    const parameter = pointer.slice(1);
    if (Array.isArray(query[parameter]) && code === "wrong-type")
      return { code: "repeated", parameter, detail: `${parameter} must be given once.` };
    return { code: code === "unknown-member" ? "unknown-parameter" : code, parameter, detail };
  });
  throw refused(errors, `${errors.length} query parameters were refused`);
}

/** @param all what happened when there are several errors */
export function refused(errors: readonly InvalidInput[], all = ""): HttpProblem {
  const [first, second] = errors;
  const detail = first && !second ? first.detail : `${all}; errors says why.`;
  return new HttpProblem("validation-failed", detail, { errors });
}

const CODES: Partial<Record<core.$ZodIssue["code"], string>> = {
  invalid_type: "wrong-type",
  invalid_union: "wrong-type",
  unrecognized_keys: "unknown-member",
  too_big: "too-long",
};

function codeOf(issue: core.$ZodIssue): string {
  if (issue.code === "invalid_type" && issue.input === undefined) return "missing";
  const own = issue.code === "custom" ? (issue.params?.["code"] as string | undefined) : undefined;
  return own ?? CODES[issue.code] ?? "malformed";
}

/** What follows the name of the member, as a schema's own words do. */
function wordsOf(issue: core.$ZodRawIssue): string {
  if (issue.code === "unrecognized_keys") return "is not known here.";
  if (issue.code === "too_big") return `has more than ${issue.maximum} characters.`;
  if (issue.code !== "invalid_type") return "is malformed.";
  const type = issue.expected === "string" ? "a string" : "a JSON object";
  return issue.input === undefined ? "is missing." : `must be ${type}.`;
}

const pointerTo = (member: PropertyKey): string =>
  `/${String(member).replaceAll("~", "~0").replaceAll("/", "~1")}`;
